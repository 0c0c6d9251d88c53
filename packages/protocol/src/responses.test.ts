import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { claimsForScopes } from './claims.ts'
import { halfHash } from './id-token.ts'
import { activeIntrospection, INACTIVE } from './introspection-response.ts'
import { tokenResponse } from './token-response.ts'

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

test('a token answer prints its members in the seeds’ order (RFC 6749 §5.1)', () => {
  const issued = { idToken: 'i', refreshToken: 'r', accessToken: 'a', lifetimeSeconds: 3600, scopes: ['read', 'write'] }
  assert.equal(
    JSON.stringify(tokenResponse(issued)),
    '{"access_token":"a","expires_in":3600,"token_type":"Bearer","scope":"read write","refresh_token":"r","id_token":"i"}',
  )
  assert.equal(
    JSON.stringify(tokenResponse({ ...issued, refreshToken: undefined, idToken: undefined })),
    '{"access_token":"a","expires_in":3600,"token_type":"Bearer","scope":"read write"}',
  )
})

test('an introspection answer prints the members that the seeds’ servers read first (RFC 7662 §2.2)', () => {
  const token = { scopes: ['read'], expiresAt: 1_795_296_325_999, clientId: 'web' }
  assert.equal(
    JSON.stringify(activeIntrospection({ ...token, audiences: [], username: undefined })),
    '{"active":true,"scope":"read","exp":1795296325,"client_id":"web"}',
  )
  const full = activeIntrospection({
    acr: '1',
    authenticatedAt: 5999,
    tokenId: 't',
    audiences: ['https://api.example/'],
    issuer: 'https://id.example',
    subject: 's',
    issuedAt: 7000,
    tokenType: 'Bearer',
    username: 'a@b.c',
    ...token,
  })
  const names = 'active scope exp client_id username token_type iat sub iss aud jti auth_time acr'
  assert.equal(Object.keys(full).join(' '), names)
  assert.equal(full.auth_time, 5)
})

test('the answer about any other token is one frozen object (RFC 7662 §2.2)', () => {
  assert.equal(JSON.stringify(INACTIVE), '{"active":false}')
  assert.ok(Object.isFrozen(INACTIVE))
})

test('at_hash is the left half of the digest', () => {
  const expected = createHash('sha256').update('token').digest().subarray(0, 16).toString('base64url')
  assert.equal(halfHash(sha256, 'token'), expected)
  // OpenID Connect Core Appendix A.3 and A.4: code and c_hash.
  assert.equal(halfHash(sha256, 'Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk'), 'LDktKdoQak3Pk0cnXxCltA')
})

test('scopes give their claims (OpenID Connect Core §5.4)', () => {
  assert.deepEqual(claimsForScopes(['phone', 'openid', 'email', 'read']), [
    'email',
    'email_verified',
    'phone_number',
    'phone_number_verified',
  ])
  assert.equal(claimsForScopes(['profile']).length, 14)
  assert.deepEqual(claimsForScopes(['constructor']), [])
})
