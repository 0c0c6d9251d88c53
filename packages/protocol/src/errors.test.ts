import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { isOAuthErrorCode, OAuthError, type OAuthErrorEntry, oauthErrors, sanitizeDescription } from './errors.ts'

const entries: Readonly<Record<string, OAuthErrorEntry>> = oauthErrors

test('every code of the catalogue has an error status, a clause and a full sentence', () => {
  for (const [code, entry] of Object.entries(entries)) {
    assert.match(code, /^[a-z_]+$/)
    assert.ok(entry.status >= 400 && entry.status <= 503, code)
    assert.match(entry.spec, /§/)
    assert.match(entry.meaning, /^[A-Z].+\.$/)
    assert.equal(sanitizeDescription(entry.meaning), entry.meaning)
  }
})

test('codes of the token endpoint alone never travel by redirect (RFC 6749 §5.2)', () => {
  for (const code of ['invalid_client', 'invalid_grant', 'unsupported_grant_type', 'invalid_token'] as const) {
    assert.equal(new OAuthError(code).mayRedirect, false, code)
  }
  assert.equal(new OAuthError('access_denied').mayRedirect, true)
})

test('an error can forbid its redirect but never permit one that the catalogue forbids', () => {
  assert.equal(new OAuthError('invalid_request', undefined, { mayRedirect: false }).mayRedirect, false)
  assert.equal(new OAuthError('invalid_client', undefined, { mayRedirect: true }).mayRedirect, false)
})

test('the JSON of an error has its code and description and nothing of the detail', () => {
  const error = new OAuthError('invalid_grant', 'Gone.', {
    rule: 'r',
    detail: { sent: 'secret' },
    cause: new Error('c'),
  })
  assert.equal(JSON.stringify(error), '{"error":"invalid_grant","error_description":"Gone."}')
  assert.equal(JSON.stringify(new OAuthError('invalid_client')), '{"error":"invalid_client"}')
  assert.equal(new OAuthError('invalid_client').message, oauthErrors.invalid_client.meaning)
})

test('the status is the catalogue’s unless the refusal names another', () => {
  assert.equal(new OAuthError('invalid_client').status, 401)
  assert.equal(new OAuthError('invalid_request', 'Too big.', { status: 413 }).status, 413)
})

test('a description has only the characters that may travel (RFC 6749 §5.2)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { description } = new OAuthError('invalid_request', text)
      assert.match(description ?? '', /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/)
      assert.equal(sanitizeDescription(description ?? ''), description)
    }),
  )
})

test('names of Object.prototype are not codes', () => {
  assert.equal(isOAuthErrorCode('invalid_grant'), true)
  for (const name of ['constructor', 'toString', '__proto__', '']) assert.equal(isOAuthErrorCode(name), false)
})
