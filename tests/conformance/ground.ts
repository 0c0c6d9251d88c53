// A server behind TLS, reached by its public name only; a relying party beside it; and a person who has told the server all about
// themselves, over its own pages.
import assert from 'node:assert/strict'
import type { JSONWebKeySet } from 'jose'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, type TestServer } from '../support/server.ts'
import { Browser, type Visited } from './browser.ts'
import { selfSigned } from './certificate.ts'
import { type PartyServer, partyHost, startParty } from './party.ts'
import type { Credentials } from './person.ts'
import { startTlsProxy, type TlsProxy } from './tls-proxy.ts'
import { jsonOf, openWire, type Wire } from './wire.ts'

export const providerHost = 'op.example'
/** Two more names of the relying party. */
export const sectorHost = 'sector.example'

export interface GroundOptions {
  readonly sessionManagement?: boolean
  /** PostgreSQL in the place of the embedded database. */
  readonly databaseUrl?: string
}

export interface Ground {
  readonly wire: Wire
  readonly party: PartyServer
  readonly server: TestServer
  /** For tests of the tests: makes the server a worse one. */
  readonly damage: TlsProxy['damage']
  /** The server's public address. */
  readonly origin: string
  readonly issuer: string
  readonly person: Credentials
  /** Of a person who is signed in already; take a copy. */
  readonly signedIn: Browser
  /** The metadata as they are now. */
  metadata(): Promise<Readonly<Record<string, unknown>>>
  endpoint(name: string): Promise<string>
  jwks(): Promise<JSONWebKeySet>
  close(): Promise<void>
}

/** Nothing of it may run out in a test: each file is many strangers at one address, in no time. */
const wideLimits = {
  signInAttemptsPerSource: 100_000,
  clientFailuresPerMinute: 100_000,
  strangerFailuresPerMinute: 100_000,
  eventLoopLagMs: 60_000,
}
const openRegistration = {
  policy: 'open',
  legacyResponseTypes: true,
  requirePkce: false,
  perSourcePerHour: 100_000,
}

export async function startGround(options: GroundOptions = {}): Promise<Ground> {
  const identity = selfSigned([providerHost, partyHost, sectorHost])
  const proxy = await startTlsProxy(identity)
  const party = await startParty(identity)
  const wire = openWire(identity.certificate)
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-conformance-'))
  const origin = `https://${providerHost}:${proxy.port}`
  let server: TestServer | undefined
  const close = async (): Promise<void> => {
    wire.close()
    await proxy.close()
    await server?.close()
    await party.close()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    server = await startServer({ origin, dataDir, certificate: identity.certificate }, options)
    proxy.lead(Number(new URL(server.url).port))
    const signedIn = new Browser(wire)
    await signUp(signedIn, origin)
    server.clock.advance(1_000)
    return {
      wire,
      party,
      server,
      damage: proxy.damage,
      origin,
      issuer: server.issuer,
      person,
      signedIn,
      ...documentsOf(server, origin, wire),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface Place {
  readonly origin: string
  readonly dataDir: string
  readonly certificate: string
}

function startServer(
  { origin, dataDir, certificate }: Place,
  { sessionManagement = false, databaseUrl }: GroundOptions,
): Promise<TestServer> {
  return startTestServer({
    dataDir,
    development: false,
    settings: {
      server: { trustedProxies: ['127.0.0.1'], ...(databaseUrl === undefined ? {} : { databaseUrl }) },
      identity: { publicUrl: origin, sessionManagement },
      limits: wideLimits,
      registration: openRegistration,
    },
    deps: { outgoing: { allowLoopback: true, resolve: async () => ['127.0.0.1'], certificates: [certificate] } },
  })
}

function documentsOf(
  { issuer }: TestServer,
  origin: string,
  wire: Wire,
): Pick<Ground, 'metadata' | 'endpoint' | 'jwks'> {
  const metadata: Ground['metadata'] = async () => jsonOf(await wire.send(`${issuer}/.well-known/openid-configuration`))
  const endpoints = new Map<string, string>()
  const endpoint: Ground['endpoint'] = async (name) => {
    const url = endpoints.get(name) ?? (await metadata())[name]
    assert.ok(typeof url === 'string' && url.startsWith(`${origin}/`), `the metadata name no ${name}`)
    endpoints.set(name, url)
    return url
  }
  return { metadata, endpoint, jwks: async () => readKeys(await wire.send(await endpoint('jwks_uri'))) }
}

function readKeys(answered: Parameters<typeof jsonOf>[0]): JSONWebKeySet {
  const { keys } = jsonOf(answered)
  assert.ok(Array.isArray(keys), 'a key set has keys')
  return { keys }
}

const person: Credentials = { username: 'carroll@people.example', password: 'down the rabbit hole' }

/** Every standard claim that a person can tell (OpenID Connect Core §5.1). */
export const told = {
  first_name: 'Alice',
  last_name: 'Liddell',
  username: 'alice.liddell',
} as const
export const details = {
  middle_name: 'Pleasance',
  nickname: 'Al',
  profile: 'https://people.example/alice',
  picture: 'https://people.example/alice.png',
  website: 'https://alice.example/',
  gender: 'female',
  birthdate: '1852-05-04',
  zoneinfo: 'Europe/London',
  locale: 'en-GB',
  phone_number: '+442079460958',
  street_address: '1 Deanery Garden',
  locality: 'Oxford',
  region: 'Oxfordshire',
  postal_code: 'OX1 1DP',
  country: 'England',
} as const

async function signUp(browser: Browser, origin: string): Promise<void> {
  const { username: email, password } = person
  const own = { email, username: told.username, password }
  await send(browser, await browser.open(`${origin}/accounts/signup/`), '/accounts/signup/', own)
  const names = { first_name: told.first_name, last_name: told.last_name, password }
  await send(browser, await browser.open(`${origin}/account/profile/`), '/account/profile/', names)
  await send(browser, await browser.open(`${origin}/account/details/`), '/account/details/', details)
}

async function send(
  browser: Browser,
  visited: Visited,
  action: string,
  typed: Readonly<Record<string, string>>,
): Promise<void> {
  const { page } = await browser.submit(visited, visited.page.form(action), typed)
  assert.equal(page.status, 200, page.text)
  assert.ok(!page.body.includes('aria-invalid="true"'), page.text)
}
