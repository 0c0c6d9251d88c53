/**
 * The embedding door: a whole authorization server inside another program, or inside a test, with or without a socket.
 */
import type { RequestListener } from 'node:http'
import { type App, createApp } from './app.ts'
import { type Settings, settingFragments } from './config.ts'
import { describeDemo, seedDemo } from './demo.ts'
import { type Deps, systemDeps } from './deps.ts'
import {
  type NewAccount,
  type OwnApi,
  type OwnClient,
  type OwnClientCredentials,
  registerOwnClient,
  type SignedInPerson,
  signedInPerson,
  signUpPerson,
  type SignUpResult,
} from './embedding.ts'
import { loadSettings } from './platform/config/index.ts'
import { insertStandardScopes } from './records/scopes/index.ts'

export type { Deps } from './deps.ts'
export type { Settings } from './config.ts'
export type { NewAccount, OwnApi, OwnClient, OwnClientCredentials, SignedInPerson, SignUpResult } from './embedding.ts'

/**
 * How a server is embedded.
 */
export interface CreateServerOptions {
  /** Settings by room and name, as in the settings file: `{ server: { dataDir: '…' } }`. The environment is not read. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Seeds the demo's users and clients into an empty database, and lets pages say more. */
  readonly development?: boolean
  /** Clock, randomness and log, where others than the system's are wanted. */
  readonly deps?: Partial<Deps>
}

/**
 * A running authorization server.
 */
export interface LatchkeyServer {
  readonly app: App
  /** The issuer, as it stands in metadata and tokens. */
  readonly issuer: string
  /** Answers one request without a socket; `address` is whose it is, where the program speaks for others. */
  fetch(request: Request, caller?: { readonly address?: string }): Promise<Response>
  /** What Node's own HTTP servers call, for a program that serves its own addresses beside the server's on one port. */
  handler(): Promise<RequestListener>
  /** Makes a confidential client of the program's own, or brings it up to date. Its secret is a new one at every call. */
  registerClient(client: OwnClient): Promise<OwnClientCredentials>
  /** Makes an account as the sign-up page does: same rules for names and passwords, same limits. */
  signUp(account: NewAccount): Promise<SignUpResult>
  /** Who is signed in on the server's pages, by the Cookie header of a request to the same address. */
  signedIn(cookie: string | undefined): Promise<SignedInPerson | undefined>
  /** Settings for `protect` of `@latchkey/resource-server`: an API in this process, for tokens and for these sessions. */
  ownApi(client: OwnClientCredentials): OwnApi
  /** Listens on the host and port of the settings, and says at which address. */
  listen(): Promise<string>
  /** Says that it leaves, and goes on answering for the drain delay; `close` comes next. */
  drain(): Promise<void>
  close(): Promise<void>
}

/**
 * Creates an authorization server: opens its database, brings the tables up to date, makes the keys it lacks.
 * @param options settings, mode and outside world
 * @returns the server; nothing listens until `listen` is called
 * @throws InvalidSettings with every fault at once
 * @example
 * const server = await createServer({ settings: { server: { dataDir: '.latchkey' } } })
 * const response = await server.fetch(new Request('http://localhost:8000/health/live'))
 */
export async function createServer(options: CreateServerOptions = {}): Promise<LatchkeyServer> {
  const sources = { environment: {}, flags: [], readFile: noFile }
  const assumed = { because: 'createServer', values: flatten(options.settings ?? {}) }
  const { settings, origins } = loadSettings(settingFragments, sources, { assumed })
  return startServer({ ...settings, origins }, options.development ?? false, options.deps)
}

/** An embedded server reads no settings file: its settings are the argument. */
function noFile(path: string): string {
  throw new Error(`An embedded server does not read ${path}.`)
}

function flatten(settings: NonNullable<CreateServerOptions['settings']>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([room, values]) =>
      Object.entries(values).map(([name, value]) => [`${room}.${name}`, value]),
    ),
  )
}

/**
 * As {@link createServer}, with settings that are loaded already: what the commands `dev` and `serve` use.
 * @param settings every setting, checked
 * @param development whether the demo is seeded and pages say more
 * @param given clock, randomness and log, where others than the system's are wanted
 * @returns the server; nothing listens until `listen` is called
 */
export async function startServer(
  settings: Settings,
  development: boolean,
  given: Partial<Deps> = {},
): Promise<LatchkeyServer> {
  const deps: Deps = { ...systemDeps(settings.log, development), ...given }
  const { host, port } = settings.server
  const publicUrl = settings.identity.publicUrl ?? `http://${host}:${port}`
  const app = await createApp(settings, deps, {
    development,
    demo: development ? describeDemo(publicUrl) : undefined,
  })
  await app.context.database.commit(insertStandardScopes())
  if (development) await seedDemo(app.context)
  const signedIn = (cookie: string | undefined): Promise<SignedInPerson | undefined> =>
    signedInPerson(app.context, cookie)
  return {
    app,
    issuer: app.context.issuer,
    fetch: (request, caller) => answer(app, request, caller?.address),
    async handler() {
      await app.http.ready()
      // As if the server's own socket had brought it: whatever stands in front of the routes is passed, too.
      return (request, response) => void app.http.server.emit('request', request, response)
    },
    registerClient: (client) => registerOwnClient(app.context, client),
    signUp: (account) => signUpPerson(app.context, account),
    signedIn,
    ownApi: (client) => ({
      issuer: app.context.issuer,
      introspection: client,
      withoutAudience: 'accept',
      cacheSeconds: 0,
      negativeCacheSeconds: 0,
      login: '/accounts/login/',
      fetch: (url, init) => answer(app, new Request(url, init), undefined),
      async session(request) {
        const user = await signedIn(request.header('cookie'))
        return user === undefined ? undefined : { user }
      },
    }),
    listen: () => app.http.listen({ host, port }),
    drain: () => app.drain(),
    close: () => app.close(),
  }
}

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const

function methodOf(request: Request): (typeof methods)[number] {
  const method = methods.find((known) => known === request.method)
  if (method === undefined) throw new TypeError(`A server is not asked with ${request.method}.`)
  return method
}

async function answer(app: App, request: Request, address: string | undefined): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const body = Buffer.from(await request.arrayBuffer())
  const reply = await app.http.inject({
    method: methodOf(request),
    url: pathname + search,
    headers: Object.fromEntries(request.headers),
    ...(address === undefined ? {} : { remoteAddress: address }),
    ...(body.length === 0 ? {} : { payload: body }),
  })
  const headers = new Headers()
  for (const [name, value] of Object.entries(reply.headers)) {
    for (const one of [value].flat()) if (one !== undefined) headers.append(name, String(one))
  }
  const empty = reply.statusCode === 204 || reply.statusCode === 304
  return new Response(empty ? null : new Uint8Array(reply.rawPayload), { status: reply.statusCode, headers })
}
