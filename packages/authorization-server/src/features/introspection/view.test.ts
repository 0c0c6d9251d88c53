import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenAuthority } from '../bearer/index.ts'
import { type Caller, viewFor } from './view.ts'

const issuer = 'https://login.example/o'
const facts = { issuer, isForCaller: false }
const token = { tokenId: 't', scopeSetId: 1, audienceSetId: 0, issuedAt: 1_500, expiresAt: 9_999 }
const user = { subject: 'sub-1', username: undefined, email: 'a@example.com' }
const grant = { authenticatedAt: 1_250, methods: ['pwd'] }

const ofUser = {
  kind: 'user',
  token: { kind: 'grant', ...token, grantId: 'g', generation: 0 },
  scopes: 'read write',
  audiences: '',
  view: { clientId: 'app', user, grant },
} as unknown as TokenAuthority
const ofClient: TokenAuthority = {
  kind: 'client',
  token: { kind: 'client', ...token, clientRow: 1, clientEpoch: 1, installationEpoch: 1 },
  scopes: 'read',
  audiences: '',
  clientId: 'app',
}
const inactive = { active: false }
const caller = (right: Caller['right'], clientId = 'api'): Caller => ({ clientId, right })

test('an API that may ask about any token learns whose it is, when it ends and what it may (RFC 7662 §2.2)', () => {
  assert.deepEqual(viewFor(caller('any'), ofUser, facts), {
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
  const view = viewFor(caller('any'), ofClient, facts)
  assert.deepEqual(Object.keys(view), ['active', 'scope', 'exp', 'client_id', 'token_type', 'iat', 'iss', 'jti'])
})

test('a token for APIs says for which (RFC 7662 §2.2)', () => {
  const view = viewFor(caller('any'), { ...ofClient, audiences: 'urn:a urn:b' }, facts)
  assert.deepEqual('aud' in view && view.aud, ['urn:a', 'urn:b'])
})

test('an API is told how and when the person signed in (RFC 9470 §6.2)', () => {
  const view = viewFor(caller('any'), { ...ofUser, audiences: 'urn:a' } as TokenAuthority, facts)
  assert.deepEqual('acr' in view && [view.auth_time, view.acr], [1, 'aal1'])
})

test('a person of a client with pairwise subjects is named as that client knows them, and by no other name', () => {
  const view = viewFor(caller('any'), ofUser, { ...facts, pairwiseSubject: 'other' })
  assert.deepEqual(['sub' in view && view.sub, 'username' in view], ['other', false])
})

test('a client that may ask about its own learns nothing of another client, not even that the token exists', () => {
  for (const authority of [ofUser, ofClient]) {
    assert.equal(viewFor(caller('own', 'app'), authority, facts).active, true)
    assert.deepEqual(viewFor(caller('own', 'api'), authority, facts), inactive)
    assert.deepEqual(viewFor(caller('own', 'App'), authority, facts), inactive)
  }
})

test('a client of an API that a token is for may ask about it, if it may ask about its own (RFC 7662 §4)', () => {
  for (const authority of [ofUser, ofClient]) {
    const forCaller = { ...facts, isForCaller: true }
    assert.equal(viewFor(caller('own', 'api'), authority, forCaller).active, true)
    assert.deepEqual(viewFor(caller('none', 'api'), authority, forCaller), inactive)
  }
})

test('a client that may not ask is told so of every token, its own too', () => {
  for (const authority of [ofUser, ofClient])
    assert.deepEqual(viewFor(caller('none', 'app'), authority, facts), inactive)
})

test('unknown, expired and revoked look the same to everybody', () => {
  for (const why of ['unknown', 'expired', 'revoked'] as const) {
    for (const right of ['none', 'own', 'any'] as const) {
      assert.deepEqual(viewFor(caller(right, 'app'), { kind: 'none', why }, { ...facts, isForCaller: true }), inactive)
    }
  }
})
