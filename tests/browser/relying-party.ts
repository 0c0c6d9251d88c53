// An app that people sign in to, as small as it can be: it begins a request, keeps what comes back, and redeems codes.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import {
  defaultClientSettings,
  insertClient,
  insertSecret,
  storeChosenSecret,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { basic, postForm, type TestServer, type Tokens } from '../support/server.ts'

export interface RelyingPartyOptions {
  readonly clientId: string
  readonly name: string
  readonly scopes?: readonly string[]
  /** Who may manage its registration. */
  readonly ownerId?: number
}

export interface BegunRequest {
  /** Where the browser is sent. */
  readonly url: string
  readonly state: string
  readonly verifier: string
}

export interface RelyingParty {
  readonly origin: string
  readonly redirectUri: string
  begin(changes?: Readonly<Record<string, string>>): BegunRequest
  /** What came to the redirect URI, newest last. */
  readonly callbacks: readonly URLSearchParams[]
  redeem(code: string, verifier: string): Promise<Tokens>
  refresh(refreshToken: string): Promise<Response>
  close(): Promise<void>
}

const secret = 'relying-party-secret'

/** Listens on a port of its own, and is registered at the server under that port. */
export async function startRelyingParty(server: TestServer, options: RelyingPartyOptions): Promise<RelyingParty> {
  const callbacks: URLSearchParams[] = []
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname === '/favicon.ico') {
      response.writeHead(204).end()
      return
    }
    if (url.pathname === '/callback') callbacks.push(url.searchParams)
    const lines = [...url.searchParams].map(([name, value]) => `<dt>${escaped(name)}<dd>${escaped(value)}`)
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(
        `<!doctype html><html lang="en"><title>${options.name}</title><h1>Back at the app</h1><dl>${lines.join('')}</dl>`,
      )
  })
  http.listen(0, 'localhost')
  await once(http, 'listening')
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('The app has no port.')
  const origin = `http://localhost:${address.port}`
  const redirectUri = `${origin}/callback`
  await register(server, options, redirectUri)
  const credentials = basic(options.clientId, secret)
  return {
    origin,
    redirectUri,
    callbacks,
    begin: (changes = {}) => begin(server, options, redirectUri, changes),
    async redeem(code, verifier) {
      const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
      const response = await postForm(`${server.url}/o/token/`, fields, credentials)
      if (response.status !== 200) throw new Error(`The code was refused: ${await response.text()}`)
      return (await response.json()) as Tokens
    },
    refresh: (token) =>
      postForm(`${server.url}/o/token/`, { grant_type: 'refresh_token', refresh_token: token }, credentials),
    async close() {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
}

async function register(server: TestServer, options: RelyingPartyOptions, redirectUri: string): Promise<void> {
  const { context } = server
  const { clientId, name, ownerId } = options
  const settings = {
    ...defaultClientSettings({ clientId, name, isConfidential: true }),
    redirectUris: [redirectUri],
    scopes: options.scopes ?? ['openid', 'profile', 'email', 'offline_access', 'read', 'write'],
    ownerId,
  }
  const now = context.clock.now()
  const stored = await storeChosenSecret(secret, context.passwords)
  await context.database.commit([insertClient(settings, now), insertSecret(clientId, stored, now)])
}

function begin(
  server: TestServer,
  { clientId }: RelyingPartyOptions,
  redirectUri: string,
  changes: Readonly<Record<string, string>>,
): BegunRequest {
  const state = randomBytes(12).toString('base64url')
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid profile offline_access write',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  })
  return { url: `${server.url}/o/authorize/?${query.toString()}`, state, verifier }
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
