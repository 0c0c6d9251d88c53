import assert from 'node:assert/strict'
import { OAuthError } from '@latchkey/protocol'
import { test } from 'node:test'
import { defaultClientSettings } from '../../records/clients/index.ts'
import { decideClientScopes, decideNarrowerScopes, decideScopes, earnsRefreshToken } from './scopes.ts'

const client = {
  ...defaultClientSettings({ clientId: 'web', name: 'Web', isConfidential: true }),
  scopes: ['openid', 'profile', 'email', 'offline_access', 'write', 'read'],
  row: 1,
  enabled: true,
  epoch: 1,
  createdAt: 0,
  updatedAt: 0,
}

function refusal(decide: () => unknown): readonly [code: string, rule: string | undefined, sent: string | undefined] {
  try {
    decide()
  } catch (error) {
    if (error instanceof OAuthError) return [error.code, error.rule, error.detail['sent']]
  }
  throw new Error('nothing was refused')
}

test('a request gets what it names, in the order in which it names it', () => {
  assert.deepEqual(decideScopes(client, ['read', 'openid']), ['read', 'openid'])
})

test("without a scope parameter: the client's own, in the operator's order, and nothing of OpenID unasked", () => {
  assert.deepEqual(decideScopes(client, undefined), ['write', 'read'])
})

test('a scope that is not registered refuses the whole request; nobody gets quietly less (RFC 6749 §3.3)', () => {
  assert.deepEqual(
    refusal(() => decideScopes(client, ['read', 'admin', 'root'])),
    ['invalid_scope', 'scope-not-registered', 'admin root'],
  )
  for (const near of ['Read', 'read*', 'rea'])
    assert.equal(refusal(() => decideScopes(client, [near]))[0], 'invalid_scope')
})

test('no scope at all is refused: asked for none, or registered for none that may be given unasked', () => {
  assert.equal(refusal(() => decideScopes(client, []))[0], 'invalid_scope')
  assert.equal(refusal(() => decideScopes({ ...client, scopes: ['openid', 'email'] }, undefined))[0], 'invalid_scope')
})

test("a client's own token carries no scope about people", () => {
  assert.deepEqual(decideClientScopes(client, undefined), ['write', 'read'])
  assert.deepEqual(decideClientScopes(client, ['read']), ['read'])
  for (const scope of ['openid', 'profile', 'email', 'offline_access']) {
    assert.deepEqual(
      refusal(() => decideClientScopes(client, ['read', scope])),
      ['invalid_scope', 'scope-without-user', scope],
    )
  }
  assert.equal(refusal(() => decideClientScopes(client, ['admin']))[1], 'scope-not-registered')
})

test('a refresh gets the same or less, never more (RFC 6749 §6)', () => {
  assert.equal(decideNarrowerScopes('openid read write', undefined, 'web'), 'openid read write')
  assert.equal(decideNarrowerScopes('openid read write', ['write'], 'web'), 'write')
  assert.deepEqual(
    refusal(() => decideNarrowerScopes('read', ['read', 'write'], 'web')),
    ['invalid_scope', 'scope-wider-than-grant', 'read write'],
  )
})

test('a refresh token is for clients that may refresh, and with openid for offline_access only (OpenID Connect Core §11)', () => {
  const mayNot = { grantTypes: ['authorization_code' as const] }
  for (const [scopes, expected] of [
    ['read', true],
    ['openid read', false],
    ['openid offline_access', true],
    ['offline_access', true],
    ['openidish', true],
  ] as const) {
    assert.equal(earnsRefreshToken(client, scopes), expected, scopes)
    assert.equal(earnsRefreshToken(mayNot, scopes), false, scopes)
  }
})
