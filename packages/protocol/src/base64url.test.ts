import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decodeBase64url, encodeBase64url } from './base64url.ts'

test('the bytes of any length come back, and the text is the one that Node writes (RFC 4648 §5)', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const text = encodeBase64url(bytes)
      assert.equal(text, Buffer.from(bytes).toString('base64url'))
      assert.deepEqual(decodeBase64url(text), bytes)
    }),
  )
})

test('a text is decoded only when encoding gives the same text again (RFC 4648 §3.5)', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= \u00e9'.split('')
  const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 12 }).map((characters) => characters.join(''))
  fc.assert(
    fc.property(text, (sent) => {
      const canonical = Buffer.from(sent, 'base64url').toString('base64url') === sent
      assert.equal(decodeBase64url(sent) !== undefined, canonical)
    }),
    { numRuns: 2000 },
  )
})

test('padding, stray bits, other alphabets and impossible lengths are refused', () => {
  for (const text of ['-_8=', '-_9', 'QQ==', 'QR', 'Q', 'QUJ', '+/8', 'QQ\n', ' QQ', 'Q\u0141', '\u{1f600}']) {
    assert.equal(decodeBase64url(text), undefined, JSON.stringify(text))
  }
})
