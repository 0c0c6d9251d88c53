import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Consent, scopesWithoutConsent } from './consent.ts'

const given: Consent = { scopes: ['openid', 'read'], epoch: 0, givenAt: 1, withdrawnAt: undefined }

test('what the person allowed is not asked again, in whatever order', () => {
  assert.deepEqual(scopesWithoutConsent(given, ['read', 'openid']), [])
  assert.deepEqual(scopesWithoutConsent(given, []), [])
})

test('only what is new is asked', () => {
  assert.deepEqual(scopesWithoutConsent(given, ['openid', 'write', 'read', 'email']), ['write', 'email'])
})

test('scopes are compared as they are written: no prefix, no other case, no wildcard', () => {
  const near = ['Read', 'rea', 'read:all', 'read ', 'openid2', '*']
  assert.deepEqual(scopesWithoutConsent(given, near), near)
})

test('a person who never answered, or withdrew, is asked for everything', () => {
  const asked = ['openid', 'read']
  assert.deepEqual(scopesWithoutConsent(undefined, asked), asked)
  assert.deepEqual(scopesWithoutConsent({ ...given, givenAt: undefined }, asked), asked)
  assert.deepEqual(scopesWithoutConsent({ ...given, withdrawnAt: 2 }, asked), asked)
})
