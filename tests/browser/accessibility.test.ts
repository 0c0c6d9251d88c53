// No page of a running server has anything that axe objects to, in any look. WCAG 2.2 AA.
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import type { RelyingParty } from './relying-party.ts'
import { fill, follow, openStage, signIn, signInHere } from './stage.ts'

const stage = await openStage()
const { url } = stage.server

async function open(page: Page, ...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(path.startsWith('/') ? `${url}${path}` : path)
    await assertAccessible(page)
  }
}

test('axe finds a fault when there is one', async () => {
  await stage.visit({ scripts: true }, async (page) => {
    await page.goto(`${url}/accounts/login/`)
    await page.evaluate(`document.querySelector('label[for=username]').remove()`)
    await assert.rejects(assertAccessible(page), /label/)
  })
})

test('the pages for people who are not signed in', async () => {
  const app = await stage.app()
  await stage.visit({ scripts: true }, async (page) => {
    await open(page, '/', '/accounts/login/', '/accounts/signup/', '/accounts/logout/', app.begin().url)
    await signInHere(page, { email: 'nobody@example.com', password: 'wrong' })
    await assertAccessible(page)
    await page.goto(`${url}/accounts/signup/`)
    await fill(page, { email: 'nobody', password: '1' })
    await follow(page, 'Create account')
    await assertAccessible(page)
  })
})

test('the pages that say no', async () => {
  const app = await stage.app()
  await stage.visit({ scripts: true }, async (page) => {
    await open(page, '/no/such/place/', '/user/profile/', '/users/signup/')
    await open(page, app.begin({ client_id: 'nobody' }).url, app.begin({ redirect_uri: 'http://localhost:1/x' }).url)
    await page.goto(`${url}/accounts/login/`)
    await page.context().clearCookies()
    await signInHere(page, { email: 'alice@example.com', password: 'correct-horse-battery' })
    await assertAccessible(page)
  })
})

test('consent, and the account of a person with an app and a second browser', async () => {
  const person = await stage.person()
  const app = await stage.app({ ownerId: person.user.id })
  await stage.visit({ scripts: true }, (page) => signIn(stage, page, person))
  await stage.visit({ scripts: true }, async (page) => {
    await signIn(stage, page, person)
    await open(page, '/account/apps/', '/o/authorized_tokens/')
    await open(page, app.begin().url)
    await authorize(page, app)
    await open(page, '/account/', '/account/profile/', '/account/details/', '/account/password/', '/account/apps/')
    await open(page, '/account/sessions/', '/o/logout/?client_id=nobody')
    await open(page, '/accounts/logout/', app.begin({ redirect_uri: `${app.origin}/callback2` }).url)
    await follow(page, 'Register this address')
    await assertAccessible(page)
    await wrongProfile(page)
  })
})

async function wrongProfile(page: Page): Promise<void> {
  await page.goto(`${url}/account/profile/`)
  await fill(page, { email: 'not an address', username: 'two words' })
  await follow(page, 'Save profile')
  await assertAccessible(page)
  await page.goto(`${url}/account/password/`)
  await fill(page, { old_password: 'wrong' })
  await follow(page, 'Change password')
  await assertAccessible(page)
}

test('authorized tokens and applications, for a superuser', async () => {
  const person = await stage.person({ isSuperuser: true })
  const app = await stage.app()
  await stage.visit({ scripts: true }, async (page) => {
    await signIn(stage, page, person)
    await authorize(page, app)
    await open(page, '/o/authorized_tokens/', '/o/applications/', '/o/applications/register/')
    await follow(page, 'Register application')
    await assertAccessible(page)
    await fill(page, { name: 'Shop', redirect_uris: 'https://shop.example/callback' })
    await follow(page, 'Register application')
    await assertAccessible(page)
    for (const button of ['Add a new secret', 'Edit']) {
      await follow(page, button)
      await assertAccessible(page)
    }
    await follow(page, 'Cancel')
    await follow(page, 'Delete')
    await assertAccessible(page)
    await page.goto(`${url}/o/authorized_tokens/`)
    await follow(page, /^Revoke the access of/)
    await assertAccessible(page)
  })
})

async function authorize(page: Page, app: RelyingParty): Promise<void> {
  const begun = app.begin()
  await page.goto(begun.url)
  await follow(page, 'Authorize')
  await app.redeem(app.callbacks.at(-1)?.get('code') ?? '', begun.verifier)
}
