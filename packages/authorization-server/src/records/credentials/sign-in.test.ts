import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { createPasswordHasher, type PasswordHasher, seededRandom } from '../../platform/crypto/index.ts'
import { type Database, migrate, openSqlite, sql } from '../../platform/storage/index.ts'
import { fixedClock } from '../../platform/time/index.ts'
import { createUsage } from '../usage/index.ts'
import { findUserByIdentifier, insertUser, setUserActive, usersMigrations } from '../users/index.ts'
import { credentialsMigrations } from './migrations.ts'
import { checkSignIn, type CountedSignInDeps, isPasswordOf, type SignInResult } from './sign-in.ts'
import { findPasswordHash, setPasswordHash, setPasswordHashOfSubject } from './store.ts'

const clock = fixedClock(1_000_000)
const bound = { random: seededRandom('hasher'), maxConcurrent: 4, maxQueued: 200, deadlineMs: 10_000 }
const cheap = createPasswordHasher({ ...bound, memoryKib: 8, passes: 1 })
let folder: string
let database: Database

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latchkey-sign-in-'))
  database = await openSqlite({ file: path.join(folder, 'test.db') })
  await migrate(database, [...usersMigrations, ...credentialsMigrations], clock)
})
after(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

async function person(name: string, password: string | undefined): Promise<void> {
  const user = { subject: name, email: `${name}@example.com`, username: name }
  const hash = password === undefined ? [] : [setPasswordHashOfSubject(name, await cheap.hash(password), clock.now())]
  await database.commit([insertUser(user, clock.now()), ...hash])
}

function deps(changes: Partial<CountedSignInDeps> = {}): CountedSignInDeps {
  return {
    database,
    clock,
    passwords: cheap,
    usage: createUsage(),
    signInLimits: { perAccount: 5, perSource: 1_000, perClient: 1_000, windowMs: 60_000 },
    ...changes,
  }
}

const attempt = (identifier: string, password: string, address = '192.0.2.1') => ({ identifier, password, address })
const kinds = (results: readonly SignInResult[]) => Object.groupBy(results, ({ kind }) => kind)

test('the right password signs in by e-mail or username, whatever their case', async () => {
  await person('carol', 'the right one')
  for (const identifier of ['carol', 'CAROL', 'carol@example.com', 'Carol@EXAMPLE.com']) {
    const result = await checkSignIn(deps(), attempt(identifier, 'the right one'))
    assert.equal(result.kind === 'match' && result.user.subject, 'carol', identifier)
  }
})

test('wrong, unknown, disabled, without a password and impossible are one answer', async () => {
  await person('dora', 'the right one')
  await person('no-password', undefined)
  await person('disabled', 'the right one')
  const disabled = await findUserByIdentifier(database, 'disabled')
  await database.commit([setUserActive(disabled?.id ?? 0, false, clock.now())])
  const attempts = [
    attempt('dora', 'the wrong one'),
    attempt('dora', ''),
    attempt('dora', 'The right one'),
    attempt('dora', 'the right one\0'),
    attempt('nobody', 'the right one'),
    attempt('', 'the right one'),
    attempt('dora\0', 'the right one'),
    attempt('disabled', 'the right one'),
    attempt('no-password', ''),
    attempt('dora', 'x'.repeat(100_000)),
  ]
  for (const each of attempts) {
    assert.deepEqual(await checkSignIn(deps(), each), { kind: 'mismatch' }, JSON.stringify(each).slice(0, 80))
  }
})

test('whoever cannot sign in costs a whole hash as well (OWASP ASVS 5.0 V6.3.8)', async () => {
  await person('erin', 'the right one')
  let hashes = 0
  const counting: PasswordHasher = {
    ...cheap,
    verify: (stored, password) => cheap.verify(stored, password).finally(() => (hashes += 1)),
    verifyDecoy: (password) => cheap.verifyDecoy(password).finally(() => (hashes += 1)),
  }
  for (const [identifier, password] of [
    ['erin', 'wrong'],
    ['nobody-2', 'wrong'],
    ['no-password', 'wrong'],
    ['erin\0', 'wrong'],
    ['disabled', 'the right one'],
  ] as const) {
    hashes = 0
    await checkSignIn(deps({ passwords: counting }), attempt(identifier, password))
    assert.equal(hashes, 1, identifier)
  }
})

test('of many guesses at once no more than the limit reach the hash (Zitadel CVE-2023-47111)', async () => {
  await person('frank', 'the right one')
  const guesses = await Promise.all(
    Array.from({ length: 40 }, (_, n) => checkSignIn(deps(), attempt('frank', `guess ${n}`))),
  )
  assert.deepEqual([kinds(guesses).mismatch?.length, kinds(guesses).throttled?.length], [5, 35])
})

test('a full window refuses the right password too, says when it opens, and then opens', async () => {
  await person('grace', 'the right one')
  for (let n = 0; n < 5; n += 1) await checkSignIn(deps(), attempt('grace', 'wrong'))
  clock.advance(20_000)
  assert.deepEqual(await checkSignIn(deps(), attempt('grace', 'the right one')), {
    kind: 'throttled',
    retryAfterSeconds: 40,
  })
  clock.advance(39_999)
  assert.equal((await checkSignIn(deps(), attempt('grace', 'the right one'))).kind, 'throttled')
  clock.advance(1)
  assert.equal((await checkSignIn(deps(), attempt('grace', 'the right one'))).kind, 'match')
})

test('all spellings of an account share one count, whether the account exists or not (Authelia CVE-2025-24806)', async () => {
  for (const spelling of ['ghost', 'GHOST', 'Ghost', 'ghoſt', 'ｇhost'])
    await checkSignIn(deps(), attempt(spelling, 'wrong'))
  assert.equal((await checkSignIn(deps(), attempt('ghost', 'wrong'))).kind, 'throttled')
})

test('a refusal is counted by its reason, which the answer does not tell', async () => {
  await person('grace', 'the right one')
  await person('gone', 'the right one')
  const gone = await findUserByIdentifier(database, 'gone')
  await database.commit([setUserActive(gone?.id ?? 0, false, clock.now())])
  const usage = createUsage()
  const counted = deps({ usage })
  await checkSignIn(counted, attempt('grace', 'the right one'))
  await checkSignIn(counted, attempt('gone', 'the right one'))
  await checkSignIn(counted, attempt('nobody-at-all', 'the right one'))
  for (let n = 0; n < 7; n += 1) await checkSignIn(counted, attempt('grace', 'wrong'))
  const full = createPasswordHasher({ ...bound, maxConcurrent: 1, maxQueued: 0, memoryKib: 8, passes: 1 })
  const hashing = full.hash('something else')
  await assert.rejects(checkSignIn({ ...counted, passwords: full }, attempt('grace', 'the right one')))
  await hashing
  assert.deepEqual(Object.fromEntries(usage.take(0).map(({ kind, reason, count }) => [`${kind} ${reason}`, count])), {
    'refusal disabled': 1,
    'refusal unknown-account': 1,
    'refusal wrong-password': 5,
    'refusal throttled': 2,
    'refusal busy': 1,
  })
})

test('a success forgives what the account failed before', async () => {
  await person('heidi', 'the right one')
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 4; n += 1) await checkSignIn(deps(), attempt('heidi', 'wrong'))
    assert.equal((await checkSignIn(deps(), attempt('heidi', 'the right one'))).kind, 'match')
  }
})

