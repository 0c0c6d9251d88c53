// SIGKILL under load: what was acknowledged stays, what was revoked stays dead, what was spent stays spent.
// The page cache survives the process, so this speaks of a crash of the process, not of the power.
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'node:test'
import { createServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
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
import { freePort } from '../support/server.ts'
import { type Known, Ledger } from './ledger.ts'

const kills = 20
const workers = 12
const leastAcknowledged = 1_000

interface Stage {
  readonly dataDir: string
  readonly port: number
  readonly post: Post
  readonly client: TestClient
  /** A fresh code, sealed here with the server's own keys: the authorize step stores nothing. */
  newCode(): string
}

async function prepare(dataDir: string): Promise<Stage> {
  const server = await createServer({ development: true, settings: { server: { dataDir } }, deps: { log: silentLog } })
  const { context } = server.app
  const client = await registerClient(context, 'load', { refreshGraceSeconds: 300, refreshEndsAccessTokens: false })
  const { sealer } = context.keys
  const template = readAuthorizationCode(
    sealer,
    await codeFor(context, await signedIn(context, 'alice@example.com'), client),
  )
  assert.ok(template)
  await server.close()
  const port = await freePort()
  return {
    dataDir,
    port,
    client,
    post: overSockets({ url: `http://127.0.0.1:${port}` }),
    newCode: () =>
      writeAuthorizationCode(sealer, { ...template, issuedAt: Date.now(), expiresAt: Date.now() + 60_000 }),
  }
}

/** The next process loads its code while the one before it still serves; the database it opens only when told. */
function prepareChild({ dataDir, port }: Stage): ChildProcess {
  return fork(path.join(import.meta.dirname, 'server-child.ts'), [dataDir, String(port)], { stdio: 'inherit' })
}

async function start(child: ChildProcess): Promise<void> {
  child.send('start')
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  assert.equal(message, 'listening')
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

test(`${kills} kills under load lose nothing that was acknowledged and revive nothing that was revoked or spent`, async (t) => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'latchkey-kill-'))
  const stage = await prepare(dataDir)
  const ledger = new Ledger()
  let killed = 0
  let slowestStartMs = 0
  let next = prepareChild(stage)
  for (const _round of times(kills, (n) => n)) {
    const child = next
    const startedAt = performance.now()
    await start(child)
    slowestStartMs = Math.max(slowestStartMs, performance.now() - startedAt)
    next = prepareChild(stage)
    await compare(stage, ledger)
    let isRunning = true
    const load = times(workers, () => work(stage, ledger, () => isRunning))
    await delay(100 + Math.random() * 500)
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    isRunning = false
    const [, signal] = await exit
    if (signal === 'SIGKILL') killed += 1
    await Promise.all(load)
  }
  await start(next)
  await compare(stage, ledger)
  await compareAtTheEnd(stage, ledger)
  next.kill('SIGKILL')
  await once(next, 'exit')
  await rm(dataDir, { recursive: true })
  const { attempts, acknowledged, unknown } = ledger
  t.diagnostic(`kills ${killed} of ${kills}, slowest start ${Math.round(slowestStartMs)} ms`)
  t.diagnostic(`attempts ${attempts}, acknowledged ${acknowledged}, unknown ${unknown}`)
  t.diagnostic(`grants ${ledger.grants.length}, revoked ${ledger.revoked().length}, live ${ledger.live().length}`)
  assert.ok(killed >= 0.95 * kills, `only ${killed} kills`)
  assert.ok(acknowledged >= leastAcknowledged, `only ${acknowledged} acknowledged`)
  assert.ok(unknown > 0, 'no kill ever fell into a request')
})
