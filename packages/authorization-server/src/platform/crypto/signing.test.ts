import assert from 'node:assert/strict'
import { createPublicKey, sign } from 'node:crypto'
import { test } from 'node:test'
import { calculateJwkThumbprint, importJWK, jwtVerify, SignJWT } from 'jose'
import {
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  publicJwk,
  type SigningKey,
  signingAlgorithms,
  signJws,
  thumbprint,
  verificationKey,
  verifyJws,
} from './index.ts'

const keys = new Map<string, SigningKey>()
for (const alg of signingAlgorithms) keys.set(alg, await generateSigningKey(alg))

function keyFor(alg: string): SigningKey {
  const key = keys.get(alg)
  assert.ok(key)
  return key
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

const payload = { sub: 'alice', aud: ['a', 'b'], note: 'pässwörd–✓' }

for (const alg of signingAlgorithms) {
  const key = keyFor(alg)

  test(`${alg}: what is signed here is accepted by jose, and the other way round`, async () => {
    const jws = await signJws(key, 'at+jwt', payload)
    const jwk = publicJwk(key)
    const { payload: read, protectedHeader } = await jwtVerify(jws, await importJWK({ ...jwk }, alg), {
      algorithms: [alg],
    })
    assert.deepEqual(read, payload)
    assert.deepEqual(protectedHeader, { alg, typ: 'at+jwt', kid: key.kid })
    const theirs = await new SignJWT(payload).setProtectedHeader({ alg, kid: key.kid }).sign(key.privateKey)
    assert.deepEqual(verifyJws(theirs, [verificationKey(key)])?.payload, payload)
  })

  test(`${alg}: the published key has its thumbprint as kid and nothing private (RFC 7638 §3)`, async () => {
    const jwk = publicJwk(key)
    assert.equal(jwk.kid, await calculateJwkThumbprint({ ...jwk }, 'sha256'))
    assert.equal(jwk.alg, alg)
    assert.equal(jwk.use, 'sig')
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.ok(!(member in jwk), member)
  })

  test(`${alg}: a key comes back from its stored form, and only as one of its own algorithm`, async () => {
    const restored = importSigningKey(alg, exportSigningKey(key))
    assert.equal(restored.kid, key.kid)
    assert.ok(verifyJws(await signJws(restored, 'JWT', payload), [verificationKey(key)]))
    const foreign = alg === 'ES256' ? 'EdDSA' : 'ES256'
    assert.throws(() => importSigningKey(foreign, exportSigningKey(key)), TypeError)
  })
}

test('the thumbprint is that of RFC 7638 §3.1', () => {
  const n =
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
  const publicKey = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' })
  assert.equal(thumbprint(publicKey), 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
})

test('no altered, unsigned, wrongly keyed or wrongly headed JWS is accepted (RFC 8725 §3.1)', async () => {
  const ec = keyFor('ES256')
  const rsa = keyFor('RS256')
  const known = [verificationKey(ec), verificationKey(rsa)]
  const jws = await signJws(ec, 'JWT', payload)
  const [head = '', body = '', tail = ''] = jws.split('.')
  const headed = (header: object): string => `${encode(header)}.${body}.${tail}`
  const theirs = (header: { alg: string }): Promise<string> =>
    new SignJWT(payload).setProtectedHeader(header).sign(ec.privateKey)
  const signedAs = (alg: string): string => {
    const input = `${encode({ alg, kid: ec.kid })}.${body}`
    const signature = sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })
    return `${input}.${signature.toString('base64url')}`
  }
  assert.ok(verifyJws(signedAs('ES256'), known))
  const refused = [
    '',
    signedAs('none'),
    signedAs('RS256'),
    signedAs('EdDSA'),
    '..',
    'a.b',
    `${jws}.`,
    `${jws}=`,
    `${head}.${encode({ ...payload, sub: 'mallory' })}.${tail}`,
    `${head}.${body}.`,
    `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`,
    headed({ alg: 'none', kid: ec.kid }),
    headed({ alg: 'RS256', kid: ec.kid }),
    headed({ alg: 'ES256', kid: rsa.kid }),
    headed({ alg: 'ES256' }),
    await theirs({ alg: 'ES256' }),
    await signJws({ ...ec, kid: 'unknown' }, 'JWT', payload),
    await signJws({ ...keyFor('PS256'), kid: rsa.kid }, 'JWT', payload),
  ]
  for (const text of refused) assert.equal(verifyJws(text, known), undefined, text.slice(0, 60))
  assert.ok(verifyJws(jws, known))
  assert.equal(verifyJws(jws, []), undefined)
})

test('a JWS that demands an extension is refused though its signature holds (RFC 7515 §4.1.11)', async () => {
  const ec = keyFor('ES256')
  const header = { alg: 'ES256', kid: ec.kid, crit: ['exp'], exp: 1 }
  const jws = await new SignJWT(payload).setProtectedHeader(header).sign(ec.privateKey, { crit: { exp: true } })
  assert.equal(verifyJws(jws, [verificationKey(ec)]), undefined)
})
