import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { test } from 'node:test'
import { encodeBase64url } from './base64url.ts'
import { foreignKeys, hasPrivatePart, longestForeignJws, openForeignJws } from './foreign.ts'

function jwkOf(key: KeyObject, members: object = {}): Readonly<Record<string, unknown>> {
  return { ...key.export({ format: 'jwk' }), ...members }
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')

function algorithmsOf(...keys: readonly unknown[]): readonly (readonly string[])[] | undefined {
  return foreignKeys({ keys })?.map(({ algorithms }) => algorithms)
}

test('a key is for the algorithms of its kind, or for the one that it names (RFC 8725 §3.1)', () => {
  assert.deepEqual(algorithmsOf(jwkOf(rsa.publicKey)), [['RS256', 'PS256']])
  assert.deepEqual(algorithmsOf(jwkOf(rsa.publicKey, { alg: 'PS256' })), [['PS256']])
  assert.deepEqual(algorithmsOf(jwkOf(ec.publicKey, { kid: 'a', use: 'sig' }), jwkOf(ed.publicKey)), [
    ['ES256'],
    ['EdDSA'],
  ])
  assert.deepEqual(algorithmsOf(jwkOf(ec.publicKey, { key_ops: ['verify'] })), [['ES256']])
})

test('keys that cannot check signatures, give a secret away or are slow to check are passed over (RFC 7517 §5)', () => {
  const large = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 0x1_00_01 }).publicKey
  const modulus = 'n' in jwkOf(large) ? String(jwkOf(large)['n']) : ''
  const useless: readonly unknown[] = [
    undefined,
    null,
    'key',
    7,
    [],
    {},
    { kty: 'RSA' },
    { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
    { kty: 'oct', k: 'c2VjcmV0' },
    jwkOf(rsa.privateKey),
    jwkOf(ec.privateKey),
    jwkOf(rsa.publicKey, { use: 'enc' }),
    jwkOf(rsa.publicKey, { key_ops: ['sign'] }),
    jwkOf(rsa.publicKey, { alg: 'HS256' }),
    jwkOf(rsa.publicKey, { alg: 'none' }),
    jwkOf(rsa.publicKey, { alg: 'ES256' }),
    jwkOf(rsa.publicKey, { kid: 7 }),
    jwkOf(rsa.publicKey, { kid: 'k'.repeat(256) }),
    jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
    jwkOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey),
    jwkOf(generateKeyPairSync('x25519').publicKey),
    jwkOf(rsa.publicKey, { e: encodeBase64url(new Uint8Array([1, 0, 0, 0, 1])) }),
    jwkOf(rsa.publicKey, { e: 'AQ' }),
    jwkOf(rsa.publicKey, { e: 'Ag' }),
    jwkOf(rsa.publicKey, { n: modulus + modulus + modulus }),
  ]
  for (const jwk of useless)
    assert.deepEqual(algorithmsOf(jwk, jwkOf(ec.publicKey)), [['ES256']], JSON.stringify(jwk)?.slice(0, 120))
})

test('what is no JWK set has no keys, nor one of more than fifty', () => {
  for (const set of [
    undefined,
    null,
    [],
    {},
    { keys: {} },
    'x',
    { keys: Array.from({ length: 51 }, () => jwkOf(ec.publicKey)) },
  ]) {
    assert.equal(foreignKeys(set), undefined)
  }
  assert.deepEqual(foreignKeys({ keys: [] }), [])
})

test('a set that gives a secret away is known as such', () => {
  assert.equal(hasPrivatePart({ keys: [jwkOf(ec.publicKey), jwkOf(rsa.privateKey)] }), true)
  assert.equal(hasPrivatePart({ keys: [{ kty: 'oct', k: 'eA' }] }), true)
  assert.equal(hasPrivatePart({ keys: [jwkOf(ec.publicKey)] }), false)
})

function jws(header: string, payload: string, tail = 'AA'): string {
  return `${encodeBase64url(Buffer.from(header))}.${encodeBase64url(Buffer.from(payload))}.${tail}`
}

test('a JWS is read in its compact form, whole and in one way only (RFC 7515 §4)', () => {
  assert.deepEqual(openForeignJws(jws('{"alg":"ES256"}', '{"a":{"a":["a",{"a":1}]},"b":"{\\"b\\":1,\\"b\\":2}"}')), {
    header: { alg: 'ES256' },
    payload: { a: { a: ['a', { a: 1 }] }, b: '{"b":1,"b":2}' },
  })
  const refused = [
    '',
    '.',
    '..',
    'a.b.c',
    jws('{}', '[]'),
    jws('[]', '{}'),
    jws('{}', '"x"'),
    jws('{}', 'null'),
    `${jws('{}', '{}')}.x`,
    `${encodeBase64url(Buffer.from('{}'))}.`,
    jws('{"alg":"ES256","alg":"none"}', '{}'),
    jws('{}', '{"sub":"a","sub":"b"}'),
    jws('{}', '{"sub":"a","\\u0073ub":"b"}'),
    jws('{}', '{"x":{"y":1,"y":2}}'),
    jws('{}', '{"x":[{"y":1, "y" :2}]}'),
    jws('{}', '{').replace('.', '.='),
    jws('{}', '{}').replace('.', '==.'),
    ` ${jws('{}', '{}')}`,
    '{"payload":"e30","signature":""}',
    `${encodeBase64url(Buffer.from('{}'))}.${encodeBase64url(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))}.AA`,
    jws('\uFEFF{}', '{}'),
    jws('{}', '{}', 'A'.repeat(longestForeignJws)),
  ]
  for (const text of refused) assert.equal(openForeignJws(text), undefined, text.slice(0, 80))
})
