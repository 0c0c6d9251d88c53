// Codes and refresh tokens at the token endpoint. RFC 6749 §4.1.2, §5.2, §6, §10.4, Appendix A; OpenID Connect Core §12; RFC 7636 §4.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { addStaticClient, type PartyClient } from '../clients.ts'
import { ask, responseOf } from '../requests.ts'
import type { Stage } from '../stage.ts'
import {
  redeem,
  refresh,
  type SignedIn,
  signInTo,
  tokenErrorOf,
  tokenRequest,
  tokensOf,
  userinfo,
  verifyIdToken,
} from '../tokens.ts'

async function codeOf(
  stage: Stage,
  client: PartyClient,
  changes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { members } = responseOf(stage, await ask(stage, client, changes))
  const code = members.get('code')
  assert.ok(code !== undefined, JSON.stringify([...members]))
  return code
}

async function isDead(stage: Stage, accessToken: string): Promise<boolean> {
  const answered = await stage.wire.send(await stage.endpoint('userinfo_endpoint'), {
    headers: { authorization: `Bearer ${accessToken}` },
  })
  return answered.status === 401
}

/** With the permission that OpenID Connect Core §3.1.2.4, §11 ask for. */
async function offline(stage: Stage, client: PartyClient): Promise<SignedIn & { readonly refreshToken: string }> {
  const signedIn = await signInTo(stage, client, { scope: 'openid offline_access', prompt: 'consent' })
  assert.ok(signedIn.asked.journey.steps.includes('consent'), 'the person is asked')
  const { refreshToken } = signedIn
  assert.ok(refreshToken !== undefined, 'there is a refresh token')
  // RFC 6749 Appendix A.17.
  assert.match(refreshToken, /^[\x20-\x7e]+$/)
  return { ...signedIn, refreshToken }
}

export const codeModules = {
  async 'oidcc-codereuse'(stage: Stage): Promise<void> {
    const client = await stage.client()
    const code = await codeOf(stage, client)
    tokensOf(await redeem(stage, client, code))
    assert.equal(tokenErrorOf(await redeem(stage, client, code)), 'invalid_grant')
  },

  async 'oidcc-codereuse-30seconds'(stage: Stage): Promise<void> {
    const client = await stage.client()
    const code = await codeOf(stage, client)
    const { accessToken } = tokensOf(await redeem(stage, client, code))
    await userinfo(stage, accessToken)
    stage.server.clock.advance(30_000)
    assert.equal(await isDead(stage, accessToken), false)
    assert.equal(tokenErrorOf(await redeem(stage, client, code)), 'invalid_grant')
    assert.ok(await isDead(stage, accessToken), 'what the code gave is taken back')
  },

  async 'oidcc-server-client-secret-post'(stage: Stage): Promise<void> {
    const client = await addStaticClient(stage, {
      authenticationMethod: 'client_secret_post',
      metadata: { responseTypes: [stage.responseType] },
    })
    await signInTo(stage, client)
    const code = await codeOf(stage, client)
    for (const wrong of [
      { ...client, secret: `${client.secret}x` },
      { ...client, authentication: 'client_secret_basic' as const },
    ]) {
      assert.equal(tokenErrorOf(await redeem(stage, wrong, code), 401), 'invalid_client')
    }
    tokensOf(await redeem(stage, client, code))
  },

  async 'oidcc-refresh-token'(stage: Stage): Promise<void> {
    const [client, other] = [await stage.client(), await stage.secondClient()]
    const first = await offline(stage, client)
    stage.server.clock.advance(2_000)
    const next = tokensOf(await refresh(stage, client, first.refreshToken))
    assert.notEqual(next.accessToken, first.accessToken)
    const { sub, iat } = await verifyIdToken(stage, next.idToken, { client, nonce: undefined, tokens: next })
    assert.equal(sub, first.claims.sub)
    assert.ok((iat ?? 0) > (first.claims.iat ?? 0))
    await userinfo(stage, next.accessToken)
    // Of another client: refused, and of no use to it afterwards either.
    const foreign = await offline(stage, other)
    assert.equal(tokenErrorOf(await refresh(stage, client, foreign.refreshToken)), 'invalid_grant')
    tokensOf(await refresh(stage, other, foreign.refreshToken))
  },

  async 'oidcc-ensure-request-with-valid-pkce-succeeds'(stage: Stage): Promise<void> {
    const client = await stage.client()
    const codeVerifier = randomBytes(48).toString('base64url')
    const challenge = createHash('sha256').update(codeVerifier).digest('base64url')
    const changes = { code_challenge: challenge, code_challenge_method: 'S256' }
    await signInTo(stage, client, changes, { codeVerifier })
    for (const wrong of [randomBytes(48).toString('base64url'), undefined]) {
      const code = await codeOf(stage, client, changes)
      assert.match(String(tokenErrorOf(await redeem(stage, client, code, wrong))), /^invalid_(grant|request)$/)
    }
  },

  async 'oidcc-ensure-client-assertion-with-iss-aud-succeeds'(stage: Stage): Promise<void> {
    const client = await stage.client()
    const common = { grant_type: 'authorization_code', redirect_uri: client.redirectUri }
    const code = await codeOf(stage, client)
    const foreign = `${stage.issuer}/of-somebody-else`
    assert.equal(tokenErrorOf(await tokenRequest(stage, client, { ...common, code }, foreign), 401), 'invalid_client')
    tokensOf(await tokenRequest(stage, client, { ...common, code }, stage.issuer))
  },
}
