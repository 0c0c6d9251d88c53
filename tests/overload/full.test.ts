// What is beyond a bound is refused at once, in the face of its route, with the time to wait, and without a write.
// RFC 9110 §15.6.4, RFC 6749 §4.1.2.1.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type Place, passwordGrant, place, range } from './place.ts'

const longestRefusalMs = 20
const waiting = 10
let here: Place

before(async () => {
  here = await place({
    passwordHashesAtOnce: 1,
    passwordHashesWaiting: waiting,
    passwordHashDeadlineMs: 60_000,
    tokenRequestsAtOnce: 1,
    signInRequestsAtOnce: 2,
  })
  await here.post('/o/token/', passwordGrant('admin@email.com', 'testpass123'))
})
beforeEach(() => here.database.arm())
after(() => here.close())

/** While no password can be hashed. */
async function whileHashing(work: () => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const busy = Promise.all(range(1 + waiting).map(() => here.server.app.context.passwords.bounded(() => promise)))
  try {
    await work()
  } finally {
    resolve()
    await busy
  }
}

/** The quickest of a few: a busy machine slows some of them. */
async function quickest(times: number, work: () => Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (const _ of range(times)) {
    const start = performance.now()
    await work()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

test('a full hash queue answers the sign-in page 503 at once, as a page, and nothing is written', async () => {
  const browser = here.browser()
  const login = await browser.get('/accounts/login/')
  await whileHashing(async () => {
    const tookMs = await quickest(10, async () => {
      const refused = await browser.submit(login, { username: 'alice', password: 'correct-horse-battery' })
      assert.equal(refused.status, 503)
      assert.ok(Number(refused.headers['retry-after']) >= 1)
      assert.match(String(refused.headers['content-type']), /^text\/html/)
      assert.ok(refused.headers['latchkey-incident'])
    })
    assert.ok(tookMs <= longestRefusalMs, `${tookMs.toFixed(1)} ms`)
    assert.equal(here.database.counts().commits, 0)
  })
  assert.equal((await browser.submit(login, { username: 'alice', password: 'correct-horse-battery' })).status, 303)
})

test('a full hash queue answers the password grant 503 at once, as JSON, and tokens are given on', async () => {
  await whileHashing(async () => {
    const tookMs = await quickest(10, async () => {
      const refused = await here.post('/o/token/', passwordGrant('alice', 'correct-horse-battery'))
      assert.equal(refused.status, 503)
      assert.ok(Number(refused.headers['retry-after']) >= 1)
      assert.equal(JSON.parse(refused.body).error, 'temporarily_unavailable')
    })
    assert.ok(tookMs <= longestRefusalMs, `${tookMs.toFixed(1)} ms`)
    assert.equal(here.database.counts().commits, 0)
    const other = await here.post('/o/introspect/', {
      token: 'x',
      client_id: 'clientId',
      client_secret: 'clientSecret',
    })
    assert.equal(other.status, 200)
  })
})

test('what the server had no time to check is no attempt: 20 refusals do not lock an account', async () => {
  await whileHashing(async () => {
    for (const _ of range(20)) {
      assert.equal((await here.post('/o/token/', passwordGrant('alice', 'correct-horse-battery'))).status, 503)
    }
  })
  assert.equal((await here.post('/o/token/', passwordGrant('alice', 'correct-horse-battery'))).status, 200)
})

test('beyond what a class may have under way the rest is 503 as overload, and other classes go on', async () => {
  // The first proof of a chosen secret takes a hash: so long the one request is under way.
  const fields = { grant_type: 'client_credentials', client_id: 'web', client_secret: 'web-secret', scope: 'read' }
  const send = () => here.post('/o/token/', fields)
  const answers = await Promise.all([...range(10).map(send), here.post('/health/live', {}, { method: 'GET' })])
  const refused = answers.filter(({ status }) => status === 503)
  assert.equal(refused.length, 9)
  assert.equal(answers.at(-1)?.status, 200)
  for (const { headers, body } of refused) {
    assert.equal(headers['retry-after'], '1')
    assert.equal(JSON.parse(body).error, 'temporarily_unavailable')
    const id = String(headers['latchkey-incident'])
    assert.equal(here.server.app.context.incidents.find(id)?.rule, 'overload')
  }
  assert.equal((await send()).status, 200, 'places are given back')
})

test('sign-ins beyond their class are refused as pages', async () => {
  const browser = here.browser()
  const login = await browser.get('/accounts/login/')
  const pages = await Promise.all(
    range(10).map((n) => browser.submit(login, { username: `person ${n}`, password: 'x' })),
  )
  const refused = pages.filter(({ status }) => status === 503)
  assert.equal(refused.length, 8)
  assert.ok(refused.every(({ headers, body }) => headers['retry-after'] === '1' && /^<!doctype html>/i.test(body)))
})
