// Three nodes behind a balancer that sends no request twice. A node that is killed takes along what it was at, and nothing else; a
// node that is told to stop takes along nothing.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import {
  readAuthorizationCode,
  writeAuthorizationCode,
} from '../../packages/authorization-server/src/records/grants/index.ts'
import { callback, codeFor, registerClient, times, verifier } from '../races/ground.ts'
import { freePort } from '../support/port.ts'
import { type Ask, type Load, startLoad, type Target } from './load.ts'
import { type Ground, ground, type ServeNode, startNode, withNodes } from './nodes.ts'

const nodeCount = 3
const clients = 5
/** Answers between two kills: some seconds. */
const betweenKills = 2_500
/** Of all requests. */
const mostLost = 0.002

/** What needs no database, what reads it, and what writes to it. */
async function asksOf({ context, person }: Ground): Promise<readonly Ask[]> {
  const client = await registerClient(context, 'loss', { refreshGraceSeconds: 3_600 })
  const { sealer } = context.keys
  const template = readAuthorizationCode(sealer, await codeFor(context, person, client))
  assert.ok(template)
  // Sealed here with the server's own keys: the authorize step stores nothing.
  const code = (): string =>
    writeAuthorizationCode(sealer, { ...template, issuedAt: Date.now(), expiresAt: Date.now() + 60_000 })
  const exchange = { grant_type: 'authorization_code', redirect_uri: callback, code_verifier: verifier }
  return [
    { path: '/o/.well-known/openid-configuration' },
    { path: '/o/introspect/', form: { token: 'lk_at_none', ...client.credentials } },
    { path: '/o/token/', form: () => ({ ...exchange, code: code(), ...client.credentials }) },
  ]
}

interface Field {
  readonly nodes: ServeNode[]
  readonly load: Load
  restart(index: number): Promise<void>
}

async function underLoad(
  engine: 'sqlite' | 'postgres',
  environment: Readonly<Record<string, string>>,
  use: (field: Field) => Promise<void>,
): Promise<Load['tally']> {
  const place = await ground(engine)
  const ports = await Promise.all(times(nodeCount, freePort))
  const options = ports.map((port) => ({ port, environment }))
  const targets: Target[] = ports.map((port) => ({ port, isUp: true }))
  const asks = await asksOf(place)
  const tallies: Load['tally'][] = []
  try {
    await withNodes(place, options, async (started) => {
      const nodes = [...started]
      const load = startLoad(targets, asks, clients, true)
      tallies.push(load.tally)
      const restart = async (index: number): Promise<void> => {
        nodes[index] = await startNode(place, options[index])
      }
      try {
        await use({ nodes, load, restart })
      } finally {
        await load.stop()
        await Promise.all(nodes.map((node) => node.end('SIGKILL')))
      }
    })
  } finally {
    await place.remove()
  }
  const [tally] = tallies
  assert.ok(tally)
  return tally
}

async function answeredMore({ load }: Field, count: number): Promise<void> {
  const enough = load.tally.answered + count
  for (let waited = 0; load.tally.answered < enough; waited += 20) {
    assert.ok(waited < 30_000, 'the others do not answer')
    await delay(20)
  }
}

/** So many kills, each node in its turn. */
export async function surviveLoss(t: TestContext, engine: 'sqlite' | 'postgres', kills: number): Promise<void> {
  const lostAtOnce: number[] = []
  const tally = await underLoad(engine, {}, async (field) => {
    await answeredMore(field, 200)
    for (const index of times(kills, (n) => n % nodeCount)) {
      const before = field.load.tally.failures.length
      assert.equal(await field.nodes[index]?.end('SIGKILL'), 'SIGKILL')
      await answeredMore(field, 200)
      const lost = field.load.tally.failures.length
      lostAtOnce.push(lost - before)
      await field.restart(index)
      await answeredMore(field, betweenKills)
      assert.equal(field.load.tally.failures.length, lost, 'nothing fails while nobody is killed')
    }
  })
  const lost = tally.failures.length
  t.diagnostic(`answered ${tally.answered}, lost ${lostAtOnce.join(', ')}, refused before sending ${tally.refused}`)
  assert.ok(
    lostAtOnce.every((count) => count <= clients),
    tally.failures.join('\n'),
  )
  assert.ok(lost <= mostLost * (tally.answered + lost), `${lost} of ${tally.answered}: ${tally.failures.join('\n')}`)
}

/** Each node is told to stop, and started again. */
export async function rollThrough(t: TestContext, engine: 'sqlite' | 'postgres'): Promise<void> {
  const tally = await underLoad(engine, { LATCHKEY_DRAIN_DELAY_MS: '400' }, async (field) => {
    for (const index of times(nodeCount, (n) => n)) {
      await answeredMore(field, 200)
      assert.equal(await field.nodes[index]?.end('SIGTERM'), 0)
      await field.restart(index)
    }
    await answeredMore(field, 200)
  })
  t.diagnostic(`answered ${tally.answered}, refused before sending ${tally.refused}`)
  assert.deepEqual(tally.failures, [])
}
