// The tutorials' steps in the console in a real browser, with scripts and without: create group1, assign it, register client1,
// register the site's client, create a regular user; then what was made works, and is deleted again.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { fill, follow, heading, inBothForms, openStage, signIn, signInHere } from '../browser/stage.ts'
import { basic, postForm } from '../support/server.ts'

const stage = await openStage({ development: false })
const { url } = stage.server
const superuser = await stage.person({ isSuperuser: true })
const regular = { email: 'regular@example.com', password: 'quiet-harbour-lantern' }
const callback = 'http://localhost:9988/accounts/customprovider/login/callback/'

async function says(page: Page, text: string): Promise<void> {
  assert.ok((await page.innerText('main')).includes(text), `${page.url()} does not say: ${text}`)
}

async function add(page: Page, list: string, what: string): Promise<void> {
  await page.goto(`${url}/admin/`)
  await follow(page, list)
  await follow(page, `Add ${what}`)
}

async function createAndAssignGroup(page: Page): Promise<void> {
  await add(page, 'Groups', 'group')
  await fill(page, { name: 'group1' })
  await follow(page, 'Save')
  await says(page, 'It has been added.')
  await page.goto(`${url}/admin/users/${superuser.user.id}/change/`)
  await page.getByLabel('group1', { exact: true }).check()
  await follow(page, 'Save')
  await says(page, 'The changes have been saved.')
}

async function registerClient1(page: Page): Promise<void> {
  await add(page, 'Applications', 'application')
  await fill(page, { name: 'client1', client_id: 'clientId', client_secret: 'clientSecret' })
  await page.getByLabel('Authorization code', { exact: true }).uncheck()
  await page.getByLabel('Resource owner password-based', { exact: true }).check()
  for (const scope of ['read', 'write']) await page.getByLabel(scope, { exact: true }).check()
  await follow(page, 'Save')
  await says(page, 'It has been added.')
  const { email: username, password } = superuser
  const asked = { grant_type: 'password', username, password, client_id: 'clientId', client_secret: 'clientSecret' }
  const answer = await postForm(`${url}/o/token/`, asked)
  assert.equal(answer.status, 200, await answer.clone().text())
  const { access_token: token } = (await answer.json()) as { readonly access_token: string }
  const profile = await fetch(`${url}/user/profile/`, { headers: { authorization: `Bearer ${token}` } })
  assert.deepEqual(((await profile.json()) as { readonly groups: unknown }).groups, ['group1'])
}

/** As the article has it: confidential, by authorization code, and the site's address; the server makes id and secret. */
async function registerSite(page: Page): Promise<void> {
  await add(page, 'Applications', 'application')
  await fill(page, { name: 'Site', redirect_uris: callback })
  await page.getByLabel('PKCE', { exact: true }).selectOption('Optional')
  await follow(page, 'Save')
  assert.equal(await heading(page), 'Copy it now')
  const secret = (await page.locator('.shown-once code').first().innerText()).trim()
  await follow(page, 'Go on')
  await says(page, callback)
  const facts = await page.innerText('main')
  const clientId = /Client id\s+(\S+)/.exec(facts)?.[1] ?? ''
  const wrongCode = { grant_type: 'authorization_code', code: 'x', redirect_uri: callback }
  const refused = await postForm(`${url}/o/token/`, wrongCode, basic(clientId, secret))
  assert.equal(((await refused.json()) as { readonly error: string }).error, 'invalid_grant', 'the pair is right')
}

async function createRegularUser(page: Page): Promise<void> {
  await add(page, 'Users', 'user')
  await fill(page, { email: regular.email, password: regular.password })
  await follow(page, 'Save')
  assert.equal(await heading(page), `Change ${regular.email}`)
  await follow(page, 'Save')
  await says(page, 'The changes have been saved.')
}

async function remove(page: Page, list: string, label: string): Promise<void> {
  await page.goto(`${url}/admin/`)
  await follow(page, list)
  await follow(page, label)
  await follow(page, 'Delete')
  await follow(page, 'Yes, delete it')
  await says(page, 'It has been deleted.')
}

inBothForms('group1, client1, the site and a regular user, by the pages of the console', async (scripts) => {
  await stage.visit({ scripts }, async (page) => {
    await signIn(stage, page, superuser)
    await createAndAssignGroup(page)
    await registerClient1(page)
    await registerSite(page)
    await createRegularUser(page)
    await stage.visit({ scripts }, async (other) => {
      await other.goto(`${url}/accounts/login/`)
      await signInHere(other, regular)
      assert.equal(other.url(), `${url}/account/`)
      assert.equal((await other.goto(`${url}/admin/users/`))?.status(), 403)
    })
    await remove(page, 'Users', regular.email)
    for (const name of ['client1', 'Site']) await remove(page, 'Applications', name)
    await remove(page, 'Groups', 'group1')
  })
})
