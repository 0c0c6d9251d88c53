// One authorization code under many requests at once. RFC 6749 §4.1.2, RFC 9700 §4.5; OWASP ASVS 5.0 10.4.2, 10.4.3.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import {
  type Answer,
  codeFor,
  getAs,
  injecting,
  isActive,
  overSockets,
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
let client: TestClient
let api: TestClient
let person: SignedIn

before(async () => {
  server = await startTestServer()
  const offered = { scopes: ['openid', 'offline_access', 'read', 'write'] }
  client = await registerClient(server.context, 'racer', offered)
  api = await registerClient(server.context, 'api')
  person = await signedIn(server.context, 'alice@example.com')
})
after(() => server.close())

function successes(answers: readonly Answer[]): readonly Answer[] {
  const [won, lost] = [answers.filter((a) => a.status === 200), answers.filter((a) => a.status !== 200)]
  for (const answer of lost) assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_grant'])
  return won
}

/** How many of the answers were a success, and whether anything that they gave still lives. */
async function race(post: Post): Promise<void> {
  const code = await codeFor(server.context, person, client)
  const won = successes(await Promise.all(times(parallel, () => redeem(post, client, code))))
  assert.equal(won.length, 1)
  for (const answer of won) {
    const { access, refresh: refreshToken } = pairOf(answer)
    assert.equal(await isActive(post, api, access), false)
    assert.equal(await getAs(server, '/profile/', access), 401)
    assert.equal((await refresh(post, client, refreshToken)).status, 400)
  }
  assert.equal((await redeem(post, client, code)).status, 400)
}

test(`a code redeemed by ${parallel} requests at once succeeds once, and the replay leaves no live token, ${rounds} rounds`, async (t) => {
  const post = injecting(server)
  for (const _round of times(rounds, (n) => n)) await race(post)
  t.diagnostic(`rounds ${rounds}, requests ${rounds * parallel}, successes ${rounds}`)
})

test(`the same over ${parallel} sockets, ${socketRounds} rounds`, async (t) => {
  const post = overSockets(server)
  for (const _round of times(socketRounds, (n) => n)) await race(post)
  t.diagnostic(`rounds ${socketRounds}, requests ${socketRounds * parallel}, successes ${socketRounds}`)
})

test('a code replayed within its life, near its end and after it ends the grant, whoever redeemed first', async () => {
  const post = injecting(server)
  for (const waitMs of [0, 1_000, 30_000, 59_999, 60_000, 3_000_000]) {
    const code = await codeFor(server.context, person, client)
    const { access } = pairOf(await redeem(post, client, code))
    server.clock.advance(waitMs)
    assert.equal(await isActive(post, api, access), true)
    assert.deepEqual((await redeem(post, client, code)).body['error'], 'invalid_grant')
    assert.equal(await isActive(post, api, access), false, `after ${waitMs} ms`)
  }
  person = await signedIn(server.context, 'alice@example.com')
})

test('an unspent code is refused once its 60 seconds are over', async () => {
  const post = injecting(server)
  const [late, inTime] = [await codeFor(server.context, person, client), await codeFor(server.context, person, client)]
  server.clock.advance(59_999)
  assert.equal((await redeem(post, client, inTime)).status, 200)
  server.clock.advance(1)
  assert.equal((await redeem(post, client, late)).body['error'], 'invalid_grant')
})

test('a wrong client, verifier or redirect URI is refused without spoiling the code (RFC 9700 §4.5)', async () => {
  const post = injecting(server)
  const stranger = await registerClient(server.context, 'stranger')
  const publicStranger = await registerClient(server.context, 'public-stranger', { isConfidential: false })
  const code = await codeFor(server.context, person, client)
  const fields = { grant_type: 'authorization_code', code, ...client.credentials }
  const right = {
    redirect_uri: 'http://localhost:9999/callback',
    code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  }
  const wrong: readonly (() => Promise<Answer>)[] = [
    () => redeem(post, stranger, code),
    () => redeem(post, publicStranger, code),
    () => post('/o/token/', { ...fields, ...right, code_verifier: 'x'.repeat(43) }),
    () => post('/o/token/', { ...fields, ...right, code_verifier: 'short' }),
    () => post('/o/token/', { ...fields, redirect_uri: right.redirect_uri }),
    () => post('/o/token/', { ...fields, ...right, redirect_uri: `${right.redirect_uri}/` }),
    () => post('/o/token/', { ...fields, ...right, redirect_uri: right.redirect_uri.replace('9999', '9998') }),
    () => post('/o/token/', { ...fields, ...right, code: `${code}A` }),
    () => post('/o/token/', { ...fields, ...right, code: code.slice(0, -1) }),
  ]
  const answers = await Promise.all(wrong.map((request) => request()))
  for (const [index, answer] of answers.entries()) assert.equal(answer.status, 400, `wrong request ${index}`)
  assert.equal((await redeem(post, client, code)).status, 200)
})

test('a stranger who presents a spent code ends nothing', async () => {
  const post = injecting(server)
  const stranger = await registerClient(server.context, 'stranger-2')
  const code = await codeFor(server.context, person, client)
  const { access } = pairOf(await redeem(post, client, code))
  assert.equal((await redeem(post, stranger, code)).status, 400)
  assert.equal(await isActive(post, api, access), true)
})

test('two codes of one person and client are two grants: the replay of one leaves the other alone', async () => {
  const post = injecting(server)
  const [first, second] = [await codeFor(server.context, person, client), await codeFor(server.context, person, client)]
  const [one, other] = [pairOf(await redeem(post, client, first)), pairOf(await redeem(post, client, second))]
  await redeem(post, client, first)
  assert.deepEqual([await isActive(post, api, one.access), await isActive(post, api, other.access)], [false, true])
})
