// Codes and refresh tokens, each presented by 32 requests at once, spread over the nodes: one success, or one successor.
// RFC 6749 §4.1.2, RFC 9700 §4.14.2; OWASP ASVS 5.0 10.4.2.
import assert from 'node:assert/strict'
import {
  type Answer,
  codeFor,
  isActive,
  overSockets,
  type Pair,
  pairOf,
  type Post,
  redeem,
  refresh,
  registerClient,
  type TestClient,
  times,
} from '../races/ground.ts'
import type { Ground } from './nodes.ts'

const parallel = 32
/** How many codes or tokens are under way at once. */
const lanes = 3

export interface Counted {
  readonly attempts: number
  readonly successes: number
}

interface Field {
  readonly place: Ground
  readonly posts: readonly Post[]
  readonly strict: TestClient
  readonly lenient: TestClient
}

export async function fieldOf(place: Ground, urls: readonly string[], name: string): Promise<Field> {
  const { context } = place
  const strict = { refreshGraceSeconds: 0, refreshEndsAccessTokens: true }
  return {
    place,
    posts: urls.map((url) => overSockets({ url })),
    strict: await registerClient(context, `${name}-strict`, strict),
    lenient: await registerClient(context, `${name}-lenient`, { refreshGraceSeconds: 60 }),
  }
}

/** Each of the attempts at another node than the one before. */
async function spread(field: Field, send: (post: Post) => Promise<Answer>): Promise<readonly Answer[]> {
  const answers = await Promise.all(times(parallel, (n) => send(nodeOf(field, n))))
  for (const { status, body } of answers) {
    if (status !== 200) assert.deepEqual([status, body['error']], [400, 'invalid_grant'])
  }
  return answers.filter(({ status }) => status === 200)
}

function nodeOf({ posts }: Field, n: number): Post {
  const post = posts[n % posts.length]
  assert.ok(post)
  return post
}

async function eachOf(count: number, act: (n: number) => Promise<number>): Promise<Counted> {
  let next = 0
  let successes = 0
  const lane = async (): Promise<void> => {
    while (next < count) {
      const n = next
      next += 1
      const won = await act(n)
      successes += won
    }
  }
  await Promise.all(times(lanes, lane))
  return { attempts: count * parallel, successes }
}

async function assertDead(field: Field, client: TestClient, pairs: readonly Pair[]): Promise<void> {
  for (const [n, pair] of pairs.entries()) {
    assert.equal(await isActive(nodeOf(field, n), client, pair.access), false)
    assert.equal((await refresh(nodeOf(field, n + 1), client, pair.refresh)).status, 400)
  }
}

/** Exactly one success each, and the replay leaves nothing alive. */
export async function codesOnce(field: Field, count: number): Promise<Counted> {
  const { place, lenient } = field
  return eachOf(count, async () => {
    const code = await codeFor(place.context, place.person, lenient)
    const won = await spread(field, (post) => redeem(post, lenient, code))
    assert.equal(won.length, 1, `${won.length} redemptions succeeded`)
    await assertDead(field, lenient, won.map(pairOf))
    return won.length
  })
}

async function newPair(field: Field, client: TestClient, n: number): Promise<Pair> {
  return pairOf(await redeem(nodeOf(field, n), client, await codeFor(field.place.context, field.place.person, client)))
}

/** Without grace: exactly one success each, and the replay ends the grant. */
export async function refreshesOnce(field: Field, count: number): Promise<Counted> {
  const { strict } = field
  return eachOf(count, async (n) => {
    const pair = await newPair(field, strict, n)
    const won = await spread(field, (post) => refresh(post, strict, pair.refresh))
    assert.equal(won.length, 1, `${won.length} refreshes succeeded`)
    await assertDead(field, strict, [pair, ...won.map(pairOf)])
    return won.length
  })
}

/** With grace: every success names the same successor, and after it was used once the older token ends the grant. */
export async function refreshesAgree(field: Field, count: number): Promise<Counted> {
  const { lenient } = field
  return eachOf(count, async (n) => {
    const pair = await newPair(field, lenient, n)
    const won = (await spread(field, (post) => refresh(post, lenient, pair.refresh))).map(pairOf)
    assert.equal(won.length, parallel)
    const [successor = '', ...others] = new Set(won.map((one) => one.refresh))
    assert.deepEqual(others, [])
    const next = pairOf(await refresh(nodeOf(field, n), lenient, successor))
    assert.equal((await refresh(nodeOf(field, n + 1), lenient, pair.refresh)).status, 400)
    await assertDead(field, lenient, [next])
    return won.length
  })
}
