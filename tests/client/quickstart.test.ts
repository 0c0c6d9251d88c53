// Every snippet of the package's README is a file, and runs here against an issuer in the process.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { fromEnvironment, loginCauses } from '@latchkey/client'
import { createTestIssuer, type TestApp, TestBrowser, type TestIssuer } from '@latchkey/client/testing'

const real = globalThis.fetch
const baseUrl = 'http://localhost:3000'
const environment = {
  LATCHKEY_ISSUER: 'https://id.example.com',
  LATCHKEY_CLIENT_ID: 'app',
  LATCHKEY_CLIENT_SECRET: 'secret of app',
  SESSION_SECRET: 'of-32-characters-or-more-kept-secret',
  BASE_URL: baseUrl,
}
let idp: TestIssuer
before(async () => {
  idp = await createTestIssuer({ issuer: environment.LATCHKEY_ISSUER, start: Date.now() })
  Object.assign(process.env, environment)
  globalThis.fetch = (input, init) =>
    typeof input === 'string' && input.startsWith(idp.issuer) ? idp.fetch(input, init) : real(input, init)
})
after(() => {
  globalThis.fetch = real
})

async function behaves(app: TestApp): Promise<void> {
  const browser = new TestBrowser(app, baseUrl, idp)
  assert.equal((await browser.get('/me', { accept: 'application/json' })).status, 401)
  assert.equal(await (await browser.open('/me')).text(), 'Hello alice!')
  await browser.post('/auth/logout', { where: 'here' })
  assert.equal((await browser.get('/me')).status, 303)
}

async function overHttp(listener: RequestListener): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  try {
    await behaves(async (request) => {
      const { pathname, search, host } = new URL(request.url)
      const headers = { ...Object.fromEntries(request.headers), 'x-forwarded-host': host }
      const body = request.method === 'POST' ? await request.text() : null
      const url = `http://127.0.0.1:${port}${pathname}${search}`
      return real(url, { method: request.method, headers, body, redirect: 'manual' })
    })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('Express', async () => {
  const { app } = await import('./quickstart/express.ts')
  await overHttp(app)
})

test('Fastify', async () => {
  const { app } = await import('./quickstart/fastify.ts')
  await app.ready()
  await overHttp((request, response) => app.routing(request, response))
  await app.close()
})

test('Hono', async () => {
  const { app } = await import('./quickstart/hono.ts')
  await behaves((request) => app.fetch(request))
})

test('Koa', async () => {
  const { app } = await import('./quickstart/koa.ts')
  const listener = app.callback()
  await overHttp((request, response) => void listener(request, response))
})

test('Next', async () => {
  const { auth, GET } = await import('./quickstart/next.ts')
  const context = { params: Promise.resolve({}) }
  await behaves((request) => {
    if (new URL(request.url).pathname === '/me') return GET(request, context)
    return (request.method === 'GET' ? auth.GET : auth.POST)(request, context)
  })
  const browser = new TestBrowser((request) => auth.GET(request, context), baseUrl, idp)
  await browser.open('/auth/login')
  const headers = new Headers({ cookie: browser.cookie })
  assert.equal((await auth.session(headers))?.user.username, 'alice', 'in a server component')
  assert.equal(await auth.session(new Headers()), undefined)
})

test('fetch', async () => {
  const { handle } = await import('./quickstart/fetch.ts')
  await behaves(handle)
})

test('testing', async () => {
  const { behavesAsDocumented } = await import('./quickstart/testing.ts')
  await behavesAsDocumented()
})

const folder = path.join(import.meta.dirname, 'quickstart')
const snippetOf = (name: string): string => readFileSync(path.join(folder, `${name}.ts`), 'utf8')

test('the README shows these files as they are', () => {
  const readme = readFileSync(path.join(import.meta.dirname, '../../packages/client/README.md'), 'utf8')
  for (const name of ['express', 'fastify', 'hono', 'koa', 'next', 'fetch', 'testing']) {
    assert.ok(readme.includes(`\`\`\`ts\n${snippetOf(name)}\`\`\``), `quickstart/${name}.ts`)
  }
})

test('the README names every cause of a failure', () => {
  const readme = readFileSync(path.join(import.meta.dirname, '../../packages/client/README.md'), 'utf8')
  assert.deepEqual(
    loginCauses.filter((cause) => !readme.includes(`\`${cause}\``)),
    [],
  )
})

test('in an empty app of Express, Fastify or Hono one writes at most 10 lines, the one that listens among them', () => {
  for (const name of ['express', 'fastify', 'hono']) {
    const lines = snippetOf(name)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('//'))
    assert.ok(lines.length + 1 <= 10, `${name}: ${lines.length + 1}`)
  }
})

test('a missing variable is named', () => {
  assert.throws(
    () => fromEnvironment({ ...environment, BASE_URL: '', SESSION_SECRET: undefined }),
    /SESSION_SECRET, BASE_URL/,
  )
  const { LATCHKEY_CLIENT_SECRET: _, ...publicClient } = environment
  assert.equal('clientSecret' in fromEnvironment(publicClient), false)
})
