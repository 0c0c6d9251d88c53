// SIGKILL under load: what was acknowledged stays, what was revoked stays dead, what was spent stays spent.
// The page cache survives the processes, so this speaks of their crash, not of the power.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { type Database, integer, sql } from '../../packages/authorization-server/src/platform/storage/index.ts'
import {
  readAuthorizationCode,
  writeAuthorizationCode,
} from '../../packages/authorization-server/src/records/grants/index.ts'
import {
  codeFor,
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
} from '../races/ground.ts'
import { type Known, Ledger } from './ledger.ts'
import { type Ground, groundOf, killDatabase, killNode, prepareNode, ready, startNode } from './victims.ts'

const workers = 12
/** How long a node may take until it serves again, once its database is there. */
const readyMs = 15_000

type Victim = 'node' | 'database' | 'both'

interface Stage {
  readonly ground: Ground
  readonly post: Post
  readonly client: TestClient
  /** A fresh code, sealed here with the server's own keys: the authorize step stores nothing. */
  newCode(): string
}

function settingsOf({ dataDir, databaseUrl }: Ground) {
  return { server: { dataDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) } }
}

async function prepare(ground: Ground): Promise<Stage> {
  const server = await createServer({ development: true, settings: settingsOf(ground), deps: { log: silentLog } })
  const { context } = server.app
  const client = await registerClient(context, 'load', { refreshGraceSeconds: 3_600, refreshEndsAccessTokens: false })
  const { sealer } = context.keys
  const template = readAuthorizationCode(
    sealer,
    await codeFor(context, await signedIn(context, 'alice@example.com'), client),
  )
  assert.ok(template)
  await server.close()
  return {
    ground,
    client,
    post: overSockets({ url: `http://127.0.0.1:${ground.port}` }),
    newCode: () =>
      writeAuthorizationCode(sealer, { ...template, issuedAt: Date.now(), expiresAt: Date.now() + 60_000 }),
  }
}

/** Redeems, refreshes and revokes until told to stop; writes down what is acknowledged, and only that. */
async function work(stage: Stage, ledger: Ledger, running: () => boolean): Promise<void> {
  while (running()) {
    const free = ledger.live().filter((grant) => !grant.busy)
    const grant = free[Math.floor(Math.random() * free.length)]
    if (grant === undefined || free.length < 2 * workers) await redeemNew(stage, ledger)
    else if (Math.random() < 0.15) await exclusively(grant, () => revoke(stage, ledger, grant))
    else await exclusively(grant, () => advance(stage, ledger, grant))
  }
}

async function exclusively(grant: Known, act: () => Promise<void>): Promise<void> {
  grant.busy = true
  await act().finally(() => {
    grant.busy = false
  })
}

async function redeemNew({ post, client, newCode }: Stage, ledger: Ledger): Promise<void> {
  const code = newCode()
  const answer = await ledger.attempt(() => redeem(post, client, code))
  if (answer === undefined) ledger.unknownCodes.push(code)
  else {
    const pair = pairOf({ ...answer, status: 200 })
    ledger.grants.push({ code, access: pair.access, refreshTokens: [pair.refresh], revoked: 'no', busy: false })
  }
}

async function advance({ post, client }: Stage, ledger: Ledger, grant: Known): Promise<void> {
  const answer = await ledger.attempt(() => refresh(post, client, grant.refreshTokens.at(-1) ?? ''))
  if (answer === undefined) return
  const pair = pairOf({ ...answer, status: 200 })
  grant.access = pair.access
  grant.refreshTokens.push(pair.refresh)
}

async function revoke({ post, client }: Stage, ledger: Ledger, grant: Known): Promise<void> {
  const token = grant.refreshTokens.at(-1) ?? ''
  const answer = await ledger.attempt(() => post('/o/revoke_token/', { token, ...client.credentials }))
  grant.revoked = answer === undefined ? 'unknown' : 'yes'
}

async function assertDead({ post, client }: Stage, grant: Known): Promise<void> {
  assert.equal((await refresh(post, client, grant.refreshTokens.at(-1) ?? '')).body['error'], 'invalid_grant')
  assert.equal(await isActive(post, client, grant.access), false)
}

/** What was acknowledged before the kill, asked of the server after it. */
async function compare(stage: Stage, ledger: Ledger): Promise<void> {
  const { post, client } = stage
  for (const grant of ledger.live()) {
    assert.equal(await isActive(post, client, grant.access), true, 'an acknowledged access token')
    const answer = await refresh(post, client, grant.refreshTokens.at(-1) ?? '')
    assert.equal(answer.status, 200, `the last acknowledged refresh token: ${JSON.stringify(answer.body)}`)
    const pair = pairOf(answer)
    grant.refreshTokens.push(pair.refresh)
    grant.access = pair.access
  }
  await Promise.all(
    ledger
      .revoked()
      .slice(-200)
      .map((grant) => assertDead(stage, grant)),
  )
}