test('one source that tries many accounts is stopped by its own limit; successes do not count against it', async () => {
  await person('ivan', 'the right one')
  const limited = deps({ signInLimits: { perAccount: 1_000, perSource: 6, perClient: 1_000, windowMs: 60_000 } })
  const from = '2001:db8:77::1'
  for (let n = 0; n < 20; n += 1) {
    assert.equal((await checkSignIn(limited, attempt('ivan', 'the right one', from))).kind, 'match')
  }
  for (let n = 0; n < 6; n += 1) await checkSignIn(limited, attempt(`target-${n}`, 'wrong', `2001:db8:77::${n + 2}`))
  assert.equal((await checkSignIn(limited, attempt('target-9', 'wrong', from))).kind, 'throttled')
  assert.equal((await checkSignIn(limited, attempt('target-9', 'wrong', '2001:db8:78::1'))).kind, 'mismatch')
})

test("a hash at yesterday's price is renewed on the way, and never brings an old password back", async () => {
  await person('judy', 'the right one')
  const judy = await findUserByIdentifier(database, 'judy')
  assert.ok(judy)
  const dearer = createPasswordHasher({ ...bound, memoryKib: 16, passes: 1 })
  assert.equal(await isPasswordOf({ database, passwords: dearer }, judy, 'the right one'), true)
  const renewed = await findPasswordHash(database, judy.id)
  assert.match(renewed ?? '', /m=16,/)
  assert.equal(await isPasswordOf({ database, passwords: dearer }, judy, 'the right one'), true)
  assert.equal(await findPasswordHash(database, judy.id), renewed)

  const newHash = await cheap.hash('a new one')
  const racing: PasswordHasher = {
    ...dearer,
    needsRehash: () => true,
    async hash(password) {
      await database.commit([setPasswordHash(judy.id, newHash, clock.now())])
      return dearer.hash(password)
    },
  }
  assert.equal(await isPasswordOf({ database, passwords: racing }, judy, 'the right one'), true)
  assert.equal(await findPasswordHash(database, judy.id), newHash, 'the change of password stands')
})

test('a hash from Django is checked once and then is ours, and a wrong password leaves it alone', async () => {
  await person('kim', undefined)
  const kim = await findUserByIdentifier(database, 'kim')
  assert.ok(kim)
  const derived = `pbkdf2_sha256$1$salt$${pbkdf2Sync('password', 'salt', 1, 32, 'sha256').toString('base64')}`
  await database.commit([setPasswordHash(kim.id, derived, clock.now())])
  assert.equal(await isPasswordOf(deps(), kim, 'wrong'), false)
  assert.equal(await findPasswordHash(database, kim.id), derived)
  assert.equal(await isPasswordOf(deps(), kim, 'password'), true)
  assert.match((await findPasswordHash(database, kim.id)) ?? '', /^\$argon2id\$/)
  assert.equal(await isPasswordOf(deps(), kim, 'password'), true)
})

test('no password and no name is written with the counts', async () => {
  const rows = await database.all(sql`select * from sign_in_attempts`)
  assert.ok(rows.length > 0)
  for (const secret of ['frank', 'guess', 'ghost'])
    assert.ok(!JSON.stringify(rows.map((row) => row['attempt_key'])).includes(secret))
})
