// Authorization in a real browser: sign-in, question, answer, and back at the app. RFC 6749 §4.1, RFC 9207, RFC 9700 §4.11.
// Chromium applies the policy's form-action to redirects after a submit: these flows show that it lets the app be reached.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { RelyingParty } from './relying-party.ts'
import { follow, heading, inBothForms, openStage, type Person, signInHere } from './stage.ts'

const stage = await openStage()

async function allow(page: Page, app: RelyingParty, person: Person) {
  const begun = app.begin()
  await page.goto(begun.url)
  await signInHere(page, person)
  await follow(page, 'Authorize')
  const code = app.callbacks.at(-1)?.get('code') ?? ''
  return app.redeem(code, begun.verifier)
}

inBothForms('a person who signs in and allows comes back with code, state and issuer', async (scripts) => {
  const person = await stage.person()
  const app = await stage.app()
  await stage.visit({ scripts }, async (page) => {
    const begun = app.begin()
    await page.goto(begun.url)
    assert.equal(await heading(page), 'Sign in')
    assert.match(await page.locator('.lead').innerText(), /to continue to Photo Printer \d+/)
    await signInHere(page, person)
    assert.match(await heading(page), /^Photo Printer \d+ wants to use your account$/)
    const card = await page.locator('main').innerText()
    assert.ok(card.includes(new URL(app.origin).host), 'the host of the app is shown')
    assert.ok(card.includes(person.username), 'who is signed in is shown')
    assert.ok(card.includes('your name and username'))
    await follow(page, 'Authorize')
    assert.equal(await heading(page), 'Back at the app')
    const [callback, ...more] = app.callbacks
    assert.deepEqual(more, [])
    assert.deepEqual([...(callback?.keys() ?? [])].toSorted(), ['code', 'iss', 'state'])
    assert.equal(callback?.get('state'), begun.state)
    assert.equal(callback?.get('iss'), stage.server.issuer)
    const tokens = await app.redeem(callback?.get('code') ?? '', begun.verifier)
    assert.ok(tokens.access_token.length > 0)
  })
})

inBothForms('a person who refuses comes back with access_denied and the state, and no code', async (scripts) => {
  const person = await stage.person()
  const app = await stage.app()
  await stage.visit({ scripts }, async (page) => {
    const begun = app.begin()
    await page.goto(begun.url)
    await signInHere(page, person)
    await follow(page, 'Cancel')
    assert.equal(await heading(page), 'Back at the app')
    const callback = app.callbacks.at(-1)
    assert.equal(callback?.get('error'), 'access_denied')
    assert.equal(callback?.get('state'), begun.state)
    assert.equal(callback?.get('iss'), stage.server.issuer)
    assert.equal(callback?.has('code'), false)
  })
})

inBothForms('the second sign-in to the same app takes no click', async (scripts) => {
  const person = await stage.person()
  const app = await stage.app()
  await stage.visit({ scripts }, async (page) => {
    await allow(page, app, person)
    const again = app.begin()
    await page.goto(again.url)
    assert.equal(await heading(page), 'Back at the app')
    assert.equal(app.callbacks.at(-1)?.get('state'), again.state)
    assert.ok(app.callbacks.at(-1)?.has('code'))
  })
})

inBothForms('an app that asks for more is asked about again, and the new part is marked', async (scripts) => {
  const person = await stage.person()
  const app = await stage.app()
  await stage.visit({ scripts }, async (page) => {
    await page.goto(app.begin({ scope: 'openid profile' }).url)
    await signInHere(page, person)
    await follow(page, 'Authorize')
    await page.goto(app.begin({ scope: 'openid profile email' }).url)
    const marked = await page.locator('.scopes li').filter({ hasText: 'new' }).allInnerTexts()
    assert.equal(marked.length, 1)
    assert.match(marked[0] ?? '', /your e-mail address/)
  })
})

