// The console in Chromium: axe finds nothing on any kind of page, in any look; each task is done with scripts and without. WCAG 2.2 AA.
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Page } from 'playwright-core'
import { flushUsage, refusalReasons } from '../../packages/authorization-server/src/records/usage/index.ts'
import { assertAccessible } from '../browser/axe.ts'
import { fill, follow, inBothForms, openStage, signIn } from '../browser/stage.ts'

const stage = await openStage()
const { url } = stage.server

async function open(page: Page, ...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(`${url}${path}`)
    await assertAccessible(page)
  }
}

test('every kind of page: home, list, empty list, row, forms, questions, history, API', {
  timeout: 120_000,
}, async () => {
  const person = await stage.person({ isSuperuser: true })
  const other = await stage.person()
  await stage.visit({ scripts: true }, async (page) => {
    await signIn(stage, page, person)
    await open(
      page,
      '/admin/',
      '/admin/users/',
      '/admin/users/?q=zzz&is_staff=yes',
      '/admin/clients/',
      '/admin/events/',
    )
    const row = `/admin/users/${other.user.id}/`
    await open(page, row, `${row}change/`, `${row}delete/`, `${row}password/`, `${row}history/`)
    await open(page, '/admin/users/add/', '/admin/groups/1/change/', '/admin/keys/actions/rotate/', '/admin/confirm/')
    await open(page, '/admin/clients/1/', '/api/v1/users/1', '/admin/users/999999/')
    await open(
      page,
      '/admin/users/?is_active=yes&limit=1&sort=email',
      '/admin/users/export/',
      '/admin/views/',
      '/admin/find/',
      '/api/v1',
    )
    await page.goto(`${url}/admin/users/add/`)
    await fill(page, { email: 'nobody', password: '1' })
    await follow(page, 'Save')
    await assertAccessible(page)
    await page.goto(`${url}${row}change/`)
    await fill(page, { first_name: 'Changed' })
    await follow(page, 'Save')
    await assertAccessible(page)
    await open(page, `${row}history/`, '/admin/')
  })
})

test('the first page with figures, their tables open, and something that needs care', { timeout: 60_000 }, async () => {
  const person = await stage.person({ isSuperuser: true })
  const { usage } = stage.server.context
  usage.signedIn('page')
  for (const reason of refusalReasons) usage.refused(reason)
  for (const client of [1, 2, 3]) usage.gaveToken(client, client === 1 ? 'password' : 'client_credentials')
  await flushUsage(stage.server.context)
  await stage.visit({ scripts: true }, async (page) => {
    await signIn(stage, page, person)
    await page.goto(`${url}/admin/`)
    for (const summary of await page.locator('.numbers summary').all()) await summary.click()
    assert.equal(await page.locator('.numbers table').filter({ visible: true }).count(), 4)
    await assertAccessible(page)
  })
})

inBothForms('a group is made and given, a user is added, disabled from the list, and deleted', async (scripts) => {
  const person = await stage.person({ isSuperuser: true })
  const name = scripts ? 'with-scripts' : 'without-scripts'
  await stage.visit({ scripts }, async (page) => {
    await signIn(stage, page, person)
    await page.goto(`${url}/admin/groups/`)
    await follow(page, 'Add group')
    await fill(page, { name })
    await page.getByRole('group', { name: 'Users' }).getByLabel('View').check()
    await follow(page, 'Save')
    await page.goto(`${url}/admin/users/`)
    await follow(page, 'Add user')
    await fill(page, { email: `${name}@example.com`, password: 'quiet-harbour-lantern' })
    await follow(page, 'Save')
    await page.getByLabel(name, { exact: true }).check()
    await follow(page, 'Save')
    assert.ok((await page.textContent('main'))?.includes('The changes have been saved.'))
    await page.goto(`${url}/admin/users/?q=${name}`)
    await page.getByLabel(`Choose ${name}@example.com`).check()
    await follow(page, 'Disable')
    await follow(page, 'Disable')
    assert.ok((await page.textContent('main'))?.includes('Done for 1 row.'))
    await page.goto(`${url}/admin/users/?q=${name}`)
    await follow(page, `${name}@example.com`)
    await follow(page, 'Delete')
    await follow(page, 'Yes, delete it')
    assert.ok((await page.textContent('main'))?.includes('It has been deleted.'))
  })
})
