import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenAuthority } from '../bearer/index.ts'
import { type Caller, viewFor } from './view.ts'

const issuer = 'https://login.example/o'
const token = { tokenId: 't', scopeSetId: 1, issuedAt: 1_500, expiresAt: 9_999 }
const user = { subject: 'sub-1', username: undefined, email: 'a@example.com' }

const ofUser = {
  kind: 'user',
  token: { kind: 'grant', ...token, grantId: 'g', generation: 0 },
  scopes: 'read write',
  view: { clientId: 'app', user },
} as TokenAuthority
const ofClient: TokenAuthority = {
  kind: 'client',
  token: { kind: 'client', ...token, clientRow: 1, clientEpoch: 1, installationEpoch: 1 },
  scopes: 'read',
  clientId: 'app',
}
const inactive = { active: false }
const caller = (right: Caller['right'], clientId = 'api'): Caller => ({ clientId, right })

test('an API that may ask about any token learns whose it is, when it ends and what it may (RFC 7662 §2.2)', () => {
  assert.deepEqual(viewFor(caller('any'), ofUser, issuer), {
    active: true,
    scope: 'read write',
    exp: 9,
    client_id: 'app',
    username: 'a@example.com',
    token_type: 'Bearer',
    iat: 1,
    sub: 'sub-1',
    iss: issuer,
    jti: 't',
  })
})

test('a token that no person stands behind names none', () => {
  const view = viewFor(caller('any'), ofClient, issuer)
  assert.deepEqual(Object.keys(view), ['active', 'scope', 'exp', 'client_id', 'token_type', 'iat', 'iss', 'jti'])
})

test('a client that may ask about its own learns nothing of another client, not even that the token exists', () => {
  for (const authority of [ofUser, ofClient]) {
    assert.equal(viewFor(caller('own', 'app'), authority, issuer).active, true)
    assert.deepEqual(viewFor(caller('own', 'api'), authority, issuer), inactive)
    assert.deepEqual(viewFor(caller('own', 'App'), authority, issuer), inactive)
  }
})

test('a client that may not ask is told so of every token, its own too', () => {
  for (const authority of [ofUser, ofClient])
    assert.deepEqual(viewFor(caller('none', 'app'), authority, issuer), inactive)
})

test('unknown, expired and revoked look the same to everybody', () => {
  for (const why of ['unknown', 'expired', 'revoked'] as const) {
    for (const right of ['none', 'own', 'any'] as const) {
      assert.deepEqual(viewFor(caller(right, 'app'), { kind: 'none', why }, issuer), inactive)
    }
  }
})
