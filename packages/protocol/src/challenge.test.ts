import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { basicChallenge, bearerChallenge } from './challenge.ts'

test('the Django form has no space after its commas', () => {
  const challenge = { realm: 'api', error: 'invalid_token', description: 'The access token is invalid.' } as const
  assert.equal(
    bearerChallenge(challenge, 'django'),
    'Bearer realm="api",error="invalid_token",error_description="The access token is invalid."',
  )
  assert.equal(bearerChallenge({ realm: 'api' }, 'django'), 'Bearer realm="api"')
})

test('the standard form names realm, error, description, scope and metadata (RFC 6750 §3, RFC 9728 §5.1)', () => {
  const value = bearerChallenge({
    resourceMetadata: 'https://api.example/.well-known/oauth-protected-resource',
    scopes: ['read', 'write'],
    description: 'Say "write".',
    error: 'insufficient_scope',
    realm: 'a"\\b',
  })
  assert.equal(
    value,
    String.raw`Bearer realm="a\"\\b", error="insufficient_scope", error_description="Say 'write'.", ` +
      'scope="read write", resource_metadata="https://api.example/.well-known/oauth-protected-resource"',
  )
  assert.equal(bearerChallenge({}), 'Bearer')
  assert.equal(bearerChallenge({ error: 'invalid_client' }), 'Bearer error="invalid_client"')
})

test('a Basic challenge has a realm and says that it reads UTF-8 (RFC 7617 §2.1)', () => {
  assert.equal(basicChallenge('token'), 'Basic realm="token", charset="UTF-8"')
})

test('no input can end the header line or leave its quotes', () => {
  const quoted = '"(?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\["\\\\])*"'
  const whole = new RegExp(`^Bearer realm=${quoted}, error_description=${quoted}, resource_metadata=${quoted}$`)
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(text, text, text, (realm, description, resourceMetadata) => {
      assert.match(bearerChallenge({ realm, description, resourceMetadata }), whole)
      assert.match(basicChallenge(realm), new RegExp(`^Basic realm=${quoted}, charset="UTF-8"$`))
    }),
  )
})
