import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { checkVerifier, isCodeVerifier, parseCodeChallenge } from './pkce.ts'

// RFC 7636 Appendix B.
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

test('the verifier of RFC 7636 Appendix B answers its challenge', () => {
  assert.deepEqual(parseCodeChallenge({ challenge, method: 'S256' }), { challenge, method: 'S256' })
  assert.equal(checkVerifier({ challenge, method: 'S256', verifier, sha256 }), 'match')
})

test('a request without a challenge has none', () => {
  assert.equal(parseCodeChallenge({ challenge: undefined, method: undefined }), undefined)
})

test('a challenge is exactly 43 base64url characters (RFC 7636 §4.2)', () => {
  const wrong = [challenge.slice(1), `${challenge}A`, `${challenge}=`, challenge.replace('-', '+'), `${challenge}\n`]
  for (const one of wrong) {
    assert.throws(() => parseCodeChallenge({ challenge: one, method: 'S256' }), { code: 'invalid_request' }, one)
  }
})

test('plain is refused unless allowed, also when meant by an absent method (RFC 7636 §4.3)', () => {
  for (const method of ['plain', undefined, 's256', 'S512']) {
    assert.throws(() => parseCodeChallenge({ challenge, method }), {
      code: 'invalid_request',
      description: 'Transform algorithm not supported.',
    })
  }
  const policy = { allowPlain: true }
  assert.deepEqual(parseCodeChallenge({ challenge: verifier, method: undefined }, policy), {
    challenge: verifier,
    method: 'plain',
  })
  assert.throws(() => parseCodeChallenge({ challenge: 'short', method: 'plain' }, policy), { code: 'invalid_request' })
})

test('a method without a challenge is refused: the sender meant to be protected', () => {
  assert.throws(() => parseCodeChallenge({ challenge: undefined, method: 'S256' }), {
    description: 'Code challenge required.',
  })
})

test('a verifier is required exactly when a challenge is stored (RFC 9700 §2.1.1)', () => {
  const none = { challenge: undefined, method: undefined, sha256 }
  assert.equal(checkVerifier({ challenge, method: 'S256', verifier: undefined, sha256 }), 'verifier-missing')
  assert.equal(checkVerifier({ ...none, verifier }), 'verifier-unexpected')
  assert.equal(checkVerifier({ ...none, verifier: undefined }), 'match')
})

test('a verifier outside 43 to 128 unreserved characters is malformed (RFC 7636 §4.1)', () => {
  const wrong = ['a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(42)} `, `${'a'.repeat(43)}\n`, `${'a'.repeat(42)}é`, '']
  for (const one of wrong) {
    assert.equal(isCodeVerifier(one), false)
    assert.equal(checkVerifier({ challenge, method: 'S256', verifier: one, sha256 }), 'verifier-malformed')
  }
  for (const one of ['a'.repeat(43), '~'.repeat(128)]) assert.equal(isCodeVerifier(one), true)
})

test('the challenge itself is not a verifier: S256 is never compared as plain', () => {
  assert.equal(checkVerifier({ challenge, method: 'S256', verifier: challenge, sha256 }), 'verifier-mismatch')
  assert.equal(checkVerifier({ challenge, method: undefined, verifier: challenge, sha256 }), 'verifier-mismatch')
  assert.equal(checkVerifier({ challenge: verifier, method: 'plain', verifier, sha256 }), 'match')
})

test('a verifier that the challenge begins with, or that begins with the challenge, is a mismatch', () => {
  for (const other of [`${verifier}A`, verifier.repeat(2)]) {
    assert.equal(checkVerifier({ challenge: verifier, method: 'plain', verifier: other, sha256 }), 'verifier-mismatch')
    assert.equal(checkVerifier({ challenge: other, method: 'plain', verifier, sha256 }), 'verifier-mismatch')
  }
})

test('only the one verifier matches', () => {
  const unit = fc.constantFrom(...'abcXYZ019-._~'.split(''))
  const text = fc.string({ unit, minLength: 43, maxLength: 128 })
  fc.assert(
    fc.property(text, text, (one, other) => {
      const stored = Buffer.from(sha256(Buffer.from(one))).toString('base64url')
      const expected = one === other ? 'match' : 'verifier-mismatch'
      assert.equal(checkVerifier({ challenge: stored, method: 'S256', verifier: one, sha256 }), 'match')
      assert.equal(checkVerifier({ challenge: stored, method: 'S256', verifier: other, sha256 }), expected)
      assert.equal(checkVerifier({ challenge: one, method: 'plain', verifier: other, sha256 }), expected)
    }),
  )
})