inBothForms(
  'switching the account on the consent page ends at the same question for the other person',
  async (scripts) => {
    const [first, second] = [await stage.person(), await stage.person()]
    const app = await stage.app()
    await stage.visit({ scripts }, async (page) => {
      await page.goto(app.begin().url)
      await signInHere(page, first)
      await follow(page, 'Switch account')
      assert.equal(await heading(page), 'Sign in')
      await signInHere(page, second)
      assert.ok((await page.locator('main').innerText()).includes(second.username))
      await follow(page, 'Authorize')
      assert.equal(await heading(page), 'Back at the app')
    })
  },
)

inBothForms('an app that is removed from the account has a dead refresh token and must ask again', async (scripts) => {
  const person = await stage.person()
  const app = await stage.app()
  await stage.visit({ scripts }, async (page) => {
    const { refresh_token: token } = await allow(page, app, person)
    await page.goto(`${stage.server.url}/account/apps/`)
    assert.match(await page.locator('main table').innerText(), /Photo Printer \d+/)
    await follow(page, /^Remove Photo Printer/)
    assert.match(await page.locator('main').innerText(), /The app has been removed/)
    const refused = await app.refresh(token)
    assert.equal(refused.status, 400)
    assert.equal(((await refused.json()) as { error: string }).error, 'invalid_grant')
    await page.goto(app.begin().url)
    assert.match(await heading(page), /wants to use your account$/)
  })
})

inBothForms('an answered question cannot be answered again by going back', async (scripts) => {
  const person = await stage.person()
  const app = await stage.app()
  await stage.visit({ scripts }, async (page) => {
    await page.goto(app.begin().url)
    await signInHere(page, person)
    await page.evaluate(`document.querySelector('form[action="/o/authorize/"]').target = '_blank'`)
    const [first] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('button', { name: 'Authorize' }).click(),
    ])
    await first.waitForURL(`${app.redirectUri}**`)
    const second = page.context().waitForEvent('page')
    await page.getByRole('button', { name: 'Authorize' }).click()
    const refusal = await second
    await refusal.waitForLoadState('load')
    assert.equal(app.callbacks.length, 1)
    assert.notEqual(new URL(refusal.url()).origin, app.origin)
  })
})

inBothForms('a wrong redirect URI stops a stranger on a page that names no registered address', async (scripts) => {
  const person = await stage.person()
  const app = await stage.app()
  for (const signedIn of [false, true]) {
    await stage.visit({ scripts }, async (page) => {
      if (signedIn) {
        await page.goto(`${stage.server.url}/accounts/login/`)
        await signInHere(page, person)
      }
      const answer = await page.goto(app.begin({ redirect_uri: `${app.origin}/elsewhere` }).url)
      assert.equal(answer?.status(), 400)
      assert.equal(await heading(page), 'This sign-in link does not work')
      assert.equal((await page.content()).includes(app.redirectUri), false)
      assert.match(await page.locator('.incident code').innerText(), /\S{6,}/)
    })
  }
})

inBothForms('a wrong redirect URI shows the owner the difference, and one click registers it', async (scripts) => {
  const owner = await stage.person()
  const app = await stage.app({ ownerId: owner.user.id })
  await stage.visit({ scripts }, async (page) => {
    await page.goto(`${stage.server.url}/accounts/login/`)
    await signInHere(page, owner)
    const begun = app.begin({ redirect_uri: `${app.origin}/callback2` })
    await page.goto(begun.url)
    const panel = page.locator('.developer')
    const shown = await panel.innerText()
    assert.ok(shown.includes(`${app.origin}/callback2`), 'what was sent')
    assert.ok(shown.includes(app.redirectUri), 'what is registered')
    assert.match(shown, /path/i)
    await follow(page, 'Register this address')
    assert.match(await page.locator('main').innerText(), /The redirect URI has been added/)
    await page.goto(begun.url)
    assert.match(await heading(page), /wants to use your account$/)
  })
})
