// Requests as a relying party may write them. OpenID Connect Core §3.1.2.1, §3.2.2.1, §3.3.2.1, §15.5.2; RFC 6749 §3.1, §4.1.2.1.
import assert from 'node:assert/strict'
import { decodeProtectedHeader } from 'jose'
import { Browser } from '../browser.ts'
import { askToRegister, register } from '../clients.ts'
import { type Asked, ask, assertErrorPage, errorOf, type Parameters, responseOf } from '../requests.ts'
import { registrationOf, type Stage } from '../stage.ts'
import { signInTo, userinfo } from '../tokens.ts'
import { jsonOf } from '../wire.ts'

async function succeedsWith(stage: Stage, changes: Parameters): Promise<void> {
  await signInTo(stage, await stage.client(), changes)
}

/** By redirect or on a page: both are right, nothing else is (RFC 6749 §4.1.2.1). */
function refusalOf(stage: Stage, asked: Asked): string {
  if (asked.journey.end.url.origin === stage.origin) {
    assertErrorPage(stage, asked)
    return 'invalid_request'
  }
  const anyMode = { ...stage, responseType: asked.journey.end.url.hash === '' ? 'code' : 'id_token' } as const
  return errorOf(anyMode, asked)
}

export const requestModules = {
  async 'oidcc-server'(stage: Stage): Promise<void> {
    const { accessToken, claims } = await signInTo(stage, await stage.client())
    if (accessToken === undefined) return
    const told = await userinfo(stage, accessToken)
    assert.deepEqual(told, { sub: claims.sub })
  },

  async 'oidcc-response-type-missing'(stage: Stage): Promise<void> {
    const asked = await ask(stage, await stage.client(), { response_type: undefined })
    assert.ok(['invalid_request', 'unsupported_response_type'].includes(refusalOf(stage, asked)))
    assert.deepEqual(
      asked.journey.steps.filter((step) => step !== 'carry-on'),
      [],
    )
  },

  async 'oidcc-idtoken-signature'(stage: Stage): Promise<void> {
    const { client, body } = await register(stage, registrationOf(stage.responseType))
    assert.equal(body['id_token_signed_response_alg'], 'RS256')
    const { idToken } = await signInTo(stage, client)
    const { alg, kid } = decodeProtectedHeader(idToken)
    const { keys } = await stage.jwks()
    assert.equal(alg, 'RS256')
    assert.equal(keys.filter((key) => key.kid === kid).length, 1)
  },

  async 'oidcc-idtoken-unsigned'(stage: Stage): Promise<void> {
    const offered = (await stage.metadata())['id_token_signing_alg_values_supported']
    assert.ok(Array.isArray(offered) && !offered.includes('none'))
    const answered = await askToRegister(stage, {
      redirect_uris: [stage.party.at('/unsigned')],
      id_token_signed_response_alg: 'none',
    })
    assert.equal(answered.status, 400)
    assert.equal(jsonOf(answered)['error'], 'invalid_client_metadata')
  },

  async 'oidcc-ensure-request-without-nonce-succeeds-for-code-flow'(stage: Stage): Promise<void> {
    const { claims } = await signInTo(stage, await stage.client(), { nonce: undefined })
    assert.ok(!('nonce' in claims))
  },

  async 'oidcc-ensure-request-without-nonce-fails'(stage: Stage): Promise<void> {
    const asked = await ask(stage, await stage.client(), { nonce: undefined })
    assert.equal(errorOf(stage, asked), 'invalid_request')
  },

  async 'oidcc-display-page'(stage: Stage): Promise<void> {
    await succeedsWith(stage, { display: 'page' })
  },

  async 'oidcc-display-popup'(stage: Stage): Promise<void> {
    await succeedsWith(stage, { display: 'popup' })
  },

  async 'oidcc-ensure-request-with-unknown-parameter-succeeds'(stage: Stage): Promise<void> {
    await succeedsWith(stage, { extra: 'foobar' })
  },

  async 'oidcc-ui-locales'(stage: Stage): Promise<void> {
    await succeedsWith(stage, { ui_locales: 'se' })
  },

  async 'oidcc-claims-locales'(stage: Stage): Promise<void> {
    await succeedsWith(stage, { claims_locales: 'se' })
  },

  async 'oidcc-login-hint'(stage: Stage): Promise<void> {
    const browser = new Browser(stage.wire)
    const hint = stage.person.username
    const { asked } = await signInTo(stage, await stage.client(), { login_hint: hint }, { browser })
    const [first] = asked.journey.asked
    assert.equal(asked.journey.steps[0], 'sign-in')
    assert.equal(first?.page.field('username'), hint)
  },

  async 'oidcc-ensure-request-with-acr-values-succeeds'(stage: Stage): Promise<void> {
    const offered = (await stage.metadata())['acr_values_supported']
    assert.ok(Array.isArray(offered) && offered.length > 0)
    const { claims } = await signInTo(stage, await stage.client(), { acr_values: `${offered.join(' ')} 1 2` })
    assert.ok(offered.includes(claims['acr']), String(claims['acr']))
  },

  async 'oidcc-ensure-post-request-succeeds'(stage: Stage): Promise<void> {
    const client = await stage.client()
    const stranger = await signInTo(stage, client, {}, { method: 'POST', browser: new Browser(stage.wire) })
    assert.deepEqual(stranger.asked.journey.steps.slice(0, 1), ['sign-in'])
    const { asked } = await signInTo(stage, client, {}, { method: 'POST' })
    assert.ok(!asked.journey.steps.includes('sign-in'), 'who is signed in is not asked again')
  },

  async 'oidcc-ensure-registered-redirect-uri'(stage: Stage): Promise<void> {
    const client = await stage.client()
    const redirectUri = `${client.redirectUri}/${crypto.randomUUID()}`
    const asked = await ask(stage, client, { redirect_uri: redirectUri })
    assertErrorPage(stage, asked)
    // Before and after the person has signed in.
    assertErrorPage(
      stage,
      await ask(stage, client, { redirect_uri: redirectUri }, { browser: new Browser(stage.wire) }),
    )
    responseOf(stage, await ask(stage, client))
  },
}
