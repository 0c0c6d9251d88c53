// A server with a few clients, browsers that sign in to them, and a client's own server that takes logout tokens.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import {
  type ClientMetadata,
  type ClientSettings,
  defaultClientSettings,
  findClient,
  insertClient,
  plainMetadata,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { FormBrowser, type Page } from '../support/form-browser.ts'
import { postForm, startTestServer, type TestServer, type TestServerOptions } from '../support/server.ts'

export const alice = { username: 'alice', password: 'correct-horse-battery' }
export const admin = { username: 'admin@email.com', password: 'testpass123' }
export const redirectUri = 'http://localhost:9999/callback'
export const returnUri = 'http://localhost:9999/bye'

const verifier = 'a-code-verifier-that-is-long-enough-to-be-taken-0123456789'

export type ClientChanges = Partial<Omit<ClientSettings, 'metadata'>> & { readonly metadata?: Partial<ClientMetadata> }

/** A public client for which nobody is asked; returns its row's number. */
export async function addClient(
  { context }: TestServer,
  clientId: string,
  changes: ClientChanges = {},
): Promise<number> {
  const settings: ClientSettings = {
    ...defaultClientSettings({ clientId, name: clientId, isConfidential: false }),
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: [redirectUri],
    postLogoutRedirectUris: [returnUri],
    scopes: ['openid', 'profile', 'offline_access', 'read'],
    consent: 'skip',
    ...changes,
    metadata: { ...plainMetadata, ...changes.metadata },
  }
  await context.database.commit([insertClient(settings, context.clock.now())])
  context.clients.forget()
  return (await findClient(context.database, clientId))?.row ?? 0
}

/** Of the demo: its two users; `shop` and `wiki` as clients. */
export async function startGround(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startTestServer(options)
  await addClient(server, 'shop')
  await addClient(server, 'wiki')
  return server
}

export function browserAt(server: TestServer): FormBrowser {
  return new FormBrowser(server.server.app.http, { origin: server.url })
}

export async function signedIn(
  server: TestServer,
  who: { username: string; password: string } = alice,
): Promise<FormBrowser> {
  const browser = browserAt(server)
  const page = await browser.signIn(who.username, who.password)
  if (page.status !== 200) throw new Error(`Signing in answered ${page.status}.`)
  return browser
}

export interface SignInTokens {
  readonly id_token: string
  readonly access_token: string
  readonly refresh_token?: string
}

export function authorizePath(clientId: string, parameters: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'openid',
    state: 'a-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  })
  return `/o/authorize/?${query.toString()}`
}

/** Signs whoever sits at the browser in to a client. */
export async function tokensFor(
  server: TestServer,
  browser: FormBrowser,
  clientId: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<SignInTokens> {
  const { location } = await browser.get(authorizePath(clientId, parameters))
  const code = new URL(location ?? '', server.url).searchParams.get('code')
  if (code === null) throw new Error(`No code came: ${location}`)
  return redeem(server, clientId, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })
}

export async function redeem(
  server: TestServer,
  clientId: string,
  fields: Readonly<Record<string, string>>,
): Promise<SignInTokens> {
  const response = await postForm(`${server.url}/o/token/`, { client_id: clientId, ...fields })
  if (response.status !== 200) throw new Error(`The token request was answered ${response.status}.`)
  return (await response.json()) as SignInTokens
}

export function payloadOf(jwt: string): Readonly<Record<string, unknown>> {
  const [, body = ''] = jwt.split('.')
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Readonly<Record<string, unknown>>
}

export function logoutPath(parameters: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(parameters).toString()
  return `/o/logout/${query === '' ? '' : `?${query}`}`
}

/** Whether the account still opens to the browser. */
export async function isSignedIn(browser: FormBrowser): Promise<boolean> {
  return (await browser.get('/account/')).status === 200
}

export function saysSignedOut(page: Page): boolean {
  return page.status === 200 && page.text.includes('You are signed out')
}

export interface Told {
  readonly path: string
  readonly type: string
  readonly token: string
}

export interface PartyServer {
  readonly url: string
  readonly told: readonly Told[]
  /** What it answers from now on; undefined leaves the caller without an answer. */
  answers(status: number | undefined): void
  close(): Promise<void>
}

/** The server of a client, which takes logout tokens. */
export async function startParty(): Promise<PartyServer> {
  const told: Told[] = []
  let status: number | undefined = 200
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const token = new URLSearchParams(text).get('logout_token') ?? ''
      told.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', token })
      if (status !== undefined) response.writeHead(status, { 'cache-control': 'no-store' }).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port could be had.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    told,
    answers(next) {
      status = next
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
