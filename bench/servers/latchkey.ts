// Our server as an operator runs it: the command `latchkey serve` with default settings, over a database of its own.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { freePort } from '../../tests/support/port.ts'
import { startPostgres } from '../../tests/support/postgres.ts'
import { pin, serverCore } from '../load/cpu.ts'
import { startCommand, stopProcess } from './process.ts'
import type { Engine, Target } from './target.ts'

const bin = join(import.meta.dirname, '../../packages/authorization-server/bin/latchkey.js')

/** A database server for the run, or a folder; databases in it are made as they are wanted. */
export interface Ground {
  readonly engine: Engine
  readonly databasePids: readonly number[]
  /** An empty database: the folder of an installation, and PostgreSQL's address where that is the engine. */
  place(): Promise<Place>
  close(): Promise<void>
}

export interface Place {
  readonly dataDir: string
  readonly databaseUrl: string | undefined
}

export async function openGround(engine: Engine): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bench-'))
  const server = engine === 'postgres' ? await startPostgres() : undefined
  let places = 0
  const administration = server === undefined ? undefined : `${server.url}/postgres`
  const postmaster = administration === undefined ? undefined : await postmasterOf(administration)
  if (postmaster !== undefined) pin(postmaster, serverCore)
  return {
    engine,
    databasePids: postmaster === undefined ? [] : [postmaster],
    async place() {
      places += 1
      const name = `place_${places}`
      if (administration !== undefined) await statement(administration, `create database ${name}`)
      return {
        dataDir: await mkdtemp(join(folder, 'place-')),
        databaseUrl: server === undefined ? undefined : `${server.url}/${name}`,
      }
    },
    async close() {
      await server?.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function statement(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

/** The first line of postmaster.pid. */
async function postmasterOf(url: string): Promise<number> {
  const [row] = await statement(url, 'show data_directory')
  const text = await readFile(join(String(row?.['data_directory']), 'postmaster.pid'), 'utf8')
  return Number(text.split('\n', 1)[0])
}

export interface ServeOptions {
  readonly name?: string
  readonly workers?: number
  /** More flags for node itself: a profile. */
  readonly nodeFlags?: readonly string[]
}

export async function startLatchkey(ground: Ground, place: Place, options: ServeOptions = {}): Promise<Target> {
  const port = await freePort()
  const child = await startCommand({
    args: [
      ...(options.nodeFlags ?? []),
      bin,
      'serve',
      ...(options.workers ? ['--workers', String(options.workers)] : []),
    ],
    env: {
      LATCHKEY_HOST: '127.0.0.1',
      LATCHKEY_PORT: String(port),
      LATCHKEY_PUBLIC_URL: `http://127.0.0.1:${port}`,
      LATCHKEY_DATA_DIR: place.dataDir,
      LATCHKEY_LOG_LEVEL: 'error',
      // One address asks for everybody here.
      LATCHKEY_SIGN_IN_ATTEMPTS_PER_SOURCE: '100000',
      ...(place.databaseUrl === undefined ? {} : { LATCHKEY_DATABASE_URL: place.databaseUrl }),
    },
    readyPort: port,
  })
  return {
    name: options.name ?? 'latchkey',
    port,
    pids: [child.pid ?? 0, ...ground.databasePids],
    stop: () => stopProcess(child),
  }
}
