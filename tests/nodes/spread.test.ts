// What one node changes, the others know: keys and clients within a second, and what authority rests on at once.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { setClientEnabled } from '../../packages/authorization-server/src/records/clients/index.ts'
import { sealingSettled } from '../../packages/authorization-server/src/records/keys/key-store.ts'
import { setUserActive } from '../../packages/authorization-server/src/records/users/index.ts'
import {
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
  type TestClient,
  times,
} from '../races/ground.ts'
import { type Ground, ground, type ServeNode, startNode } from './nodes.ts'

let place: Ground
let node: ServeNode
/** Node A is the test's own server, node B another process. */
let atA: Post
let atB: Post
let client: TestClient

before(async () => {
  place = await ground('sqlite')
  client = await registerClient(place.context, 'spread', {
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  })
  node = await startNode(place)
  atA = injecting({ server: place.own })
  atB = overSockets(node)
})
after(async () => {
  await node.end('SIGKILL')
  await place.remove()
})

async function newPair() {
  return pairOf(await redeem(atA, client, await codeFor(place.context, place.person, client)))
}

/** How long it took until the look was true; fails after the limit. */
async function within(limitMs: number, look: () => Promise<boolean>): Promise<number> {
  const start = performance.now()
  while (!(await look())) {
    assert.ok(performance.now() - start < limitMs, `not within ${limitMs} ms`)
    await delay(20)
  }
  return performance.now() - start
}

async function kidsAtB(): Promise<readonly string[]> {
  const reply = await fetch(`${node.url}/o/.well-known/jwks.json`)
  assert.equal(reply.status, 200)
  return [...(await reply.text()).matchAll(/"kid":"([^"]+)"/g)].map(([, kid = '']) => kid)
}

/** A second, and what a look costs on a busy machine. */
const secondMs = 1_500

test('a client that is disabled on A is refused by B within a second, and welcome again within another', async (t) => {
  const ask = async () => (await atB('/o/token/', { grant_type: 'client_credentials', ...client.credentials })).status
  assert.equal(await ask(), 200)
  for (const enabled of [false, true]) {
    await place.context.database.commit([setClientEnabled(client.row, enabled, Date.now())])
    place.context.clients.forget()
    const took = await within(secondMs, async () => ((await ask()) === 200) === enabled)
    t.diagnostic(`${enabled ? 'enabled' : 'disabled'} after ${Math.round(took)} ms`)
  }
})

test('a signing key made on A is published by B within a second', async (t) => {
  const { kid } = await place.context.keys.rotateSigningKey('ES256', 60_000, 60_000)
  const took = await within(secondMs, async () => (await kidsAtB()).includes(kid))
  t.diagnostic(`published after ${Math.round(took)} ms`)
})

test('when the sealing keys are rotated on A, no token of A is refused by B, not even in the first second', async () => {
  await place.context.keys.rotateRing()
  const start = performance.now()
  while (performance.now() - start < 1_200) {
    const { access } = await newPair()
    assert.equal(await isActive(atB, client, access), true)
  }
})

test('a young generation of sealing keys opens only; where all are young the first one seals', () => {
  const key = (id: number, createdAt: number) => ({ id, salt: new Uint8Array(16), createdAt })
  const sealing = (now: number) =>
    sealingSettled([key(1, 0), key(2, 100_000)], now)
      .filter(({ retiredAt }) => retiredAt === undefined)
      .map(({ id }) => id)
  assert.deepEqual(sealing(0), [1])
  assert.deepEqual(sealing(109_999), [1])
  assert.deepEqual(sealing(110_000), [1, 2])
})

test('what is revoked on A is dead on B with the next request', async () => {
  for (const _round of times(20, (n) => n)) {
    const pair = await newPair()
    assert.equal(await isActive(atB, client, pair.access), true)
    assert.equal((await atA('/o/revoke_token/', { token: pair.refresh, ...client.credentials })).status, 200)
    assert.equal(await isActive(atB, client, pair.access), false)
    assert.equal((await refresh(atB, client, pair.refresh)).status, 400)
  }
})

test('a user who is disabled on A gets nothing more from B, with the next request', async () => {
  const pair = await newPair()
  const code = await codeFor(place.context, place.person, client)
  assert.equal(await isActive(atB, client, pair.access), true)
  await place.context.database.commit([setUserActive(place.person.user.id, false, Date.now())])
  assert.equal(await isActive(atB, client, pair.access), false)
  assert.equal((await refresh(atB, client, pair.refresh)).status, 400)
  assert.equal((await redeem(atB, client, code)).status, 400)
  assert.equal(await getAs({ server: place.own }, '/profile/', pair.access), 401)
})
