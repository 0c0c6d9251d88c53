import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  generateSigningKey,
  publicJwk,
  type SigningKey,
  signJws,
  signingAlgorithms,
} from '../../platform/crypto/index.ts'
import type { FetchedDocument, GetOptions, OutgoingRefused } from '../../platform/outgoing/index.ts'
import { fixedClock } from '../../platform/time/index.ts'
import { type ClientKeys, createClientKeys } from './keys.ts'
import { type ClientMetadata, plainMetadata } from './metadata.ts'

const clock = fixedClock(1_000_000)

/** A place that holds a JWK set, with the memory that the way out has. */
function place(initial: readonly SigningKey[]) {
  const state = { keys: initial, broken: false, fetches: 0 }
  let memory: { outcome: FetchedDocument | OutgoingRefused; at: number } | undefined
  const outgoing = {
    async get(_url: string, { maxAgeMs = 0 }: GetOptions): Promise<FetchedDocument | OutgoingRefused> {
      if (memory !== undefined && clock.now() - memory.at < maxAgeMs) return memory.outcome
      state.fetches += 1
      const body = Buffer.from(JSON.stringify({ keys: state.keys.map(publicJwk) }))
      const fetched = state.broken
        ? ({ kind: 'refused', fault: 'unreachable' } as const)
        : ({ kind: 'document', mediaType: 'application/json', body } as const)
      memory = { outcome: fetched, at: clock.now() }
      return fetched
    },
  }
  return { state, keys: createClientKeys({ outgoing, clock }) }
}

function client(members: Partial<ClientMetadata>): { readonly metadata: ClientMetadata } {
  return { metadata: { ...plainMetadata, ...members } }
}

const remote = client({ jwksUri: 'https://rp.example/jwks' })

async function outcome(keys: ClientKeys, who: typeof remote, jws: string): Promise<string> {
  const proof = await keys.verify(who, jws, signingAlgorithms)
  return proof.kind === 'proven' ? 'proven' : proof.rule
}

function withHeader(jws: string, header: object): string {
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${jws.split('.').slice(1).join('.')}`
}

test('what a client signed is proven by its registered keys, in every algorithm, by value and by address', async () => {
  for (const alg of signingAlgorithms) {
    const key = await generateSigningKey(alg)
    const { keys } = place([key])
    const inline = client({ jwks: JSON.stringify({ keys: [publicJwk(key)] }) })
    const jws = await signJws(key, 'JWT', { iss: 'me' })
    for (const who of [remote, inline]) {
      const proof = await keys.verify(who, jws, signingAlgorithms)
      assert.equal(proof.kind, 'proven', alg)
      assert.deepEqual(proof.payload, { iss: 'me' })
      assert.deepEqual(
        await keys.verify(
          who,
          jws,
          signingAlgorithms.filter((other) => other !== alg),
        ),
        { kind: 'refused', rule: 'algorithm-refused' },
      )
    }
  }
})

test('none, symmetric algorithms, embedded keys and keys of others prove nothing (RFC 8725 §3.1)', async () => {
  const [own, other] = await Promise.all([generateSigningKey('ES256'), generateSigningKey('ES256')])
  const { keys } = place([own])
  const good = await signJws(own, 'JWT', { iss: 'me' })
  assert.equal(await outcome(keys, remote, good), 'proven')
  for (const alg of ['none', 'None', 'NONE', '', 'HS256', 'es256', 'RS1', 7, null]) {
    assert.equal(await outcome(keys, remote, withHeader(good, { alg, kid: own.kid })), 'algorithm-refused', String(alg))
  }
  const forged = await signJws(other, 'JWT', { iss: 'me' })
  assert.equal(await outcome(keys, remote, forged), 'key-unknown')
  assert.equal(
    await outcome(
      keys,
      remote,
      withHeader(forged, { alg: 'ES256', kid: own.kid, jwk: publicJwk(other), jku: 'https://evil.example' }),
    ),
    'signature-wrong',
  )
  assert.equal(await outcome(keys, remote, withHeader(good, { alg: 'RS256', kid: own.kid })), 'key-unknown')
  assert.equal(await outcome(keys, client({}), good), 'keys-missing')
  assert.equal(await outcome(keys, remote, 'a.b.c'), 'jws-malformed')
})

test('without a key id every fitting key is tried, up to four', async () => {
  const many = await Promise.all(Array.from({ length: 5 }, () => generateSigningKey('ES256')))
  const { keys } = place(many)
  const unnamed = async (key: SigningKey | undefined): Promise<string> => {
    assert.ok(key)
    const nameless = { ...key, kid: undefined }
    return signJws(nameless as unknown as SigningKey, 'JWT', {})
  }
  assert.equal(await outcome(keys, remote, await unnamed(many[3])), 'proven')
  assert.equal(await outcome(keys, remote, await unnamed(many[4])), 'signature-wrong')
})

test('a key that is not known makes us look again, at most once in thirty seconds (OpenID Connect Core §10.1.1)', async () => {
  const [old, next] = await Promise.all([generateSigningKey('ES256'), generateSigningKey('ES256')])
  const { keys, state } = place([old])
  assert.equal(await outcome(keys, remote, await signJws(old, 'JWT', {})), 'proven')
  assert.equal(await outcome(keys, remote, await signJws(next, 'JWT', {})), 'key-unknown')
  for (let n = 0; n < 20; n += 1) {
    const stranger = withHeader(await signJws(next, 'JWT', {}), { alg: 'ES256', kid: `random-${n}` })
    assert.equal(await outcome(keys, remote, stranger), 'key-unknown')
  }
  assert.equal(state.fetches, 1)
  state.keys = [next]
  clock.advance(30_000)
  assert.equal(await outcome(keys, remote, await signJws(next, 'JWT', {})), 'proven')
  assert.equal(state.fetches, 2)
  assert.equal(await outcome(keys, remote, await signJws(old, 'JWT', {})), 'key-unknown')
})

test('a withdrawn key stops within five minutes', async () => {
  const key = await generateSigningKey('ES256')
  const { keys, state } = place([key])
  const jws = await signJws(key, 'JWT', {})
  assert.equal(await outcome(keys, remote, jws), 'proven')
  state.keys = []
  clock.advance(299_999)
  assert.equal(await outcome(keys, remote, jws), 'proven')
  clock.advance(1)
  assert.equal(await outcome(keys, remote, jws), 'key-unknown')
})

test('when the place does not answer, what was known within the hour still counts', async () => {
  const key = await generateSigningKey('ES256')
  const { keys, state } = place([key])
  const jws = await signJws(key, 'JWT', {})
  state.broken = true
  assert.equal(await outcome(keys, remote, jws), 'keys-unreachable')
  state.broken = false
  clock.advance(300_000)
  assert.equal(await outcome(keys, remote, jws), 'proven')
  state.broken = true
  clock.advance(3_599_999)
  assert.equal(await outcome(keys, remote, jws), 'proven')
  clock.advance(1)
  assert.equal(await outcome(keys, remote, jws), 'keys-unreachable')
})
