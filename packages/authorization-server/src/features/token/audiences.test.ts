import assert from 'node:assert/strict'
import { OAuthError } from '@latchkey/protocol'
import { test } from 'node:test'
import type { Api } from '../../records/scopes/index.ts'
import { namedAudiences, narrowedAudiences, targetOf } from './audiences.ts'

const issuer = 'https://login.example/o'
const plain = {
  tokenFormat: 'opaque',
  signingAlgorithm: 'RS256',
  accessTokenLifetimeSeconds: undefined,
  scopes: [],
  clientRows: [],
} as const

function api(id: number, audience: string, changes: Partial<Api> = {}): readonly [string, Api] {
  return [audience, { ...plain, id, audience, name: audience, ...changes }]
}

const apis = new Map<string, Api>([
  api(1, 'urn:plain'),
  api(2, 'urn:items', { scopes: ['items:read', 'items:write'] }),
  api(3, 'urn:jwt', { tokenFormat: 'jwt', signingAlgorithm: 'ES256', accessTokenLifetimeSeconds: 300 }),
  api(4, 'urn:jwt-too', { tokenFormat: 'jwt', signingAlgorithm: 'ES256', accessTokenLifetimeSeconds: 600 }),
  api(5, 'urn:eddsa', { tokenFormat: 'jwt', signingAlgorithm: 'EdDSA' }),
])
const known = { apis, issuer }

function ruleOf(decide: () => unknown): readonly [code: string, rule: string | undefined] {
  try {
    decide()
  } catch (error) {
    if (error instanceof OAuthError) return [error.code, error.rule]
  }
  throw new Error('nothing was refused')
}

test('a request may name any API, several at once, and this server itself; any other is invalid_target (RFC 8707 §2)', () => {
  assert.deepEqual(namedAudiences(known, ['urn:jwt', issuer, 'urn:plain']), ['urn:jwt', issuer, 'urn:plain'])
  assert.deepEqual(namedAudiences(known, []), [])
  for (const near of ['urn:JWT', 'urn:jwt/', 'urn:jw', `${issuer}/`]) {
    assert.deepEqual(
      ruleOf(() => namedAudiences(known, ['urn:plain', near])),
      ['invalid_target', 'resource-unknown'],
    )
  }
})

test('later a request may name fewer of what was granted, never another (RFC 8707 §2.2)', () => {
  assert.deepEqual(narrowedAudiences('urn:a urn:b', []), ['urn:a', 'urn:b'])
  assert.deepEqual(narrowedAudiences('urn:a urn:b', ['urn:b']), ['urn:b'])
  assert.deepEqual(narrowedAudiences('', []), [])
  assert.deepEqual(
    ruleOf(() => narrowedAudiences('urn:a', ['urn:a', 'urn:b'])),
    ['invalid_target', 'resource-not-granted'],
  )
  assert.equal(ruleOf(() => narrowedAudiences('', ['urn:a']))[0], 'invalid_target')
})

test('a token for an API is of the kind that the API takes, and lives no longer than it allows', () => {
  assert.deepEqual(targetOf(known, ['urn:jwt'], ['read'], 3_600), {
    audiences: ['urn:jwt'],
    scopes: ['read'],
    signingAlgorithm: 'ES256',
    lifetimeSeconds: 300,
  })
  assert.equal(targetOf(known, ['urn:jwt-too', 'urn:jwt'], ['read'], 3_600).lifetimeSeconds, 300)
  assert.equal(targetOf(known, ['urn:jwt'], ['read'], 60).lifetimeSeconds, 60)
  assert.equal(targetOf(known, ['urn:plain'], ['read'], 3_600).signingAlgorithm, undefined)
  assert.equal(targetOf(known, [issuer], ['openid'], 3_600).signingAlgorithm, undefined)
  assert.equal(targetOf(known, [issuer, 'urn:jwt'], ['openid'], 3_600).signingAlgorithm, 'ES256')
})

test('APIs that take tokens of different kinds cannot share one (RFC 8707 §2)', () => {
  for (const pair of [
    ['urn:plain', 'urn:jwt'],
    ['urn:jwt', 'urn:eddsa'],
  ]) {
    assert.deepEqual(
      ruleOf(() => targetOf(known, pair, ['read'], 60)),
      ['invalid_target', 'resources-differ'],
    )
  }
})

test('a token carries no scope of an API that it is not for (RFC 9068 §3)', () => {
  assert.deepEqual(targetOf(known, ['urn:plain'], ['read', 'items:read'], 60).scopes, ['read'])
  assert.deepEqual(targetOf(known, ['urn:items'], ['read', 'items:read'], 60).scopes, ['read', 'items:read'])
  assert.deepEqual(targetOf(known, [issuer], ['openid', 'items:read'], 60).scopes, ['openid'])
})

test('an API with scopes of its own is closed to whoever was granted none of them', () => {
  assert.deepEqual(
    ruleOf(() => targetOf(known, ['urn:items'], ['read'], 60)),
    ['invalid_target', 'resource-without-scope'],
  )
  assert.equal(ruleOf(() => targetOf(known, ['urn:plain'], ['items:read'], 60))[1], 'resource-without-scope')
})

test('an API that was removed since the grant is left out; when none is left the request is refused', () => {
  assert.deepEqual(targetOf(known, ['urn:gone', 'urn:plain'], ['read'], 60).audiences, ['urn:plain'])
  assert.deepEqual(
    ruleOf(() => targetOf(known, ['urn:gone'], ['read'], 60)),
    ['invalid_target', 'resource-gone'],
  )
})
