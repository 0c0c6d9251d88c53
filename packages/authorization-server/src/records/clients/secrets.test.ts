import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPasswordHasher, type PasswordHasher, seededRandom, systemRandom } from '../../platform/crypto/index.ts'
import type { ClientSecret } from './client.ts'
import { createSecretChecker, generateSecret, storeChosenSecret } from './secrets.ts'

const bound = { random: seededRandom('hasher'), maxConcurrent: 4, maxQueued: 200, deadlineMs: 10_000 }
const hasher = createPasswordHasher({ ...bound, memoryKib: 8, passes: 1 })
let stored = 0
const kept = (secret: Pick<ClientSecret, 'kind' | 'verifier' | 'hint'>): ClientSecret => ({
  ...secret,
  id: ++stored,
  createdAt: 0,
})

function counting(): { readonly hasher: PasswordHasher; verified(): number } {
  let verified = 0
  const verify: PasswordHasher['verify'] = (hash, password) => {
    verified += 1
    return hasher.verify(hash, password)
  }
  return { hasher: { ...hasher, verify }, verified: () => verified }
}

test('a generated secret has 256 random bits, a prefix for scanners, and is kept as a digest with its last letters', () => {
  const { secret, stored: row } = generateSecret(systemRandom)
  assert.match(secret, /^lk_sec_[A-Za-z0-9_-]{43}$/)
  assert.equal(row.hint, secret.slice(-4))
  assert.ok(!row.verifier.includes(secret.slice(7, 20)))
  assert.notEqual(generateSecret(systemRandom).secret, secret)
})

test('a generated secret matches itself and nothing near it, without the price of a password', async () => {
  const { secret, stored: row } = generateSecret(systemRandom)
  const { hasher: counted, verified } = counting()
  const checker = createSecretChecker(counted, systemRandom)
  assert.equal(await checker.matches([kept(row)], secret), true)
  for (const near of ['', secret.slice(0, -1), `${secret} `, secret.toLowerCase(), row.verifier, row.hint]) {
    assert.equal(await checker.matches([kept(row)], near), false, near)
  }
  assert.equal(verified(), 0)
})

test('a chosen secret shows nothing of itself in the database', async () => {
  const row = await storeChosenSecret('clientSecret', hasher)
  assert.deepEqual([row.kind, row.hint], ['chosen', ''])
  assert.ok(!row.verifier.includes('clientSecret'))
})

test('a chosen secret costs its slow hash until it is proven; after that right and wrong are told by a keyed digest', async () => {
  const { hasher: counted, verified } = counting()
  const checker = createSecretChecker(counted, systemRandom)
  const secrets = [kept(await storeChosenSecret('clientSecret', hasher))]
  assert.equal(await checker.matches(secrets, 'wrong'), false)
  assert.equal(verified(), 1)
  assert.equal(await checker.matches(secrets, 'clientSecret'), true)
  assert.equal(verified(), 2)
  for (const [presented, expected] of [
    ['clientSecret', true],
    ['wrong', false],
    ['clientsecret', false],
    ['', false],
  ] as const) {
    assert.equal(await checker.matches(secrets, presented), expected, presented)
  }
  assert.equal(verified(), 2)
})

test('what one process proved is worth nothing in another', async () => {
  const secrets = [kept(await storeChosenSecret('clientSecret', hasher))]
  for (let process = 0; process < 2; process += 1) {
    const { hasher: counted, verified } = counting()
    assert.equal(await createSecretChecker(counted, systemRandom).matches(secrets, 'clientSecret'), true)
    assert.equal(verified(), 1)
  }
})

test('while a secret is replaced both work, in either order; what was dropped does not', async () => {
  const checker = createSecretChecker(hasher, systemRandom)
  const [old, fresh] = [generateSecret(systemRandom), generateSecret(systemRandom)]
  const chosen = kept(await storeChosenSecret('clientSecret', hasher))
  const both = [kept(fresh.stored), chosen, kept(old.stored)]
  for (const secret of [old.secret, fresh.secret, 'clientSecret']) {
    assert.equal(await checker.matches(both, secret), true)
    assert.equal(await checker.matches(both.toReversed(), secret), true)
  }
  assert.equal(await checker.matches([kept(fresh.stored)], old.secret), false)
  assert.equal(await checker.matches([kept(fresh.stored)], 'clientSecret'), false)
  assert.equal(await checker.matches([], fresh.secret), false)
})

test('a new secret of the same words is proven anew: the proof belongs to the row', async () => {
  const { hasher: counted, verified } = counting()
  const checker = createSecretChecker(counted, systemRandom)
  await checker.matches([kept(await storeChosenSecret('one', hasher))], 'one')
  assert.equal(await checker.matches([kept(await storeChosenSecret('two', hasher))], 'one'), false)
  assert.equal(verified(), 2)
})

test('many requests that come with a chosen secret at once share its one hash', async () => {
  let hashes = 0
  const counted: PasswordHasher = {
    ...hasher,
    verify: (verifier, password) => hasher.verify(verifier, password).finally(() => (hashes += 1)),
  }
  const checker = createSecretChecker(counted, systemRandom)
  const chosen = [kept(await storeChosenSecret('a chosen secret', hasher))]
  const right = Array.from({ length: 50 }, () => checker.matches(chosen, 'a chosen secret'))
  const wrong = Array.from({ length: 50 }, () => checker.matches(chosen, 'another secret'))
  assert.deepEqual(new Set(await Promise.all(right)), new Set([true]))
  assert.deepEqual(new Set(await Promise.all(wrong)), new Set([false]))
  assert.equal(hashes, 2)
})
