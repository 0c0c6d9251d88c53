// Several nodes on one database, each a process of its own, as `latchkey serve` starts it; and the test's own server on the
// same database, which listens nowhere and makes clients, codes and changes.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import { createServer, type LatchkeyServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { signedIn } from '../races/ground.ts'
import { postgresPlace } from '../support/postgres.ts'

const bin = path.join(import.meta.dirname, '../../packages/authorization-server/bin/latchkey.js')

export interface Ground {
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  /** The test's own node. */
  readonly own: LatchkeyServer
  readonly context: LatchkeyServer['app']['context']
  readonly person: SignedIn
  remove(): Promise<void>
}

/** A database with the demo in it. */
export async function ground(engine: 'sqlite' | 'postgres'): Promise<Ground> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'latchkey-nodes-'))
  const place = engine === 'postgres' ? await postgresPlace() : undefined
  const databaseUrl = place?.url
  const settings = { server: { dataDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) } }
  const own = await createServer({ development: true, settings, deps: { log: silentLog } })
  const { context } = own.app
  return {
    dataDir,
    databaseUrl,
    own,
    context,
    person: await signedIn(context, 'alice@example.com'),
    async remove() {
      await own.close()
      await place?.remove()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export interface ServeNode {
  /** Without a trailing slash. */
  readonly url: string
  readonly port: number
  readonly process: ChildProcess
  /** What it wrote on standard error: its log. */
  log(): string
  /** Sends a signal and resolves with how it ended: its exit code, or the signal. */
  end(signal: NodeJS.Signals): Promise<number | string>
}

export interface NodeOptions {
  readonly port?: number
  readonly workers?: number
  readonly environment?: Readonly<Record<string, string>>
}

export async function startNode(place: Ground, options: NodeOptions = {}): Promise<ServeNode> {
  const env = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    LATCHKEY_DATA_DIR: place.dataDir,
    LATCHKEY_PUBLIC_URL: 'http://localhost:8000',
    LATCHKEY_HOST: '127.0.0.1',
    LATCHKEY_PORT: String(options.port ?? 0),
    LATCHKEY_WORKERS: String(options.workers ?? 1),
    ...(place.databaseUrl === undefined ? {} : { LATCHKEY_DATABASE_URL: place.databaseUrl }),
    ...options.environment,
  }
  const child = spawn(process.execPath, [bin, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    log += part
  })
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code ?? -1))
  })
  const output = createInterface(child.stdout)
  const first = await Promise.race([once(output, 'line'), ended])
  assert.ok(Array.isArray(first), `The node ended with ${String(first)}: ${log}`)
  const facts: unknown = JSON.parse(String(first[0]))
  assert.ok(typeof facts === 'object' && facts !== null && 'address' in facts, `${String(first[0])} ${log}`)
  const url = String(facts.address)
  return {
    url,
    port: Number(new URL(url).port),
    process: child,
    log: () => log,
    end: async (signal) => {
      child.kill(signal)
      return ended
    },
  }
}

/** Starts nodes, and ends them whatever happens. */
export async function withNodes(
  place: Ground,
  options: readonly NodeOptions[],
  use: (nodes: readonly ServeNode[]) => Promise<void>,
): Promise<void> {
  const started = await Promise.allSettled(options.map((one) => startNode(place, one)))
  const nodes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason
    await use(nodes)
  } finally {
    await Promise.all(nodes.map((node) => node.end('SIGKILL')))
  }
}
