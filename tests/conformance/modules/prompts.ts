// What a request may demand of the sign-in itself. OpenID Connect Core §3.1.2.1, §3.1.2.3, §3.1.2.6, §15.1.
import assert from 'node:assert/strict'
import type { JWTPayload } from 'jose'
import { Browser } from '../browser.ts'
import type { Step } from '../person.ts'
import { ask, errorOf } from '../requests.ts'
import type { Stage } from '../stage.ts'
import { type SignedIn, signInTo } from '../tokens.ts'

/** The person was asked nothing: a form that the browser carries on is no question. */
function isSilent(steps: readonly Step[]): boolean {
  return steps.every((step) => step === 'carry-on')
}

function authTimeOf(claims: JWTPayload): number {
  const { auth_time: authTime } = claims
  assert.ok(typeof authTime === 'number', 'the ID token tells when the person signed in')
  return authTime
}

/** A first sign-in at this client, in a browser of its own. */
async function firstSignIn(stage: Stage): Promise<{ readonly browser: Browser; readonly first: SignedIn }> {
  const browser = new Browser(stage.wire)
  const first = await signInTo(stage, await stage.client(), {}, { browser })
  assert.ok(first.asked.journey.steps.includes('sign-in'))
  return { browser, first }
}

export const promptModules = {
  async 'oidcc-prompt-login'(stage: Stage): Promise<void> {
    const { browser, first } = await firstSignIn(stage)
    stage.server.clock.advance(2_000)
    const second = await signInTo(stage, await stage.client(), { prompt: 'login' }, { browser })
    assert.equal(second.asked.journey.steps.filter((step) => step === 'sign-in').length, 1)
    assert.equal(second.claims.sub, first.claims.sub)
    assert.ok(authTimeOf(second.claims) > authTimeOf(first.claims))
  },

  async 'oidcc-prompt-none-not-logged-in'(stage: Stage): Promise<void> {
    const state = 'a1b2c3d4'.repeat(16)
    const asked = await ask(
      stage,
      await stage.client(),
      { prompt: 'none', state },
      { browser: new Browser(stage.wire) },
    )
    assert.equal(errorOf(stage, asked), 'login_required')
    assert.ok(isSilent(asked.journey.steps))
  },

  async 'oidcc-prompt-none-logged-in'(stage: Stage): Promise<void> {
    const { browser, first } = await firstSignIn(stage)
    stage.server.clock.advance(2_000)
    const second = await signInTo(stage, await stage.client(), { prompt: 'none' }, { browser })
    assert.ok(isSilent(second.asked.journey.steps))
    assert.equal(second.claims.sub, first.claims.sub)
    assert.equal(authTimeOf(second.claims), authTimeOf(first.claims))
  },

  async 'oidcc-max-age-1'(stage: Stage): Promise<void> {
    const { browser, first } = await firstSignIn(stage)
    stage.server.clock.advance(2_000)
    const second = await signInTo(stage, await stage.client(), { max_age: '1' }, { browser })
    assert.ok(second.asked.journey.steps.includes('sign-in'))
    assert.equal(second.claims.sub, first.claims.sub)
    assert.ok(authTimeOf(second.claims) > authTimeOf(first.claims))
    assert.equal(authTimeOf(second.claims), Math.floor(stage.server.clock.now() / 1_000))
  },

  async 'oidcc-max-age-10000'(stage: Stage): Promise<void> {
    const { browser, first } = await firstSignIn(stage)
    stage.server.clock.advance(2_000)
    const second = await signInTo(stage, await stage.client(), { max_age: '10000' }, { browser })
    assert.ok(isSilent(second.asked.journey.steps))
    assert.equal(second.claims.sub, first.claims.sub)
    assert.equal(authTimeOf(second.claims), authTimeOf(first.claims))
  },

  async 'oidcc-id-token-hint'(stage: Stage): Promise<void> {
    const { browser, first } = await firstSignIn(stage)
    stage.server.clock.advance(2_000)
    const changes = { prompt: 'none', id_token_hint: first.idToken }
    const second = await signInTo(stage, await stage.client(), changes, { browser })
    assert.ok(isSilent(second.asked.journey.steps))
    assert.equal(second.claims.sub, first.claims.sub)
  },
}
