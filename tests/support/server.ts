// A real server on a port of its own, over a folder of its own, with a clock that the test holds.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Deps, type LatchkeyServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { type FixedClock, fixedClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import { freePort } from './port.ts'

export interface TestServer {
  /** Where it listens and what it calls itself, without a trailing slash. */
  readonly url: string
  readonly issuer: string
  readonly clock: FixedClock
  readonly server: LatchkeyServer
  readonly context: LatchkeyServer['app']['context']
  readonly dataDir: string
  /** Stops it and removes its folder. */
  close(): Promise<void>
}

export interface TestServerOptions {
  /** By room and name; the demo is seeded, so its users and clients are there. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly dataDir?: string
  /** False starts it as `latchkey serve` would: without a demo. */
  readonly development?: boolean
  /** The world outside, besides the clock and the log. */
  readonly deps?: Partial<Deps>
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'latchkey-test-')))
  const port = await freePort()
  const clock = fixedClock(Date.UTC(2027, 0, 15, 12))
  const { server: own = {}, ...others } = options.settings ?? {}
  const server = await createServer({
    development: options.development ?? true,
    settings: { ...others, server: { dataDir, port, ...own } },
    deps: { log: silentLog, ...options.deps, clock },
  })
  await server.listen()
  return {
    url: `http://localhost:${port}`,
    issuer: server.issuer,
    clock,
    server,
    context: server.app.context,
    dataDir,
    async close() {
      await server.close()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Posts a form to the server, as the seeds' clients do. */
export async function postForm(
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' })
}

export function basic(clientId: string, secret: string): Readonly<Record<string, string>> {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

export interface Tokens {
  readonly access_token: string
  readonly expires_in: number
  readonly token_type: string
  readonly scope: string
  readonly refresh_token: string
  /** Of a flow that asked for openid. */
  readonly id_token?: string
}

/** Tokens by the password grant, for the demo's first user and first client unless said otherwise. */
export async function passwordTokens(url: string, fields: Readonly<Record<string, string>> = {}): Promise<Tokens> {
  const response = await postForm(`${url}/o/token/`, {
    grant_type: 'password',
    username: 'admin@email.com',
    password: 'testpass123',
    client_id: 'clientId',
    client_secret: 'clientSecret',
    ...fields,
  })
  if (response.status !== 200) throw new Error(`The password grant answered ${response.status}.`)
  return (await response.json()) as Tokens
}
