// Guesses at passwords are counted in the database before the hash, over every entry path and every node.
// OWASP ASVS 5.0 V6.3.1, V6.3.4; Zitadel CVE-2023-47111, CVE-2025-64102.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { passwordGrant, type Place, place, range, tally } from './place.ts'

const email = 'alice@example.com'
const password = 'correct-horse-battery'
const windowMs = 900_000
let here: Place

before(async () => {
  here = await place({ signInAttemptsPerSource: 20, signInAttemptsPerClient: 30 })
})
after(() => here.close())

test('of 200 parallel guesses over every entry path and name 10 are evaluated (Authelia CVE-2025-24806)', async () => {
  const many = await place({ signInAttemptsPerSource: 1_000 })
  const token = JSON.parse((await many.post('/o/token/', passwordGrant(email, password))).body).access_token as string
  const own = many.browser()
  await own.submit(await own.get('/accounts/login/'), { username: email, password })
  const account = await own.get('/account/password/')
  const stranger = many.browser()
  const login = await stranger.get('/accounts/login/')
  const another = { password: 'Another-long-one-1', password2: 'Another-long-one-1' }
  const ways: readonly ((n: number) => Promise<{ status: number }>)[] = [
    (n) => stranger.submit(login, { username: email, password: `guess ${n}` }),
    (n) => many.post('/o/token/', passwordGrant('alice', `guess ${n}`)),
    (n) => many.post('/o/token/', passwordGrant('ALICE@example.com', `guess ${n}`), { address: `198.51.100.${n}` }),
    (n) =>
      many.post(
        '/user/password/',
        { old_password: `guess ${n}`, ...another },
        {
          method: 'PUT',
          headers: { authorization: `Bearer ${token}` },
        },
      ),
    (n) => own.submit(account, { old_password: `guess ${n}`, ...another }),
  ]
  const statuses = await Promise.all(
    range(200).map(async (n) => {
      const answer = await ways[n % ways.length]?.(n)
      return answer?.status ?? 0
    }),
  )
  assert.equal(tally(statuses)['429'], 190, JSON.stringify(tally(statuses)))
  await many.close()
})

test('of 200 parallel guesses at one name, pages and grants together, 10 are evaluated', async () => {
  here.clock.advance(windowMs)
  const stranger = here.browser()
  const login = await stranger.get('/accounts/login/')
  const statuses = await Promise.all(
    range(200).map(async (n) => {
      const guess = `guess ${n}`
      const answer =
        n % 2 === 0
          ? await stranger.submit(login, { username: email, password: guess })
          : await here.post('/o/token/', passwordGrant(email, guess), { address: `203.0.113.${n}` })
      return answer.status
    }),
  )
  assert.equal(tally(statuses)['429'], 190, JSON.stringify(tally(statuses)))
})

test('a client with a secret is the source of those whom it relays, and has a limit of its own', async () => {
  here.clock.advance(windowMs)
  const relayed = await Promise.all(
    range(40).map((n) => here.post('/o/token/', passwordGrant(`person ${n}`, 'wrong'), { address: '192.0.2.77' })),
  )
  assert.deepEqual(tally(relayed.map(({ status }) => status)), { 400: 30, 429: 10 })
  const refused = relayed.find(({ status }) => status === 429)
  assert.equal(refused?.headers['retry-after'], '900')
  const neighbour = here.browser('192.0.2.77')
  const login = await neighbour.get('/accounts/login/')
  assert.equal((await neighbour.submit(login, { username: email, password })).status, 303)
})

test("a stranger's guesses do not lock a person out of the browser that they signed in from", async () => {
  here.clock.advance(windowMs)
  const own = here.browser('198.51.100.1')
  await own.submit(await own.get('/accounts/login/'), { username: email, password })
  await own.submit(await own.get('/accounts/logout/'), {}, { action: '/accounts/logout/' })
  const stranger = here.browser('203.0.113.9')
  const login = await stranger.get('/accounts/login/')
  for (const n of range(10)) await stranger.submit(login, { username: email, password: `guess ${n}` })
  assert.equal((await stranger.submit(login, { username: email, password })).status, 429)
  const known = await own.get('/accounts/login/')
  assert.equal((await own.submit(known, { username: email, password })).status, 303)
  assert.equal((await stranger.submit(login, { username: email, password })).status, 429, 'the lock stands for others')
})

test('a known browser has one set of guesses too, and none for the accounts of others', async () => {
  here.clock.advance(windowMs)
  const own = here.browser('198.51.100.2')
  await own.submit(await own.get('/accounts/login/'), { username: email, password })
  await own.submit(await own.get('/accounts/logout/'), {}, { action: '/accounts/logout/' })
  const login = await own.get('/accounts/login/')
  for (const n of range(10)) await own.submit(login, { username: email, password: `guess ${n}` })
  assert.equal((await own.submit(login, { username: email, password })).status, 429)
  here.clock.advance(windowMs)
  const stranger = here.browser('203.0.113.10')
  const strange = await stranger.get('/accounts/login/')
  for (const n of range(10)) await stranger.submit(strange, { username: 'admin@email.com', password: `guess ${n}` })
  assert.equal((await own.submit(login, { username: 'admin@email.com', password: 'testpass123' })).status, 429)
})
