// Tokens are remembered by their hash, which is the same on every runtime.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { digest, webDigest } from './digest.ts'

test('Node and Web Crypto give the same key, and on Node it is there at once', async () => {
  for (const token of ['', 'abc', 'ü✓', 'x'.repeat(16_384)]) {
    const expected = createHash('sha256').update(token).digest('base64url')
    assert.equal(digest(token), expected)
    assert.equal(await webDigest(token), expected)
  }
})
