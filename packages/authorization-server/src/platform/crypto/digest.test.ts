import assert from 'node:assert/strict'
import { createHash, createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { decodeBase64url, encodeBase64url, equalBytes, equalText, hmacSha256, sha256 } from './index.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('SHA-256 of bytes and of UTF-8 text is that of FIPS 180-4', () => {
  assert.equal(hex(sha256('abc')), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  assert.equal(hex(sha256(Buffer.from('abc'))), hex(sha256('abc')))
  for (const text of ['', 'pässwörd–✓', '\u0000', 'x'.repeat(1000)]) {
    assert.equal(hex(sha256(text)), createHash('sha256').update(text, 'utf8').digest('hex'))
  }
})

test('HMAC-SHA-256 is that of RFC 4231 §4.2 and §4.3', () => {
  const first = 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'
  assert.equal(hex(hmacSha256(Buffer.alloc(20, 0x0b), 'Hi There')), first)
  assert.equal(hex(hmacSha256(createSecretKey(Buffer.alloc(20, 0x0b)), Buffer.from('Hi There'))), first)
  const second = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  assert.equal(hex(hmacSha256(Buffer.from('Jefe'), 'what do ya want for nothing?')), second)
})

test('equal texts and bytes are equal, others are not, whatever their lengths', () => {
  assert.ok(equalText('', ''))
  assert.ok(equalText('pässwörd–✓', 'pässwörd–✓'))
  assert.ok(!equalText('secret', 'secret '))
  assert.ok(!equalText('secret', 'secrex'))
  assert.ok(!equalText('\ud800', '\ufffd'))
  assert.ok(equalBytes(Uint8Array.of(1, 2), Buffer.of(1, 2)))
  assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0)))
  assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)))
})

test('base64url is read in its one canonical spelling only (RFC 4648 §3.5, §5)', () => {
  const bytes = Uint8Array.of(0xfb, 0xff, 0xfe, 0x01)
  const text = encodeBase64url(bytes)
  assert.equal(text, '-__-AQ')
  assert.deepEqual(decodeBase64url(text), Buffer.from(bytes))
  assert.deepEqual(decodeBase64url(''), Buffer.alloc(0))
  for (const other of ['+//+AQ', '-__-AQ==', '-__-AR', '-__-AQ\n', ' -__-AQ', '-__-A', '-_*_-AQ']) {
    assert.equal(decodeBase64url(other), undefined, other)
  }
})
