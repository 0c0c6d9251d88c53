import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { InvalidSettings, loadSettings } from '../../platform/config/index.ts'
import { settingFragments } from '../../config.ts'
import { demandsOf, isLoopback } from '../demands.ts'
import { exitCodes } from '../exit.ts'
import { addressFlags } from './running.ts'

const bin = join(import.meta.dirname, '../../../bin/latchkey.js')
let folder = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-running-'))
})

after(() => rm(folder, { recursive: true }))

interface Started {
  readonly process: ChildProcess
  /** The first line of standard output, read as JSON. */
  readonly first: Readonly<Record<string, unknown>>
}

async function start(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Started> {
  const env = { PATH: process.env['PATH'], LATCHKEY_DATA_DIR: join(folder, words[0] ?? ''), ...environment }
  const child = spawn(process.execPath, [bin, ...words, '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [line] = await once(createInterface(child.stdout), 'line')
  const first: unknown = JSON.parse(String(line))
  assert.ok(typeof first === 'object' && first !== null)
  return { process: child, first: { ...first } }
}

async function stop(started: Started, signal: 'SIGINT' | 'SIGTERM'): Promise<unknown> {
  const ended = once(started.process, 'close')
  started.process.kill(signal)
  const [code]: unknown[] = await ended
  return code
}

test('dev listens, shows its demo, and Ctrl-C ends it with 130', async () => {
  const started = await start(['runserver', '0'])
  assert.equal(started.first['event'], 'listening', JSON.stringify(started.first))
  assert.match(JSON.stringify(started.first['demo']), /admin@email\.com.*testpass123.*clientSecret.*site-secret/)
  const reply = await fetch(`${String(started.first['address'])}/health/ready`)
  assert.equal(reply.status, 200)
  assert.equal(await stop(started, 'SIGINT'), exitCodes.interrupted)
})

test('serve seeds nothing, prints a one-time set-up link, and ends with 0 when its supervisor stops it', async () => {
  const started = await start(['serve', '--port', '0'], { LATCHKEY_PUBLIC_URL: 'https://id.example.com' })
  assert.equal(started.first['issuer'], 'https://id.example.com/o', JSON.stringify(started.first))
  assert.equal(started.first['demo'], null)
  const setup = JSON.stringify(started.first['setup'])
  assert.match(setup, /^\{"url":"https:\/\/id\.example\.com\/setup\/\?token=[\w-]{43}","expiresAt":\d+\}$/)
  assert.equal(await stop(started, 'SIGTERM'), exitCodes.ok)
})

test('a port that is taken is a conflict with a port to try', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  assert.ok(typeof address === 'object' && address !== null)
  const started = await start(['dev', `127.0.0.1:${address.port}`])
  assert.match(JSON.stringify(started.first), new RegExp(`"code":"address_in_use".*--port ${address.port + 1}`))
  other.close()
})

test('dev refuses an address beyond this machine unless told what that exposes', async () => {
  const started = await start(['dev', '0.0.0.0:0'])
  assert.match(JSON.stringify(started.first), /"code":"invalid_settings".*--expose-demo/)
})

function faultsIn(
  mode: 'development' | 'production',
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  try {
    loadSettings(settingFragments, { environment, flags: [], readFile: () => '' }, demandsOf(mode, false))
    return []
  } catch (error) {
    assert.ok(error instanceof InvalidSettings)
    return error.faults.map((fault) => fault.name)
  }
}

test('production wants a public address, in https unless it is accepted by name, and says so with every other fault', () => {
  const plain = { LATCHKEY_PUBLIC_URL: 'http://id.example.com' }
  assert.deepEqual(faultsIn('production', {}), ['LATCHKEY_PUBLIC_URL'])
  assert.deepEqual(faultsIn('production', { ...plain, PORT: 'x' }), ['PORT', 'LATCHKEY_PUBLIC_URL'])
  assert.deepEqual(faultsIn('production', { ...plain, LATCHKEY_ALLOW_INSECURE_HTTP: 'true' }), [])
  assert.deepEqual(faultsIn('production', { LATCHKEY_PUBLIC_URL: 'http://localhost:8000' }), [])
  assert.deepEqual(faultsIn('development', {}), [])
})

test('what is loopback and what only looks like it', () => {
  for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '::1', '[::1]', 'app.localhost']) {
    assert.ok(isLoopback(host), host)
  }
  for (const host of ['0.0.0.0', '::', '127.0.0.1.example.com', 'localhost.example.com', '10.0.0.1', '128.0.0.1']) {
    assert.ok(!isLoopback(host), host)
  }
})

test('runserver takes a port, a host with a port, and an IPv6 address, as Django does', () => {
  const read = (text: string): readonly string[] =>
    addressFlags(text).map(({ key, value }) => `${key}=${String(value)}`)
  assert.deepEqual(read('8001'), ['server.port=8001'])
  assert.deepEqual(read('0.0.0.0:8001'), ['server.port=8001', 'server.host=0.0.0.0'])
  assert.deepEqual(read('[::1]:8001'), ['server.port=8001', 'server.host=::1'])
  assert.throws(() => addressFlags('example.com'), /no address/)
  assert.deepEqual(addressFlags(undefined), [])
})

test('a lost master key is an invalid setting that names the file, and no second key is made beside the old database', async () => {
  const started = await start(['serve', '--port', '0'], { LATCHKEY_PUBLIC_URL: 'https://id.example.com' })
  await stop(started, 'SIGTERM')
  const key = join(folder, 'serve', 'master.key')
  await rm(key)
  const again = await start(['serve', '--port', '0'], { LATCHKEY_PUBLIC_URL: 'https://id.example.com' })
  assert.match(JSON.stringify(again.first), /master\.key is missing.*backup/)
  assert.equal(existsSync(key), false)
})
