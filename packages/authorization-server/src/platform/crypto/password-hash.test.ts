import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { argon2Sync } from 'node:crypto'
import { test } from 'node:test'
import {
  BoundedWork,
  createPasswordHasher,
  HasherBusy,
  type HasherOptions,
  isTooLong,
  type PasswordHasher,
  parseArgon2,
  seededRandom,
  systemRandom,
} from './index.ts'

const cheap: HasherOptions = {
  random: systemRandom,
  memoryKib: 64,
  passes: 1,
  maxConcurrent: 2,
  maxQueued: 50,
  deadlineMs: 5000,
}
const hasher = createPasswordHasher(cheap)

test('a password matches its own hash and no other', async () => {
  for (const password of ['testpass123', 'pässwörd–✓', '', 'a\u0000b', '😀'.repeat(128)]) {
    const stored = await hasher.hash(password)
    assert.match(stored, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    assert.equal(await hasher.verify(stored, password), true)
    assert.equal(await hasher.verify(stored, `${password} `), false)
    assert.notEqual(await hasher.hash(password), stored)
  }
  assert.equal(await hasher.verify(await hasher.hash('a\u0000b'), 'a'), false)
})

test('the shipped parameters are 19 MiB, 2 passes and 1 lane', async () => {
  const shipped = createPasswordHasher({ random: systemRandom, maxConcurrent: 1, maxQueued: 1, deadlineMs: 5000 })
  assert.match(await shipped.hash('testpass123'), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

test('a hash of the reference implementation matches (parameters from the string)', async () => {
  const salt = 'c2Vhc2FsdHNlYXNhbHQxMg'
  const stored = `$argon2id$v=19$m=1024,t=2,p=8$${salt}$ZTvHEdB5sc2lj+vlUOzRtHH+yIZHdDc2lhaqQc7ehNk`
  assert.equal(await hasher.verify(stored, 'testpass123'), true)
  assert.equal(await hasher.verify(stored, 'testpass124'), false)
})

test('a password above 128 characters is refused where it is set and matches nothing, its cut forms neither', async () => {
  const stored = await hasher.hash('a'.repeat(128))
  assert.equal(await hasher.verify(stored, 'a'.repeat(128)), true)
  assert.equal(await hasher.verify(stored, 'a'.repeat(129)), false)
  assert.equal(await hasher.verify(stored, 'a'.repeat(100_000)), false)
  await assert.rejects(hasher.hash('a'.repeat(129)), RangeError)
  const nonce = Buffer.alloc(16, 1)
  const elsewhere = (message: string): string => {
    const hash = argon2Sync('argon2id', { message, nonce, parallelism: 1, tagLength: 32, memory: 64, passes: 1 })
    return `$argon2id$v=19$m=64,t=1,p=1$${[nonce, hash].map((part) => part.toString('base64').replace(/=+$/, '')).join('$')}`
  }
  assert.equal(await hasher.verify(elsewhere('a'.repeat(128)), 'a'.repeat(128)), true)
  assert.equal(await hasher.verify(elsewhere('a'.repeat(129)), 'a'.repeat(129)), false)
  assert.equal(isTooLong('😀'.repeat(128)), false)
  assert.equal(isTooLong('😀'.repeat(129)), true)
})

test('a damaged or hostile stored value matches nothing and is not computed with its own figures', async () => {
  const salt = 'c2Vhc2FsdHNlYXNhbHQxMg'
  const hash = 'ZTvHEdB5sc2lj+vlUOzRtHH+yIZHdDc2lhaqQc7ehNk'
  const values = [
    '',
    '!',
    'testpass123',
    `$argon2id$v=16$m=1024,t=2,p=8$${salt}$${hash}`,
    `$argon2id$v=19$m=9999999,t=2,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=1024,t=999,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=1024,t=2,p=999$${salt}$${hash}`,
    `$argon2id$v=19$m=1024,t=0,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=7,t=1,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=1024,t=2,p=8$short$${hash}`,
    `$argon2id$v=19$m=1024,t=2,p=8$${salt}$`,
    `$argon2id$v=19$m=1024,t=2,p=8$${salt}$${hash}$`,
  ]
  for (const stored of values) {
    assert.equal(parseArgon2(stored), undefined, stored)
    assert.equal(await hasher.verify(stored, 'testpass123'), false, stored)
    assert.equal(hasher.needsRehash(stored), true, stored)
  }
})

test('a hash with other parameters than those of today needs a new one', async () => {
  const stored = await hasher.hash('testpass123')
  assert.equal(hasher.needsRehash(stored), false)
  for (const change of [{ memoryKib: 128 }, { passes: 2 }, { parallelism: 2 }]) {
    assert.equal(createPasswordHasher({ ...cheap, ...change }).needsRehash(stored), true)
  }
  assert.equal(hasher.needsRehash(stored.replace('argon2id', 'argon2i')), true)
  assert.equal(hasher.needsRehash(stored.replace(/\$[^$]+$/, '$ZTvHEdB5sc2lj+vlUOzRtA')), true)
})

test('a pepper is part of the hash, named by id, and can rotate', async () => {
  const secrets = new Map([1, 2].map((id) => [id, seededRandom(id).bytes(32)]))
  const peppered = (currentId: number, ids: readonly number[]): PasswordHasher =>
    createPasswordHasher({
      ...cheap,
      pepper: { currentId, secret: (id) => (ids.includes(id) ? secrets.get(id) : undefined) },
    })
  const first = peppered(1, [1])
  const stored = await first.hash('testpass123')
  assert.match(stored, /^\$argon2id\$v=19\$m=64,t=1,p=1,keyid=AAE\$/)
  assert.equal(await first.verify(stored, 'testpass123'), true)
  assert.equal(first.needsRehash(stored), false)
  const rotated = peppered(2, [1, 2])
  assert.equal(await rotated.verify(stored, 'testpass123'), true)
  assert.equal(rotated.needsRehash(stored), true)
  assert.equal(await peppered(2, [2]).verify(stored, 'testpass123'), false)
  assert.equal(await hasher.verify(stored, 'testpass123'), false)
  assert.equal(await hasher.verify(stored.replace(',keyid=AAE', ''), 'testpass123'), false)
  await assert.rejects(peppered(3, [1]).hash('testpass123'), /pepper 3/)
})

test('a decoy never matches and takes the time of a real check', async () => {
  const real = createPasswordHasher({ ...cheap, memoryKib: 8192, passes: 2 })
  const stored = await real.hash('testpass123')
  const checks = [
    () => real.verify(stored, 'wrong'),
    () => real.verifyDecoy('wrong'),
    () => real.verify('', 'wrong'),
    () => real.verify(stored, 'x'.repeat(5000)),
  ]
  const fastest = checks.map(() => Number.POSITIVE_INFINITY)
  // In turns, so that a busy machine slows all of them alike.
  for (let round = 0; round < 10; round += 1) {
    for (const [index, check] of checks.entries()) {
      const start = performance.now()
      assert.equal(await check(), false)
      fastest[index] = Math.min(fastest[index] ?? 0, performance.now() - start)
    }
  }
  const spread = Math.max(...fastest) / Math.min(...fastest)
  assert.ok(spread < 2, `the fastest of each took ${fastest.map((ms) => ms.toFixed(1)).join(', ')} ms`)
})

test('work beyond the bound waits its turn, first come first served', async () => {
  const work = new BoundedWork({ maxConcurrent: 2, maxQueued: 10, deadlineMs: 5000 })
  const started: number[] = []
  let running = 0
  let most = 0
  const one = async (index: number): Promise<number> => {
    started.push(index)
    running += 1
    most = Math.max(most, running)
    await wait(2)
    running -= 1
    return index
  }
  const order = Array.from({ length: 9 }, (_, index) => index)
  assert.deepEqual(await Promise.all(order.map((index) => work.run(() => one(index)))), order)
  assert.deepEqual(started, order)
  assert.equal(most, 2)
})

test('work beyond the queue, or that waits beyond the deadline, is refused and never starts', async () => {
  const work = new BoundedWork({ maxConcurrent: 1, maxQueued: 1, deadlineMs: 20 })
  const { promise: blocked, resolve: release } = Promise.withResolvers<string>()
  const first = work.run(() => blocked)
  let lateStarted = false
  const late = work.run(async () => {
    lateStarted = true
  })
  await assert.rejects(
    work.run(async () => 'too many'),
    HasherBusy,
  )
  await assert.rejects(late, HasherBusy)
  release('done')
  assert.equal(await first, 'done')
  assert.equal(await work.run(async () => 'next'), 'next')
  assert.equal(lateStarted, false)
})

test('work that fails gives its place back', async () => {
  const work = new BoundedWork({ maxConcurrent: 1, maxQueued: 1, deadlineMs: 1000 })
  const failing = work.run(() => Promise.reject(new Error('mine')))
  const waiting = work.run(async () => 'ran')
  await assert.rejects(failing, /mine/)
  assert.equal(await waiting, 'ran')
})

test('a flood of checks is answered or refused as busy, checks of hashes from elsewhere included', async () => {
  const small = createPasswordHasher({ ...cheap, maxConcurrent: 1, maxQueued: 2 })
  const results = await Promise.allSettled([
    small.verifyDecoy('a'),
    small.bounded(async () => 'elsewhere'),
    small.verifyDecoy('c'),
    small.verifyDecoy('d'),
    small.bounded(async () => 'beyond'),
  ])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'],
  )
  assert.ok(results.every((result) => result.status === 'fulfilled' || result.reason instanceof HasherBusy))
})

test('who would wait longer than the deadline is refused at once, by what the work took lately', async () => {
  const work = new BoundedWork({ maxConcurrent: 1, maxQueued: 1_000, deadlineMs: 200 })
  for (let n = 0; n < 5; n += 1) await work.run(() => wait(50))
  const start = performance.now()
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => work.run(async () => performance.now())))
  const taken = results.filter(({ status }) => status === 'fulfilled')
  assert.ok(taken.length >= 2 && taken.length <= 6, `${taken.length} were let in`)
  for (const result of results) assert.ok(result.status === 'fulfilled' || result.reason instanceof HasherBusy)
  assert.throws(() => {
    void work.run(() => wait(30))
    for (let n = 0; n < 20; n += 1) {
      work.requireRoom()
      void work.run(async () => 'waits').catch(() => 'refused')
    }
  }, HasherBusy)
  assert.ok(performance.now() - start < 150)
})
