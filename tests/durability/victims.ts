// What is killed: a server in a process of its own, and the database server under it. Each comes back on the same files.
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import type { Database } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { freePort } from '../support/port.ts'

export interface Ground {
  readonly dataDir: string
  readonly port: number
  readonly databaseUrl: string | undefined
  readonly database: PostgresServer | undefined
  remove(): Promise<void>
}

export async function groundOf(engine: Database['engine']): Promise<Ground> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'latchkey-kill-'))
  const database = engine === 'postgres' ? await startPostgres() : undefined
  return {
    dataDir,
    port: await freePort(),
    database,
    databaseUrl: database && `${database.url}/postgres`,
    async remove() {
      await database?.stop()
      await rm(dataDir, { recursive: true })
    },
  }
}

/** The next process loads its code while the one before it still serves; the database it opens only when told. */
export function prepareNode({ dataDir, port, databaseUrl }: Ground): ChildProcess {
  const place = databaseUrl === undefined ? [] : [databaseUrl]
  const child = path.join(import.meta.dirname, 'server-child.ts')
  return fork(child, [dataDir, String(port), ...place], { stdio: 'inherit' })
}

export async function startNode(child: ChildProcess): Promise<void> {
  child.send('start')
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  assert.equal(message, 'listening')
}

/** @returns whether it was the kill that ended it */
export async function killNode(child: ChildProcess): Promise<boolean> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  const [, signal] = await exit
  return signal === 'SIGKILL'
}

/** The first process of PostgreSQL and all that it started, in one moment: those that serve, that write and that checkpoint. */
export async function killDatabase(database: PostgresServer): Promise<void> {
  const client = new Client({ connectionString: `${database.url}/postgres` })
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity')
  const first = database.kill()
  for (const { pid } of rows) killIfThere(pid)
  await first
}

/** One that has just ended by itself needs no kill. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Until the node says that it can serve. @returns after how many milliseconds */
export async function ready({ port }: Ground, limitMs: number): Promise<number> {
  const start = performance.now()
  for (;;) {
    const reply = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined)
    const tookMs = performance.now() - start
    if (reply?.status === 200) return tookMs
    assert.ok(tookMs < limitMs, `not ready after ${Math.round(tookMs)} ms`)
    await delay(20)
  }
}
