// While sign-ins come at many times what can be hashed, the rest is answered as before, and hashing goes on at its full rate.
// The bounds are loose, for busy machines; the figures are printed. The strict ones are in the benchmark.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { HashProcess } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import { type Node, startNode } from './node.ts'
import { passwordGrant, range } from './place.ts'

const loosestRatio = 10
/** Below it a ratio says nothing: other tests share the processors. */
const unfeltMs = 250
const leastGoodput = 0.5
const hashesAtOnce = Math.min(2, availableParallelism())
const seconds = 3
let folder: string
let node: Node
const agent = new Agent({ keepAlive: true, maxSockets: 400 })

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-flood-'))
  const generous = {
    signInAttemptsPerClient: 1_000_000,
    passwordHashesAtOnce: hashesAtOnce,
    passwordHashDeadlineMs: 1_000,
  }
  node = await startNode({ dataDir: folder }, generous)
})
after(async () => {
  agent.destroy()
  await node.stop()
  await rm(folder, { recursive: true, force: true })
})

interface Timed {
  readonly status: number
  readonly ms: number
}

function post(path: string, fields: Readonly<Record<string, string>>): Promise<Timed> {
  const body = new URLSearchParams(fields).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length }
  const { promise, resolve, reject } = Promise.withResolvers<Timed>()
  const start = performance.now()
  const sent = request(`${node.url}${path}`, { method: 'POST', agent, headers }, (reply) => {
    reply.resume()
    reply.on('end', () => resolve({ status: reply.statusCode ?? 0, ms: performance.now() - start }))
  })
  sent.on('error', reject)
  sent.end(body)
  return promise
}

/** Sends at a fixed rate for some seconds, however long the answers take. */
async function atRate(perSecond: number, send: (n: number) => Promise<Timed>): Promise<readonly Timed[]> {
  const start = performance.now()
  const answers: Promise<Timed>[] = []
  for (let elapsed = 0; elapsed < seconds * 1_000; elapsed = performance.now() - start) {
    while (answers.length < (elapsed * perSecond) / 1_000) answers.push(send(answers.length))
    await wait(2)
  }
  return Promise.all(answers)
}

const others = (n: number) =>
  n % 2 === 0
    ? post('/o/token/', {
        grant_type: 'client_credentials',
        client_id: 'web',
        client_secret: 'web-secret',
        scope: 'read',
      })
    : post('/o/introspect/', { token: 'x', client_id: 'rs-id', client_secret: 'rs-secret' })
const signIns = (n: number) => post('/o/token/', passwordGrant(`person ${n} ${Math.random()}`, 'wrong'))

function percentile(answers: readonly Timed[], share: number): number {
  const sorted = answers.map(({ ms }) => ms).toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** What the processor can hash while it does nothing else. */
async function rawHashesPerSecond(): Promise<number> {
  const hashing = new HashProcess({ threads: hashesAtOnce })
  const today = { variant: 'argon2id', memoryKib: 19_456, passes: 2, parallelism: 1, hashLength: 32 } as const
  const one = () => hashing.compute('a password', { ...today, salt: Buffer.alloc(16, 1) })
  await Promise.all(range(hashesAtOnce).map(one))
  let done = 0
  const end = performance.now() + 1_500
  await Promise.all(
    range(hashesAtOnce).map(async () => {
      for (; performance.now() < end; done += 1) await one()
    }),
  )
  hashing.close()
  return done / 1.5
}

interface Flood {
  /** The others' 99th percentile, of that without a flood. */
  readonly ratio: number
  readonly floodedMs: number
  /** Hashed, of what the processor can hash. */
  readonly goodput: number
}

async function flood(t: TestContext): Promise<Flood> {
  const raw = await rawHashesPerSecond()
  await atRate(100, others)
  const calm = await atRate(100, others)
  const [flooded, floods] = await Promise.all([atRate(100, others), atRate(10 * raw, signIns)])
  const rawAfter = await rawHashesPerSecond()
  assert.ok([...calm, ...flooded].every(({ status }) => status === 200))
  const evaluated = floods.filter(({ status }) => status === 400)
  const refused = floods.filter(({ status }) => status === 503)
  assert.equal(evaluated.length + refused.length, floods.length)
  assert.ok(refused.length > evaluated.length)
  // What still waited at the end is hashed within the deadline after it.
  const perSecond = evaluated.length / (seconds + 1)
  const [calmMs, floodedMs] = [percentile(calm, 0.99), percentile(flooded, 0.99)]
  const [ratio, goodput] = [floodedMs / calmMs, perSecond / Math.min(raw, rawAfter)]
  const ms = (value: number) => `${value.toFixed(1)} ms`
  t.diagnostic(`others' p99: ${ms(calmMs)}, flooded ${ms(floodedMs)}: ${ratio.toFixed(2)}x`)
  t.diagnostic(
    `refusals: p50 ${ms(percentile(refused, 0.5))}, p99 ${ms(percentile(refused, 0.99))} of ${refused.length}`,
  )
  t.diagnostic(
    `sign-ins: ${perSecond.toFixed(1)}/s of ${raw.toFixed(1)} and ${rawAfter.toFixed(1)} raw: ${goodput.toFixed(2)}`,
  )
  return { ratio, floodedMs, goodput }
}

function holds({ ratio, floodedMs, goodput }: Flood): boolean {
  return (ratio <= loosestRatio || floodedMs <= unfeltMs) && goodput >= leastGoodput
}

test('a flood of sign-ins leaves the others their answers, is refused in time, and keeps the hashing busy', async (t) => {
  const figures: Flood[] = []
  // Another test that begins in the middle takes a processor away: only what falls short each time falls short.
  while (figures.length < 3 && !figures.some(holds)) figures.push(await flood(t))
  assert.ok(figures.some(holds), JSON.stringify(figures))
})
