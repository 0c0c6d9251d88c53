// A server with a chosen clock and settings whose database counts what is written, and ways to send many requests at once.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type LatchkeyServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { type FaultyDatabase, faulty } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { type FixedClock, fixedClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import { foreground } from '../support/foreground.ts'
import { FormBrowser } from '../support/form-browser.ts'

const origin = 'http://localhost:8000'

export interface Place {
  readonly server: LatchkeyServer
  readonly clock: FixedClock
  readonly database: FaultyDatabase
  browser(address?: string): FormBrowser
  post(path: string, fields: Readonly<Record<string, string>>, options?: Sent): Promise<Answer>
  close(): Promise<void>
}

export interface Sent {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  readonly address?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly body: string
}

/** @param limits settings of the room `limits` */
export async function place(limits: Readonly<Record<string, number>> = {}): Promise<Place> {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-overload-'))
  const clock = fixedClock(Date.UTC(2027, 0, 15, 12))
  let database: FaultyDatabase | undefined
  const server = await createServer({
    development: true,
    settings: { server: { dataDir }, limits },
    deps: { clock, log: silentLog, wrapDatabase: (opened) => foreground(opened, (database = faulty(opened))) },
  })
  if (database === undefined) throw new Error('The database was not wrapped.')
  const { http } = server.app
  return {
    server,
    clock,
    database,
    browser: (address) => new FormBrowser(http, { origin, ...(address === undefined ? {} : { address }) }),
    async post(path, fields, { method = 'POST', headers = {}, address = '192.0.2.1' } = {}) {
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      const payload = new URLSearchParams(fields).toString()
      const body = method === 'GET' ? {} : { payload }
      const sent = { method, url: path, headers: { ...type, ...headers }, remoteAddress: address, ...body }
      const reply = await http.inject(sent)
      return { status: reply.statusCode, headers: reply.headers, body: reply.body }
    },
    async close() {
      await server.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** How often each value occurs. */
export function tally(values: readonly (number | string)[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(values, String)].map(([value, all]) => [value, all.length]))
}

export function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => n)
}

/** The password grant of the demo's confidential client. */
export function passwordGrant(username: string, password: string): Readonly<Record<string, string>> {
  return {
    grant_type: 'password',
    username,
    password,
    client_id: 'clientId',
    client_secret: 'clientSecret',
  }
}
