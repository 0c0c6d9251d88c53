// One refresh token under many requests at once, without and with grace. RFC 9700 §4.14.2; RFC 6749 §10.4.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import {
  type Answer,
  codeFor,
  injecting,
  isActive,
  overSockets,
  type Pair,
  pairOf,
  type Post,
  redeem,
  refresh,
  registerClient,
  signedIn,
  type TestClient,
  times,
} from './ground.ts'

const rounds = 200
const socketRounds = 40
const parallel = 32

let server: TestServer
let strict: TestClient
let lenient: TestClient
let person: SignedIn

before(async () => {
  server = await startTestServer()
  strict = await registerClient(server.context, 'strict', { refreshGraceSeconds: 0, refreshEndsAccessTokens: true })
  lenient = await registerClient(server.context, 'lenient', { refreshGraceSeconds: 10 })
  person = await signedIn(server.context, 'alice@example.com')
})
after(() => server.close())

async function newPair(post: Post, client: TestClient): Promise<Pair> {
  return pairOf(await redeem(post, client, await codeFor(server.context, person, client)))
}

function wonOf(answers: readonly Answer[]): readonly Pair[] {
  for (const { status, body } of answers) {
    if (status !== 200) assert.deepEqual([status, body['error']], [400, 'invalid_grant'])
  }
  return answers.filter((answer) => answer.status === 200).map(pairOf)
}

async function raceWithoutGrace(post: Post): Promise<void> {
  const first = await newPair(post, strict)
  const won = wonOf(await Promise.all(times(parallel, () => refresh(post, strict, first.refresh))))
  assert.equal(won.length, 1)
  for (const pair of [first, ...won]) {
    assert.equal(await isActive(post, strict, pair.access), false)
    assert.equal((await refresh(post, strict, pair.refresh)).status, 400)
  }
}

test(`without grace, of ${parallel} uses at once one succeeds and the grant ends, ${rounds} rounds`, async (t) => {
  const post = injecting(server)
  for (const _round of times(rounds, (n) => n)) await raceWithoutGrace(post)
  t.diagnostic(`rounds ${rounds}, requests ${rounds * parallel}, successes ${rounds}`)
})

test(`the same over ${parallel} sockets, ${socketRounds} rounds`, async () => {
  const post = overSockets(server)
  for (const _round of times(socketRounds, (n) => n)) await raceWithoutGrace(post)
})

async function raceWithGrace(post: Post): Promise<void> {
  const first = await newPair(post, lenient)
  const won = wonOf(await Promise.all(times(parallel, () => refresh(post, lenient, first.refresh))))
  assert.equal(won.length, parallel)
  const successors = new Set(won.map((pair) => pair.refresh))
  assert.equal(successors.size, 1)
  for (const pair of won.slice(0, 3)) assert.equal(await isActive(post, lenient, pair.access), true)
  const [successor = ''] = successors
  const next = pairOf(await refresh(post, lenient, successor))
  assert.notEqual(next.refresh, successor)
  assert.equal((await refresh(post, lenient, first.refresh)).status, 400, 'older than the previous one')
  for (const pair of [first, ...won.slice(0, 3), next]) {
    assert.equal(await isActive(post, lenient, pair.access), false)
    assert.equal((await refresh(post, lenient, pair.refresh)).status, 400)
  }
}

test(`with grace, ${parallel} uses at once name one successor; once it was used an older token ends the grant, ${rounds} rounds`, async (t) => {
  const post = injecting(server)
  for (const _round of times(rounds, (n) => n)) await raceWithGrace(post)
  t.diagnostic(`rounds ${rounds}, requests ${rounds * parallel}, successes ${rounds * parallel}`)
})

test(`the same over ${parallel} sockets, ${socketRounds} rounds`, async () => {
  const post = overSockets(server)
  for (const _round of times(socketRounds, (n) => n)) await raceWithGrace(post)
})

test('a token and its successor in the same moment never give two successors of one token', async () => {
  const post = injecting(server)
  for (const _round of times(rounds, (n) => n)) {
    const first = await newPair(post, lenient)
    const second = pairOf(await refresh(post, lenient, first.refresh))
    const [older, newer] = await Promise.all([
      Promise.all(times(8, () => refresh(post, lenient, first.refresh))),
      Promise.all(times(8, () => refresh(post, lenient, second.refresh))),
    ])
    assert.ok(wonOf(older).every((pair) => pair.refresh === second.refresh))
    assert.ok(new Set(wonOf(newer).map((pair) => pair.refresh)).size <= 1)
  }
})

test('the same successor is named until the last millisecond of the grace, and reuse after it ends the grant', async () => {
  const post = injecting(server)
  for (const [waitMs, expected] of [
    [0, 200],
    [9_999, 200],
    [10_000, 400],
    [3_000_000, 400],
  ] as const) {
    const first = await newPair(post, lenient)
    const second = pairOf(await refresh(post, lenient, first.refresh))
    server.clock.advance(waitMs)
    const again = await refresh(post, lenient, first.refresh)
    assert.equal(again.status, expected, `after ${waitMs} ms`)
    if (again.status === 200) assert.equal(pairOf(again).refresh, second.refresh)
    assert.equal((await refresh(post, lenient, second.refresh)).status, expected)
  }
})

test('rotations within one tick of the clock stay apart: every older generation is reuse', async () => {
  const post = injecting(server)
  for (const back of [2, 3, 4]) {
    const chain = [await newPair(post, lenient)]
    for (const _step of times(4, (n) => n))
      chain.push(pairOf(await refresh(post, lenient, chain.at(-1)?.refresh ?? '')))
    assert.equal((await refresh(post, lenient, chain.at(-1 - back)?.refresh ?? '')).status, 400)
    assert.equal((await refresh(post, lenient, chain.at(-1)?.refresh ?? '')).status, 400, `${back} back`)
  }
})

test("another client's refresh token is refused and ends nothing", async () => {
  const post = injecting(server)
  const first = await newPair(post, lenient)
  const publicClient = await registerClient(server.context, 'public', { isConfidential: false })
  for (const thief of [strict, publicClient]) assert.equal((await refresh(post, thief, first.refresh)).status, 400)
  assert.equal((await refresh(post, lenient, first.refresh)).status, 200)
})

test('a refresh may narrow the scope for its access token, never widen it, and the grant keeps what it had', async () => {
  const post = injecting(server)
  const first = await newPair(post, lenient)
  const ask = (token: string, scope: string) =>
    post('/o/token/', { grant_type: 'refresh_token', refresh_token: token, scope, ...lenient.credentials })
  const narrow = await ask(first.refresh, 'read')
  assert.equal(narrow.body['scope'], 'read')
  for (const scope of ['read write openid', 'admin', 'read admin']) {
    assert.equal((await ask(pairOf(narrow).refresh, scope)).body['error'], 'invalid_scope')
  }
  const whole = await refresh(post, lenient, pairOf(narrow).refresh)
  assert.equal(whole.body['scope'], 'read write')
})
