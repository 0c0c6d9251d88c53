// The client against the real server, over HTTP: two apps with one sign-in, and a logout that reaches both.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import express from 'express'
import { fastify, type FastifyInstance } from 'fastify'
import { login, type LoginFailure, type OAuthProvider } from '@latchkey/client'
import { expressLogin } from '@latchkey/client/express'
import { fastifyLogin } from '@latchkey/client/fastify'
import { fetchLogin } from '@latchkey/client/fetch'
import { memoryAccounts, memorySessions } from '@latchkey/client/stores/memory'
import { type TestApp, TestBrowser } from '@latchkey/client/testing'
import { plainMetadata } from '../../packages/authorization-server/src/records/clients/index.ts'
import { registerClient } from '../races/ground.ts'
import { FormBrowser, type Page } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const alice = { username: 'alice', password: 'correct-horse-battery' }
const secret = 'a secret of at least 32 characters'

interface App {
  readonly origin: string
  /** What the app was told of failures. */
  readonly failures: LoginFailure[]
  /** For an app that does not listen. */
  readonly handle?: TestApp
  close(): Promise<unknown>
}

let server: TestServer
let shop: App
let wiki: App

/** Registers an app at the server, with consent, and everything that it needs to hear of a logout. */
async function registered(
  clientId: string,
  origin: string,
): Promise<{ readonly clientId: string; readonly clientSecret: string }> {
  const { credentials } = await registerClient(server.context, clientId, {
    redirectUris: [`${origin}/auth/callback`],
    postLogoutRedirectUris: [`${origin}/auth/logged-out`],
    scopes: ['openid', 'profile', 'email', 'offline_access', 'read'],
    grantTypes: ['authorization_code', 'refresh_token'],
    idTokenAlgorithm: 'ES256',
    metadata: { ...plainMetadata, backchannelLogoutUri: `${origin}/auth/backchannel-logout` },
  })
  server.context.clients.forget()
  return { clientId, clientSecret: String(credentials['client_secret']) }
}

async function authOf(clientId: string, origin: string, failures: LoginFailure[]) {
  return login({
    issuer: server.issuer,
    ...(await registered(clientId, origin)),
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    secret,
    baseUrl: origin,
    sessions: memorySessions(),
    clock: server.clock,
    onFailure: (failure) => failures.push(failure),
  })
}