/** Asks what costs the grant its life: codes again, and tokens from before the one before. */
async function compareAtTheEnd(stage: Stage, ledger: Ledger): Promise<void> {
  const { post, client } = stage
  for (const grant of ledger.revoked()) {
    assert.equal((await redeem(post, client, grant.code)).body['error'], 'invalid_grant', 'a spent code')
    await assertDead(stage, grant)
  }
  for (const [index, grant] of ledger.live().entries()) {
    const old = grant.refreshTokens.at(-3)
    const answer =
      index % 2 === 0 || old === undefined ? await redeem(post, client, grant.code) : await refresh(post, client, old)
    assert.equal(answer.body['error'], 'invalid_grant')
    await assertDead(stage, grant)
  }
}

/** Every grant was made together with the event that tells of it, and none that was acknowledged is missing. */
async function compareEvents({ ground, client }: Stage, ledger: Ledger): Promise<void> {
  const server = await createServer({ settings: settingsOf(ground), deps: { log: silentLog } })
  const [row] = await server.app.context.database.all(sql`
    select (select count(*) from grants where client_row = ${client.row}) as grants,
      (select count(*) from events where client_row = ${client.row} and kind = 'grant.created') as created,
      (select count(*) from grants where client_row = ${client.row} and ended_at is not null) as ended,
      (select count(*) from events where client_row = ${client.row} and kind = 'grant.ended') as endings`)
  await server.close()
  assert.ok(row)
  assert.equal(integer(row, 'created'), integer(row, 'grants'))
  assert.ok(integer(row, 'grants') >= ledger.grants.length)
  assert.ok(integer(row, 'endings') >= integer(row, 'ended'))
}

class Rounds {
  readonly #stage: Stage
  readonly #ledger: Ledger
  #node: ReturnType<typeof prepareNode>
  #next: ReturnType<typeof prepareNode>
  kills = 0
  slowestStartMs = 0

  constructor(stage: Stage, ledger: Ledger) {
    this.#stage = stage
    this.#ledger = ledger
    this.#node = prepareNode(stage.ground)
    this.#next = prepareNode(stage.ground)
  }

  async begin(): Promise<void> {
    await this.#start(this.#node)
  }

  /** Load, a kill in the midst of it, and a look at everything once all are back. */
  async play(victim: Victim): Promise<void> {
    let isRunning = true
    const load = times(workers, () => work(this.#stage, this.#ledger, () => isRunning))
    try {
      await delay(100 + Math.random() * 500)
      if (victim === 'node') isRunning = false
      await this.#kill(victim)
    } finally {
      isRunning = false
    }
    await Promise.all(load)
    await ready(this.#stage.ground, readyMs)
    await compare(this.#stage, this.#ledger)
  }

  async end(): Promise<void> {
    await Promise.all([killNode(this.#node), killNode(this.#next)])
  }

  async #kill(victim: Victim): Promise<void> {
    const { database } = this.#stage.ground
    const kills: Promise<boolean>[] = []
    if (victim !== 'node' && database !== undefined) kills.push(killDatabase(database).then(() => true))
    if (victim !== 'database') kills.push(killNode(this.#node))
    const died = await Promise.all(kills)
    if (died.every(Boolean)) this.kills += 1
    if (victim !== 'node') await database?.start()
    if (victim === 'database') return
    this.#node = this.#next
    this.#next = prepareNode(this.#stage.ground)
    await this.#start(this.#node)
  }

  async #start(node: ReturnType<typeof prepareNode>): Promise<void> {
    const startedAt = performance.now()
    await startNode(node)
    this.slowestStartMs = Math.max(this.slowestStartMs, performance.now() - startedAt)
  }
}

const victimsOf: Readonly<Record<Database['engine'], readonly Victim[]>> = {
  sqlite: ['node'],
  postgres: ['node', 'database', 'both'],
}

/** So many kills, each victim in its turn. */
export async function surviveKills(t: TestContext, engine: Database['engine'], kills: number): Promise<void> {
  const ground = await groundOf(engine)
  const ledger = new Ledger()
  try {
    const stage = await prepare(ground)
    const rounds = new Rounds(stage, ledger)
    try {
      await rounds.begin()
      for (const n of times(kills, (round) => round)) {
        await rounds.play(victimsOf[engine][n % victimsOf[engine].length] ?? 'node')
      }
      await compareAtTheEnd(stage, ledger)
    } finally {
      await rounds.end()
    }
    await compareEvents(stage, ledger)
    const { attempts, acknowledged, unknown } = ledger
    t.diagnostic(`kills ${rounds.kills} of ${kills}, slowest start ${Math.round(rounds.slowestStartMs)} ms`)
    t.diagnostic(`attempts ${attempts}, acknowledged ${acknowledged}, unknown ${unknown}`)
    t.diagnostic(`grants ${ledger.grants.length}, revoked ${ledger.revoked().length}, live ${ledger.live().length}`)
    assert.equal(rounds.kills, kills)
    assert.ok(acknowledged >= 50 * kills, `only ${acknowledged} acknowledged`)
    assert.ok(unknown > 0, 'no kill ever fell into a request')
  } finally {
    await ground.remove()
  }
}
