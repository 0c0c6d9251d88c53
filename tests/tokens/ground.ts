// What tests of tokens stand on: APIs, a client that may name them, and requests whose parameters may come more than once.
import {
  insertApi,
  insertApiClient,
  insertApiScope,
} from '../../packages/authorization-server/src/records/scopes/index.ts'
import type { NewApi } from '../../packages/authorization-server/src/records/scopes/index.ts'
import type { Context } from '../../packages/authorization-server/src/features/context/index.ts'
import type { TestServer } from '../support/server.ts'

export interface ApiChoice extends Partial<NewApi> {
  readonly scopes?: readonly string[]
  /** Clients that may ask about its tokens. */
  readonly clientIds?: readonly string[]
}

export async function registerApi(context: Context, audience: string, choice: ApiChoice = {}): Promise<void> {
  const { scopes = [], clientIds = [], ...changes } = choice
  const api: NewApi = {
    audience,
    name: audience,
    tokenFormat: 'opaque',
    signingAlgorithm: 'RS256',
    accessTokenLifetimeSeconds: undefined,
    ...changes,
  }
  const { won } = await context.database.commit([
    insertApi(api, context.clock.now()),
    ...scopes.map((scope) => insertApiScope(audience, scope, scope)),
    ...clientIds.map((clientId) => insertApiClient(audience, clientId)),
  ])
  if (!won) throw new Error(`The API ${audience} was not stored.`)
  context.apis.forget()
}

export type Fields = readonly (readonly [name: string, value: string])[]

export interface Answer {
  readonly status: number
  readonly type: string | null
  readonly text: string
  /** The members of a JSON answer. */
  readonly body: Readonly<Record<string, unknown>>
}

export async function send(
  { server }: Pick<TestServer, 'server'>,
  path: string,
  fields: Fields,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const reply = await server.app.http.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields.map(([name, value]) => [name, value])).toString(),
  })
  return answerOf(reply.statusCode, reply.headers['content-type'], reply.body)
}

export async function getAs({ server }: Pick<TestServer, 'server'>, path: string, token: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` }
  const reply = await server.app.http.inject({ method: 'GET', url: path, headers })
  return answerOf(reply.statusCode, reply.headers['content-type'], reply.body)
}

function answerOf(status: number, type: unknown, text: string): Answer {
  const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status, type: typeof type === 'string' ? type : null, text, body }
}

export function pairs(fields: Readonly<Record<string, string>>): Fields {
  return Object.entries(fields)
}

export function textOf(answer: Answer, member: string): string {
  const value = answer.body[member]
  if (typeof value !== 'string') throw new Error(`No ${member}: ${answer.status} ${answer.text}`)
  return value
}

/** What a JWT says; its signature is not looked at. */
export function payloadOf(jwt: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
}

export function headerOf(jwt: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>
}

/** The server's public keys, as an API would fetch them. */
export async function jwksOf({ server }: Pick<TestServer, 'server'>): Promise<{ keys: Record<string, string>[] }> {
  const reply = await server.app.http.inject({ method: 'GET', url: '/o/.well-known/jwks.json' })
  return JSON.parse(reply.body) as { keys: Record<string, string>[] }
}
