// A change of authority lands between any two steps of a request that gives tokens: before its n-th touch of the database,
// for every n. What the request gave is dead, because what it relied on stands again in the WHERE of its write.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { createServer, type LatchkeyServer } from '../../packages/authorization-server/src/index.ts'
import { sessionCookieFor } from '../../packages/authorization-server/src/features/browser/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import type { Database } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { fixedClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import { type Change, changes, newScene, type Scene } from '../matrix/changes.ts'
import {
  type Answer,
  callback,
  challenge,
  codeFor,
  injecting,
  isActive,
  type Pair,
  pairOf,
  type Post,
  redeem,
  refresh,
  registerClient,
  type TestClient,
} from '../races/ground.ts'

const mostSteps = 60

let folder: string
let server: LatchkeyServer
let post: Post
let api: TestClient
let steps = 0
let strike: { readonly at: number; act(): Promise<void> } | undefined
/** The change under way: a read of the server's own timers may be what set it off, and nobody would wait for it. */
let acting: Promise<void> = Promise.resolve()

async function step(): Promise<void> {
  steps += 1
  if (strike === undefined || strike.at !== steps) return
  const { act } = strike
  // What the change itself does to the database is no step of the request.
  strike = undefined
  acting = act()
  await acting
}

function stepwise(inner: Database): Database {
  return {
    engine: inner.engine,
    all: async (query) => {
      await step()
      return inner.all(query)
    },
    commit: async (writes) => {
      await step()
      return inner.commit(writes)
    },
    close: () => inner.close(),
  }
}

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latchkey-interleaving-'))
  server = await createServer({
    development: true,
    settings: { server: { dataDir: folder } },
    deps: { clock: fixedClock(Date.UTC(2027, 0, 15, 12)), log: silentLog, wrapDatabase: stepwise },
  })
  post = injecting({ server })
  api = await registerClient(server.app.context, 'api')
})
after(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const requests: Readonly<
  Record<string, (scene: Scene) => Promise<{ readonly earlier: Pair; send(): Promise<Answer> }>>
> = {
  'redemption of a code': async (scene) => {
    const earlier = pairOf(await redeem(post, scene.client, await codeFor(scene.context, scene.person, scene.client)))
    const code = await codeFor(scene.context, scene.person, scene.client)
    return { earlier, send: () => redeem(post, scene.client, code) }
  },
  'authorization and redemption': async (scene) => {
    const earlier = pairOf(await redeem(post, scene.client, await codeFor(scene.context, scene.person, scene.client)))
    return { earlier, send: () => authorizeAndRedeem(scene) }
  },
  'use of a refresh token': async (scene) => {
    const earlier = pairOf(await redeem(post, scene.client, await codeFor(scene.context, scene.person, scene.client)))
    return { earlier, send: () => refresh(post, scene.client, earlier.refresh) }
  },
}

/** What a browser with the person's session and the client make of one authorization request; no code is a refusal. */
async function authorizeAndRedeem({ context, person, client }: Scene): Promise<Answer> {
  const [cookie = ''] = sessionCookieFor(context, person.session.id).split(';')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: callback,
    scope: 'read write',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  const reply = await server.app.http.inject({ url: `/o/authorize/?${query.toString()}`, headers: { cookie } })
  const location = new URL(reply.headers.location ?? '/', 'http://localhost')
  const code = location.searchParams.get('code')
  return code === null ? { status: 400, body: {} } : redeem(post, client, code)
}

/** False when the request had fewer steps than that. */
async function land(request: keyof typeof requests, change: Change, at: number): Promise<boolean> {
  const scene = await newScene(server.app.context, post)
  const prepared = await requests[request]?.(scene)
  assert.ok(prepared)
  let landed = false
  steps = 0
  strike = {
    at,
    async act() {
      landed = true
      await change.apply(scene, prepared.earlier)
    },
  }
  const answer = await prepared.send()
  strike = undefined
  await acting
  assert.ok([200, 400, 401].includes(answer.status), `answered ${answer.status}`)
  if (!landed || answer.status !== 200) return landed
  const pair = pairOf(answer)
  assert.equal(
    await isActive(post, api, pair.access),
    false,
    `${change.name} before step ${at}: the access token lives`,
  )
  assert.notEqual((await refresh(post, scene.client, pair.refresh)).status, 200, `${change.name} before step ${at}`)
  return true
}

for (const request of Object.keys(requests)) {
  // The end of one grant says nothing about another that is just being made; and what was taken and given back before an
  // authorization request looked at it is there.
  const lasting = changes.filter(
    ({ name, reach }) =>
      (reach !== 'grant' || request === 'use of a refresh token') &&
      (!/, then |voided/.test(name) || request !== 'authorization and redemption'),
  )
  test(`${request}: a change before any of its steps leaves nothing alive`, async (t) => {
    let cells = 0
    for (const change of lasting.filter(({ name }) => !name.startsWith('refresh token used again'))) {
      let at = 1
      while (at < mostSteps && (await land(request, change, at))) at += 1
      assert.ok(at > 2, `${change.name} landed nowhere`)
      cells += at - 1
    }
    t.diagnostic(`places ${cells}`)
  })
}
