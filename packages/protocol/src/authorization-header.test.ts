import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseAuthorization } from './authorization-header.ts'

const basic = (pair: string | Uint8Array): string => `Basic ${Buffer.from(pair).toString('base64')}`
const encode = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+')

test('scheme names are read in any case (RFC 9110 §11.1)', () => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    assert.deepEqual(parseAuthorization(`${scheme} a.b-c_~+/==`), { kind: 'bearer', token: 'a.b-c_~+/==' })
  }
  assert.equal(parseAuthorization('bAsIc YTpi').kind, 'basic')
})

test('id and secret are form-urlencoded inside the Base64 (RFC 6749 §2.3.1)', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: 'grapheme-ascii' }),
      fc.string({ unit: 'grapheme' }),
      (clientId, clientSecret) => {
        const sent = basic(`${encode(clientId)}:${encode(clientSecret)}`)
        assert.deepEqual(parseAuthorization(sent), { kind: 'basic', clientId, clientSecret })
      },
    ),
  )
})

test('what is after the first colon is the secret, colons and all', () => {
  assert.deepEqual(parseAuthorization(basic('id:a:b')), { kind: 'basic', clientId: 'id', clientSecret: 'a:b' })
  assert.deepEqual(parseAuthorization(basic('id:')), { kind: 'basic', clientId: 'id', clientSecret: '' })
})

test('no header and other schemes are not malformed', () => {
  assert.deepEqual(parseAuthorization(undefined), { kind: 'absent' })
  assert.deepEqual(parseAuthorization(''), { kind: 'absent' })
  assert.deepEqual(parseAuthorization('DPoP abc'), { kind: 'other', scheme: 'dpop' })
  assert.deepEqual(parseAuthorization('Negotiate'), { kind: 'other', scheme: 'negotiate' })
})

test('each malformed header has its fault', () => {
  const faults: readonly (readonly [string, string | undefined, string])[] = [
    ['é abc', undefined, 'syntax'],
    [' ', undefined, 'syntax'],
    ['Bearer', 'bearer', 'token-syntax'],
    ['Bearer a b', 'bearer', 'token-syntax'],
    ['Bearer a,Basic YTpi', 'bearer', 'token-syntax'],
    ['Bearer =', 'bearer', 'token-syntax'],
    ['Bearer é', 'bearer', 'token-syntax'],
    ['Basic', 'basic', 'base64'],
    ['Basic !!!', 'basic', 'base64'],
    ['Basic YTp', 'basic', 'base64'],
    ['Basic YTpi YTpi', 'basic', 'base64'],
    [`Basic ${'A'.repeat(16_385)}`, 'basic', 'base64'],
    [basic(new Uint8Array([0x61, 0x3a, 0xff])), 'basic', 'encoding'],
    [basic('colonless'), 'basic', 'colon-missing'],
    [basic('a%zz:b'), 'basic', 'percent-encoding'],
    [basic('a:%'), 'basic', 'percent-encoding'],
    [basic('a:%ff'), 'basic', 'percent-encoding'],
    [basic(':b'), 'basic', 'client-id-empty'],
    [basic('a%00:b'), 'basic', 'control-character'],
    [basic('a:\0'), 'basic', 'control-character'],
  ]
  for (const [header, scheme, fault] of faults) {
    assert.deepEqual(parseAuthorization(header), { kind: 'malformed', scheme, fault }, header.slice(0, 40))
  }
})

test('any header is read without an exception and in little time', () => {
  const start = fc.constantFrom('', 'Basic ', 'Bearer ', 'Basic\t', 'x')
  fc.assert(
    fc.property(start, fc.string({ unit: 'binary', maxLength: 60 }), (scheme, text) => {
      parseAuthorization(scheme + text)
      parseAuthorization(basic(text))
    }),
  )
  const began = performance.now()
  for (const piece of ['A', '=', ' ', '%41', '+', 'a\n']) parseAuthorization(`Basic ${piece.repeat(65_536)}!`)
  assert.ok(performance.now() - began < 1000)
})
