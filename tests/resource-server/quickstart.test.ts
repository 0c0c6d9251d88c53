// Every snippet of the package's README is a file, and runs here against an issuer in the process.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { createTestIssuer, type TestIssuer } from '@latchkey/resource-server/testing'

type Send = (method: string, token?: string) => Promise<number>
const real = globalThis.fetch
let idp: TestIssuer
before(async () => {
  const [issuer, audience] = ['https://id.example.com', 'https://api.example.com']
  idp = await createTestIssuer({ issuer, audience, start: Date.now() })
  globalThis.fetch = (input, init) =>
    typeof input === 'string' && input.startsWith(issuer) ? idp.fetch(input, init) : real(input, init)
})
after(() => {
  globalThis.fetch = real
})

async function overHttp(listener: RequestListener, use: (send: Send) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/items`
  try {
    await use(async (method, token) => (await real(url, { method, headers: headersOf(token) })).status)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

function headersOf(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

async function behaves(send: Send): Promise<void> {
  const token = await idp.token({ scopes: ['items:read'] })
  assert.equal(await send('GET', token), 200)
  assert.equal(await send('GET'), 401)
  assert.equal(await send('GET', await idp.expired({ scopes: ['items:read'] })), 401)
  assert.equal(await send('POST', token), 403)
  assert.equal(await send('POST', await idp.token({ scopes: ['items:write'] })), 201)
}

function inProcess(handle: (request: Request) => Response | Promise<Response>): Send {
  return async (method, token) =>
    (await handle(new Request('https://api.example.com/items', { method, headers: headersOf(token) }))).status
}

test('Express', async () => {
  const { app } = await import('./quickstart/express.ts')
  await overHttp(app, behaves)
})

test('Fastify', async () => {
  const { app } = await import('./quickstart/fastify.ts')
  await behaves(async (method, token) => {
    const response = await app.inject({
      method: method === 'GET' ? 'GET' : 'POST',
      url: '/items',
      headers: headersOf(token),
    })
    return response.statusCode
  })
})

test('Hono', async () => {
  const { app } = await import('./quickstart/hono.ts')
  await behaves(inProcess((request) => app.fetch(request)))
})

test('Koa', async () => {
  const { app } = await import('./quickstart/koa.ts')
  const listener = app.callback()
  await overHttp((request, response) => void listener(request, response), behaves)
})

test('Next', async () => {
  const routes = await import('./quickstart/next.ts')
  const context = { params: Promise.resolve({}) }
  await behaves(inProcess((request) => (request.method === 'GET' ? routes.GET : routes.POST)(request, context)))
})

test('fetch', async () => {
  const { handle } = await import('./quickstart/fetch.ts')
  await behaves(inProcess(handle))
})

test('the README shows these files as they are', () => {
  const folder = path.join(import.meta.dirname, 'quickstart')
  const readme = readFileSync(path.join(import.meta.dirname, '../../packages/resource-server/README.md'), 'utf8')
  for (const name of ['express', 'fastify', 'hono', 'koa', 'next', 'fetch', 'testing']) {
    const snippet = readFileSync(path.join(folder, `${name}.ts`), 'utf8')
    assert.ok(readme.includes(`\`\`\`ts\n${snippet}\`\`\``), `quickstart/${name}.ts`)
  }
})

test('testing', async () => {
  const { behavesAsDocumented } = await import('./quickstart/testing.ts')
  await behavesAsDocumented()
})
