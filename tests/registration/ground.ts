// What the tests of registration share: a server whose policy is set, its registration endpoint, initial access tokens.
import assert from 'node:assert/strict'
import { systemRandom } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import {
  generateRegistrationToken,
  insertInitialToken,
} from '../../packages/authorization-server/src/records/registrations/index.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../support/server.ts'

export type Json = Readonly<Record<string, unknown>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Json
}

export const web: Json = { client_name: 'Photo Printer', redirect_uris: ['https://printer.example/cb'] }

export function startWith(registration: Json, options: Omit<TestServerOptions, 'settings'> = {}): Promise<TestServer> {
  return startTestServer({ ...options, settings: { registration } })
}

export async function call(
  method: string,
  url: string,
  { body, token }: { readonly body?: unknown; readonly token?: string | undefined } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const sent = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json'
  return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(sent) as Json) : {} }
}

export function register(server: TestServer, body: unknown, token?: string): Promise<Answer> {
  return call('POST', `${server.url}/o/register/`, { body, token })
}

/** Registers, which must succeed. */
export async function registered(server: TestServer, members: Json = {}, token?: string): Promise<Json> {
  const answer = await register(server, { ...web, ...members }, token)
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}

export async function initialToken(
  server: TestServer,
  { mostUses = 1, lifetimeMs = 3_600_000 }: { readonly mostUses?: number; readonly lifetimeMs?: number } = {},
): Promise<string> {
  const { token, digest } = generateRegistrationToken('initial', systemRandom)
  const now = server.clock.now()
  const write = insertInitialToken(digest, { name: 'test', expiresAt: now + lifetimeMs, mostUses }, now)
  assert.ok((await server.context.database.commit([write])).won)
  return token
}

export function text(body: Json, member: string): string {
  const value = body[member]
  if (typeof value !== 'string') throw new Error(`${member} is no text: ${JSON.stringify(value)}`)
  return value
}

/** The trail of a client, oldest first. */
export async function trail(server: TestServer): Promise<readonly { readonly kind: string; readonly detail: Json }[]> {
  const { database } = server.context
  const { sql } = await import('../../packages/authorization-server/src/platform/storage/index.ts')
  const rows = await database.all(sql`select kind, detail from events order by id`)
  return rows.map((row) => ({ kind: String(row['kind']), detail: JSON.parse(String(row['detail'])) as Json }))
}
