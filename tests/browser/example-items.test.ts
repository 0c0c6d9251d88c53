// The pages of examples/items in a real browser, with scripts and without: a person of staff signs in at the server, looks
// after items and users, and signs out; axe objects to nothing (WCAG 2.2 AA).
import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import type { Page } from 'playwright-core'
import { startItemsWithPages } from '../contract/items.ts'
import { sendJson } from '../contract/requests.ts'
import { passwordTokens } from '../support/server.ts'
import { assertAccessible } from './axe.ts'
import { fill, follow, heading, inBothForms, openStage, signInHere } from './stage.ts'

const stage = await openStage()
const items = await startItemsWithPages(stage.server)
after(() => items.close())
const also = [items.url]
const admin = { email: 'admin@email.com', password: 'testpass123' }
const local = { email: 'local@email.com', password: 'testpass123' }
await items.accounts.put(local.email, local.password)
const alice = await passwordTokens(stage.server.url, { username: 'alice', password: 'correct-horse-battery' })
const lamp = '{"name":"Lamp","description":"Warm light","price":"49.90"}'
assert.equal((await sendJson(`${items.url}/items/`, 'POST', alice.access_token, lamp)).status, 201)

async function signInAtServer(page: Page): Promise<void> {
  await page.goto(`${items.url}/admin/`)
  await follow(page, 'Sign in with Latchkey')
  await signInHere(page, admin)
  const consent = page.getByRole('button', { name: 'Authorize', exact: true })
  if ((await consent.count()) > 0) await follow(page, 'Authorize')
  assert.equal(page.url(), `${items.url}/admin/items/`)
}

inBothForms('staff sign in at the server, look after items and users, and sign out of both', async (scripts) => {
  const name = `Notebook ${scripts}`
  await stage.visit({ scripts, also }, async (page) => {
    await signInAtServer(page)
    await follow(page, 'Add item')
    await fill(page, { name, description: 'Dotted', price: '-1' })
    await follow(page, 'Save')
    assert.match(await page.locator('.field-error').innerText(), /greater than or equal to 0/)
    await fill(page, { price: '12.5' })
    await follow(page, 'Save')
    assert.match(await page.locator('main').innerText(), new RegExp(`The item was added[^]*${name}[^]*12\\.50`))
    await follow(page, name)
    await follow(page, 'Delete')
    await follow(page, 'Delete')
    assert.match(await page.locator('main').innerText(), /The item was deleted/)

    await follow(page, 'Users')
    await follow(page, /^Deactivate alice/)
    assert.match(await page.locator('main').innerText(), /The user is shut out/)
    await follow(page, /^Activate alice/)

    await follow(page, 'Browse')
    await fill(page, { name, description: 'by POST', price: '1' })
    await follow(page, 'POST')
    assert.match(await page.locator('pre').innerText(), /HTTP 201 Created/)

    await follow(page, 'Sign out')
    assert.equal(page.url(), `${items.url}/`)
    await page.goto(`${stage.server.url}/account/`)
    assert.equal(await heading(page), 'Sign in', 'the session at the server has ended, too')
  })
})

inBothForms('a local account signs in with what is wrong said', async (scripts) => {
  await stage.visit({ scripts, also }, async (page) => {
    await page.goto(`${items.url}/sign-in/?next=/items/`)
    await page.locator('summary').click()
    await fill(page, { email: local.email, password: 'wrong' })
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('alert').waitFor()
    assert.match(await page.getByRole('alert').innerText(), /no local account/)
    await fill(page, { password: local.password })
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(`${items.url}/items/`)
  })
})

test('axe objects to nothing, in any look', { timeout: 60_000 }, async () => {
  await stage.visit({ scripts: true, also }, async (page) => {
    const open = async (...paths: readonly string[]): Promise<void> => {
      for (const path of paths) {
        // One page after another: it is one window.
        // oxlint-disable-next-line no-await-in-loop
        await page.goto(items.url + path)
        // oxlint-disable-next-line no-await-in-loop
        await assertAccessible(page)
      }
    }
    await open('/', '/sign-in/', '/users/token/')
    await signInAtServer(page)
    await open('/items/1/', '/admin/items/', '/admin/users/', '/admin/items/add/')
    await follow(page, 'Save')
    await assertAccessible(page)
  })
})
