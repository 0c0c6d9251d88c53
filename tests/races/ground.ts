// What tests of authority stand on: clients of their own, a person who is signed in, codes without a browser, and requests
// with or without a socket.
import { createHash } from 'node:crypto'
import { issueMembers } from '../../packages/authorization-server/src/features/authorization/issue.ts'
import type { AskedAuthorization } from '../../packages/authorization-server/src/features/authorization/transaction.ts'
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import type { Context } from '../../packages/authorization-server/src/features/context/index.ts'
import { randomId } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import {
  type ClientSettings,
  defaultClientSettings,
  findClient,
  generateSecret,
  insertClient,
  insertSecret,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { findAuthorizationBasis } from '../../packages/authorization-server/src/records/grants/index.ts'
import { findInstallation } from '../../packages/authorization-server/src/records/installation/index.ts'
import { findSession, insertSession } from '../../packages/authorization-server/src/records/sessions/index.ts'
import { findUserByIdentifier } from '../../packages/authorization-server/src/records/users/index.ts'
import type { TestServer } from '../support/server.ts'

export const callback = 'http://localhost:9999/callback'
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const challenge: string = createHash('sha256').update(verifier).digest('base64url')

/** A client that exists, with what it authenticates by. */
export interface TestClient {
  readonly clientId: string
  readonly row: number
  /** Its id and secret as form fields. */
  readonly credentials: Readonly<Record<string, string>>
}

export async function registerClient(
  context: Context,
  clientId: string,
  changes: Partial<ClientSettings> = {},
): Promise<TestClient> {
  const isConfidential = changes.isConfidential ?? true
  const defaults = defaultClientSettings({ clientId, name: clientId, isConfidential })
  const settings = { ...defaults, redirectUris: [callback], introspection: 'any' as const, ...changes }
  const { secret, stored } = generateSecret(context.random)
  const now = context.clock.now()
  const result = await context.database.commit([
    insertClient(settings, now),
    ...(isConfidential ? [insertSecret(clientId, stored, now)] : []),
  ])
  const client = await findClient(context.database, clientId)
  if (!result.won || client === undefined) throw new Error(`The client ${clientId} was not stored.`)
  const credentials = isConfidential ? { client_id: clientId, client_secret: secret } : { client_id: clientId }
  return { clientId, row: client.row, credentials }
}

/** Puts a session into the tables as sign-in does, without the price of a password. */
export async function signedIn(context: Context, identifier: string): Promise<SignedIn> {
  const user = await findUserByIdentifier(context.database, identifier)
  const installation = await findInstallation(context.database)
  if (user === undefined || installation === undefined) throw new Error(`There is no ${identifier}.`)
  const now = context.clock.now()
  const id = randomId(context.random)
  const session = {
    id,
    userId: user.id,
    userEpoch: user.epoch,
    installationEpoch: installation.epoch,
    methods: ['pwd'],
    userAgent: 'test',
    address: '127.0.0.1',
    createdAt: now,
    authenticatedAt: now,
    lastSeenAt: now,
    expiresAt: now + 2_592_000_000,
  }
  await context.database.commit([insertSession(session)])
  const view = await findSession(context.database, id)
  if (view === undefined) throw new Error('The session was not stored.')
  return { kind: 'signed-in', session: view.session, user: view.user }
}

/** A code as the authorization endpoint issues it once sign-in and consent are done. */
export async function codeFor(
  context: Context,
  person: SignedIn,
  client: TestClient,
  asked: Partial<AskedAuthorization> = {},
): Promise<string> {
  const registered = await findClient(context.database, client.clientId)
  const basis = registered && (await findAuthorizationBasis(context.database, person.user.id, registered.row))
  const members =
    registered &&
    basis &&
    (await issueMembers(
      context,
      registered,
      person,
      {
        clientRow: registered.row,
        responseType: 'code',
        responseMode: 'query',
        scopes: ['read', 'write'],
        scopesToAllow: ['read', 'write'],
        audiences: [],
        claims: '',
        demands: { prompt: [], maxAgeSeconds: undefined, subjects: undefined, acrValues: undefined },
        redirectUri: callback,
        redirectUriWasSent: true,
        state: undefined,
        nonce: undefined,
        codeChallenge: { challenge, method: 'S256' },
        ...asked,
      },
      { consentEpoch: basis.consent?.epoch ?? 0, standing: basis.standing },
    ))
  const [, code] = members?.find(([name]) => name === 'code') ?? []
  if (code === undefined) throw new Error('No code was issued.')
  return code
}

export interface Answer {
  readonly status: number
  /** The members of a JSON answer; none where the answer is no JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

/** Posts a form to a path of the server. */
export type Post = (
  path: string,
  fields: Readonly<Record<string, string>>,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>

/** Without a socket, for tests of many rounds. */
export function injecting({ server }: Pick<TestServer, 'server'>): Post {
  return async (path, fields, headers = {}) => {
    const reply = await server.app.http.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams(fields).toString(),
    })
    return { status: reply.statusCode, body: membersOf(reply.body) }
  }
}

/** Over real sockets, many at once. */
export function overSockets({ url }: Pick<TestServer, 'url'>): Post {
  return async (path, fields, headers = {}) => {
    const body = new URLSearchParams(fields)
    const reply = await fetch(url + path, { method: 'POST', body, headers, redirect: 'manual' })
    return { status: reply.status, body: membersOf(await reply.text()) }
  }
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
}

/** A bearer's GET: the status alone. */
export async function getAs({ server }: Pick<TestServer, 'server'>, path: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await server.app.http.inject({ method: 'GET', url: path, headers })).statusCode
}

export function redeem(post: Post, client: TestClient, code: string): Promise<Answer> {
  return post('/o/token/', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
    ...client.credentials,
  })
}

export function refresh(post: Post, client: TestClient, token: string): Promise<Answer> {
  return post('/o/token/', { grant_type: 'refresh_token', refresh_token: token, ...client.credentials })
}

export async function isActive(post: Post, caller: TestClient, token: string): Promise<boolean> {
  const answer = await post('/o/introspect/', { token, ...caller.credentials })
  if (answer.status !== 200) throw new Error(`Introspection answered ${answer.status}.`)
  return answer.body['active'] === true
}

export interface Pair {
  readonly access: string
  readonly refresh: string
}

/** The two tokens of an answer that must be a success. */
export function pairOf(answer: Answer): Pair {
  const { access_token: access, refresh_token: refreshToken } = answer.body
  if (answer.status !== 200 || typeof access !== 'string' || typeof refreshToken !== 'string') {
    throw new Error(`No tokens: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
  return { access, refresh: refreshToken }
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}