/** A port of its own, and whatever the app answers there once it is made. */
async function listening(make: (origin: string) => Promise<RequestListener>): Promise<Omit<App, 'failures'>> {
  const http = createServer().listen(0, 'localhost')
  await once(http, 'listening')
  const address = http.address()
  const origin = `http://localhost:${typeof address === 'object' ? address?.port : ''}`
  http.on('request', await make(origin))
  return {
    origin,
    async close() {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
}

async function startShop(): Promise<App> {
  const failures: LoginFailure[] = []
  const running = await listening(async (origin) => {
    const auth = fastifyLogin(await authOf('shop', origin, failures))
    const app: FastifyInstance = fastify()
    await app.register(auth.plugin)
    app.get('/', (request) => `Hello ${auth.session(request)?.user.username ?? 'world'}!`)
    app.get('/me', auth.required, (request) => `Hello ${auth.user(request).username}!`)
    await app.ready()
    return (request, response) => app.routing(request, response)
  })
  return { ...running, failures }
}

async function startWiki(): Promise<App> {
  const failures: LoginFailure[] = []
  const running = await listening(async (origin) => {
    const auth = expressLogin(await authOf('wiki', origin, failures))
    const app = express().use(auth)
    app.get('/', (request, response) => void response.send(`Hello ${auth.session(request)?.user.username ?? 'world'}!`))
    app.get('/me', auth.required, (request, response) => void response.send(`Hello ${auth.user(request).username}!`))
    return app
  })
  return { ...running, failures }
}

/** A person with one browser, at the server and at the apps. */
class Person {
  readonly atServer: FormBrowser = new FormBrowser(server.server.app.http, { origin: server.url })
  readonly #atApps = new Map<string, TestBrowser>()
  /** How often the person was asked something. */
  asked = 0

  at({ origin, handle = (request) => fetch(request) }: App): TestBrowser {
    const browser = this.#atApps.get(origin) ?? new TestBrowser(handle, origin)
    this.#atApps.set(origin, browser)
    return browser
  }

  /** Goes wherever it leads, and answers as a person does who wants to get in. */
  async open(app: App, path: string): Promise<string> {
    return this.follow(app, await this.at(app).open(path))
  }

  async follow(app: App, response: Response, press: 'allow' | 'cancel' = 'allow'): Promise<string> {
    let current = response
    for (let hops = 0; hops < 8; hops += 1) {
      const location = current.headers.get('location')
      if (location?.startsWith(server.url) !== true) return current.text()
      const page = await this.#answer(await this.atServer.open(location.slice(server.url.length)), press)
      if (page.location?.startsWith(app.origin) !== true) return page.body
      current = await this.at(app).open(page.location)
    }
    throw new Error('It leads in a circle.')
  }

  async #answer(page: Page, press: 'allow' | 'cancel'): Promise<Page> {
    if (page.forms.some(({ action }) => action === '/accounts/login/')) {
      this.asked += 1
      const next = await this.atServer.submit(page, { ...alice }, { action: '/accounts/login/' })
      return this.#answer(await this.atServer.follow(next), press)
    }
    if (!page.forms.some(({ action }) => action === '/o/authorize/')) return page
    this.asked += 1
    return this.atServer.submit(page, {}, { action: '/o/authorize/', button: press })
  }
}

before(async () => {
  server = await startTestServer()
  shop = await startShop()
  wiki = await startWiki()
})
after(async () => {
  await Promise.all([shop?.close(), wiki?.close()])
  await server?.close()
})

test('from the first click to "Hello alice!", and the second app without a click (SSO)', async () => {
  const person = new Person()
  assert.equal(await person.open(shop, '/'), 'Hello world!')
  assert.equal(await person.open(shop, '/me'), 'Hello alice!')
  assert.equal(person.asked, 2, 'sign-in and consent')
  assert.equal(await person.open(wiki, '/me'), 'Hello alice!')
  assert.equal(person.asked, 3, 'consent alone')
  await person.at(wiki).post('/auth/logout', { where: 'here' })
  assert.equal(await person.open(wiki, '/me'), 'Hello alice!')
  assert.equal(person.asked, 3, 'not asked at all')
  assert.deepEqual([...shop.failures, ...wiki.failures], [])
})

test('Cancel: the app says so', async () => {
  const person = new Person()
  await person.open(shop, '/me')
  await person.at(shop).post('/auth/logout', { where: 'here' })
  const begun = await person.at(shop).get('/auth/login?prompt=consent')
  assert.match(await person.follow(shop, begun, 'cancel'), /The sign-in was cancelled/)
  assert.equal(shop.failures.at(-1)?.reason, 'denied')
})

test('tokens are renewed at the server: 50 requests with an expired access token, one refresh, and later another', async () => {
  const person = new Person()
  await person.open(shop, '/me')
  for (let round = 0; round < 2; round += 1) {
    server.clock.advance(3_601_000)
    const answers = await Promise.all(Array.from({ length: 50 }, async () => (await person.at(shop).get('/me')).text()))
    assert.deepEqual(new Set(answers), new Set(['Hello alice!']))
  }
})

test('sessions in cookies over three processes: the server gives each the same successor, and no session is lost', async () => {
  const origin = 'http://localhost:3000'
  const client = await registered('cookies', origin)
  const failures: LoginFailure[] = []
  const common = { issuer: server.issuer, ...client, secret, baseUrl: origin, clock: server.clock }
  const onFailure = (failure: LoginFailure) => failures.push(failure)
  const processes = [0, 1, 2].map(() => {
    const auth = login({ ...common, onFailure, scopes: ['openid', 'profile', 'offline_access'] })
    return fetchLogin(auth)((_request, { session }) => new Response(session?.accessToken ?? 'nobody'))
  })
  const handle: TestApp = (request) => processes[0]?.(request) ?? new Response()
  const person = new Person()
  const app = { origin, failures, handle, close: async () => undefined }
  await person.open(app, '/auth/login')
  for (let round = 0; round < 3; round += 1) {
    server.clock.advance(3_601_000)
    const { cookie } = person.at(app)
    const asked = Array.from({ length: 12 }, async (_, at) => {
      const response = await processes[at % 3]?.(new Request(`${origin}/`, { headers: { cookie } }))
      return response?.text()
    })
    const tokens = new Set(await Promise.all(asked))
    assert.equal(tokens.has('nobody') || tokens.has(undefined), false)
    // The browser goes on with the cookie of one of them.
    await person.at(app).get('/')
  }
  assert.deepEqual(failures, [])
})

test('logging out of one app ends the session at the server, and signs the other app out', async () => {
  const person = new Person()
  await person.open(shop, '/me')
  await person.open(wiki, '/me')
  const left = await person.at(shop).post('/auth/logout', { next: '/' })
  assert.match(String(left.headers.get('location')), /\/o\/logout\/\?id_token_hint=/)
  assert.equal(await person.follow(shop, left), 'Hello world!')
  await until(async () => (await (await person.at(wiki).get('/')).text()) === 'Hello world!')
  const asked = person.asked
  assert.equal(await person.open(wiki, '/me'), 'Hello alice!')
  assert.equal(person.asked, asked + 1, 'the server asks for the password again')
})

test('a session that the server ends reaches the app', async () => {
  const person = new Person()
  await person.open(shop, '/me')
  await person.atServer.submit(await person.atServer.get('/accounts/logout/'), {}, { action: '/accounts/logout/' })
  await until(async () => (await (await person.at(shop).get('/')).text()) === 'Hello world!')
})

test('wrong secret: the page shows the incident that the server has recorded', async () => {
  const running = await listening(async (origin) => {
    const { clientId } = await registered('mistyped', origin)
    const clientSecret = 'guessed'
    const common = { issuer: server.issuer, secret, baseUrl: origin, clock: server.clock }
    return express().use(expressLogin(login({ ...common, clientId, clientSecret })))
  })
  try {
    const text = await new Person().open({ ...running, failures: [] }, '/auth/login')
    assert.match(text, /<h1>The sign-in server does not know this site<\/h1>/)
    assert.match(text, /<code id="incident">[\w-]{6,}<\/code>/)
  } finally {
    await running.close()
  }
})

test('seed 003: authorize, token and profile URL with a field mapping, at the path of its callback', async () => {
  const origin = 'http://localhost:9988'
  const custom: OAuthProvider = {
    id: 'customprovider',
    name: 'My Custom OAuth2 Provider',
    clientId: 'site',
    clientSecret: 'site-secret',
    clientAuthentication: 'post',
    scopes: ['read'],
    callbackPath: '/accounts/customprovider/login/callback/',
    endpoints: {
      authorization: `${server.url}/o/authorize/`,
      token: `${server.url}/o/token/`,
      profile: `${server.url}/profile/`,
    },
    fields: { subject: 'id', username: 'username', email: 'email', givenName: 'first_name', familyName: 'last_name' },
  }
  const accounts = memoryAccounts()
  const paths = { login: '/accounts/customprovider/login/', logout: '/accounts/logout/' }
  const auth = fastifyLogin(login({ ...custom, secret, baseUrl: origin, accounts, clock: server.clock, paths }))
  const app = fastify()
  await app.register(auth.plugin)
  app.get('/accounts/profile', (request) => `Hello ${auth.session(request)?.user.username ?? 'world'}!`)
  const browser = new TestBrowser(async (request) => {
    const { pathname, search } = new URL(request.url)
    const headers = { ...Object.fromEntries(request.headers), host: 'localhost:9988' }
    const reply = await app.inject({ method: 'GET', url: pathname + search, headers })
    const answered = new Headers()
    for (const [name, value] of Object.entries(reply.headers)) {
      for (const one of [value ?? []].flat()) answered.append(name, String(one))
    }
    return new Response(reply.body === '' ? null : reply.body, { status: reply.statusCode, headers: answered })
  }, origin)
  assert.equal(await (await browser.get('/accounts/profile')).text(), 'Hello world!')
  const begun = await browser.get('/accounts/customprovider/login/?next=/accounts/profile')
  const url = new URL(begun.headers.get('location') ?? '')
  assert.deepEqual([url.searchParams.get('scope'), url.searchParams.has('nonce')], ['read', false])
  const person = new FormBrowser(server.server.app.http, { origin: server.url })
  await person.signIn(alice.username, alice.password)
  const consent = await person.get(url.pathname + url.search)
  const allowed =
    consent.location ?? (await person.submit(consent, {}, { action: '/o/authorize/', button: 'allow' })).location
  assert.match(String(allowed), /^http:\/\/localhost:9988\/accounts\/customprovider\/login\/callback\/\?/)
  const landed = await browser.open(String(allowed))
  assert.equal(await landed.text(), 'Hello alice!')
  const [account] = await accounts.list()
  assert.deepEqual([account?.username, account?.email, account?.emailVerified], ['alice', 'alice@example.com', false])
  assert.deepEqual(
    (await accounts.links(1)).map(({ provider, subject }) => [provider, subject]),
    [['customprovider', '2']],
  )
  await app.close()
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 80; tries += 1) {
    if (await holds()) return
    await delay(50)
  }
  assert.fail('It did not come to pass within four seconds.')
}
