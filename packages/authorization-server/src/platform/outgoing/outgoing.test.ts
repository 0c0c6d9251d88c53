import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { fixedClock } from '../time/index.ts'
import { createOutgoing, type Outgoing, type OutgoingWorld } from './index.ts'

let server: Server
let port = 0
let asked: string[] = []
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
const clock = fixedClock(1_000_000)
const json = { accept: ['application/json'] }

before(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
after(() => {
  server.closeAllConnections()
  server.close()
})

function open(world: OutgoingWorld = {}, deadlineMs?: number): Outgoing {
  asked = []
  return createOutgoing({
    clock,
    world: { allowLoopback: true, ...world },
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  })
}

function says(
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
  status = 200,
): void {
  answer = (_request, response) => response.writeHead(status, headers).end(body)
}

function at(path = '/', host = '127.0.0.1'): string {
  return `http://${host}:${port}${path}`
}

test('a document comes with its media type and its octets', async () => {
  says('{"a":1}', { 'content-type': 'Application/JSON; charset=utf-8' })
  const document = await open().get(at('/x?y=1'), json)
  assert.equal(document.kind, 'document')
  assert.deepEqual([document.mediaType, Buffer.from(document.body).toString()], ['application/json', '{"a":1}'])
  assert.deepEqual(asked, ['GET /x?y=1'])
})

test('redirects, other statuses, other types and encoded bodies are refused', async () => {
  says('', { location: at('/elsewhere') }, 302)
  assert.deepEqual(await open().get(at(), json), { kind: 'refused', fault: 'redirect', status: 302 })
  assert.deepEqual(asked, ['GET /'])
  says('{}', { 'content-type': 'application/json' }, 404)
  assert.deepEqual(await open().get(at(), json), { kind: 'refused', fault: 'status', status: 404 })
  says('{}', { 'content-type': 'text/html' })
  assert.deepEqual(await open().get(at(), json), { kind: 'refused', fault: 'type' })
  says('{}', {})
  assert.deepEqual(await open().get(at(), json), { kind: 'refused', fault: 'type' })
  says('{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' })
  assert.deepEqual(await open().get(at(), json), { kind: 'refused', fault: 'type' })
  says('GIF', { 'content-type': 'image/gif' })
  assert.equal((await open().get(at(), { accept: ['image/*'] })).kind, 'document')
})

test('a document that is too large is refused, announced or not', async () => {
  const most = { ...json, maxBytes: 1_000 }
  says('x'.repeat(1_001))
  assert.deepEqual(await open().get(at(), most), { kind: 'refused', fault: 'too-large' })
  answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const timer = setInterval(() => response.write('y'.repeat(600)), 1)
    response.on('close', () => clearInterval(timer))
  }
  assert.deepEqual(await open().get(at(), most), { kind: 'refused', fault: 'too-large' })
  says('x'.repeat(1_000))
  assert.equal((await open().get(at(), most)).kind, 'document')
})

test('one deadline covers the name, the connection, the head and a body that drips', async () => {
  const never = open({ resolve: () => new Promise(() => undefined) }, 50)
  assert.deepEqual(await never.get('https://rp.example/', json), { kind: 'refused', fault: 'timeout' })
  answer = () => undefined
  assert.deepEqual(await open({}, 50).get(at(), json), { kind: 'refused', fault: 'timeout' })
  answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const timer = setInterval(() => response.write(' '), 10)
    response.on('close', () => clearInterval(timer))
  }
  assert.deepEqual(await open({}, 100).get(at(), json), { kind: 'refused', fault: 'timeout' })
})

test('a name is connected to where it was checked, and never looked up again', async () => {
  says('{}')
  let lookUps = 0
  const rebinding = open({
    resolve: async () => {
      lookUps += 1
      return lookUps === 1 ? ['127.0.0.1'] : ['169.254.169.254']
    },
  })
  // Without TLS only loopback's own names are asked for, so TLS it is: the trap sees a connection and no HTTP.
  const connected = once(server, 'connection')
  assert.equal((await rebinding.get(`https://rp.example:${port}/`, json)).kind, 'refused')
  await connected
  assert.equal(lookUps, 1)
})

test('a name is refused when any of its addresses lies inside, or when it has none', async () => {
  for (const addresses of [['10.0.0.1'], ['93.184.215.14', '10.0.0.1'], ['::ffff:93.184.215.14'], ['not an address']]) {
    const mixed = open({ resolve: async () => addresses })
    assert.deepEqual(
      await mixed.get('https://rp.example/', json),
      { kind: 'refused', fault: 'address' },
      addresses.join(),
    )
  }
  assert.deepEqual(await open({ resolve: async () => [] }).get('https://rp.example/', json), {
    kind: 'refused',
    fault: 'unresolved',
  })
  const failing = open({ resolve: () => Promise.reject(new Error('SERVFAIL')) })
  assert.deepEqual(await failing.get('https://rp.example/', json), { kind: 'refused', fault: 'unresolved' })
})

test('outside of tests and development loopback is not reached by any name', async () => {
  const guarded = open({ allowLoopback: false, resolve: async () => ['127.0.0.1'] })
  assert.deepEqual(await guarded.get(at(), json), { kind: 'refused', fault: 'url' })
  for (const url of [`https://127.0.0.1:${port}/`, `https://rp.example:${port}/`, `https://2130706433:${port}/`]) {
    assert.deepEqual(await guarded.get(url, json), { kind: 'refused', fault: 'address' }, url)
    assert.deepEqual(
      await guarded.post(url, { type: 'text/plain', body: '' }),
      { kind: 'refused', fault: 'address' },
      url,
    )
  }
  assert.deepEqual(asked, [])
  assert.equal(guarded.admits(`https://127.0.0.1:${port}/`), false)
  assert.equal(guarded.admits('https://rp.example/'), true)
})

test('a network that the operator opened is reached, and no other', async () => {
  const outgoing = createOutgoing({
    clock,
    allowedNetworks: ['127.0.0.0/8'],
    world: { resolve: async (name) => [name === 'a.internal' ? '127.0.0.1' : '10.0.0.1'] },
  })
  assert.deepEqual(await outgoing.get(`https://a.internal:${port}/`, json), { kind: 'refused', fault: 'unreachable' })
  assert.deepEqual(await outgoing.get(`https://b.internal:${port}/`, json), { kind: 'refused', fault: 'address' })
  assert.equal(outgoing.admits('https://127.0.0.1/'), true)
  assert.equal(outgoing.admits('https://10.0.0.1/'), false)
})

test('documents are remembered for as long as the caller says, and many who ask at once share one fetch', async () => {
  says('{}')
  const outgoing = open()
  const ask = (maxAgeMs: number): Promise<unknown> => outgoing.get(at('/keys'), { ...json, maxAgeMs })
  await Promise.all([ask(60_000), ask(60_000), ask(60_000)])
  clock.advance(59_999)
  await ask(60_000)
  assert.equal(asked.length, 1)
  await ask(30_000)
  assert.equal(asked.length, 2)
  await ask(0)
  assert.equal(asked.length, 3)
})

test('a failure is remembered for ten seconds, so that a broken address is not asked again and again', async () => {
  says('', {}, 500)
  const outgoing = open()
  const ask = (): Promise<unknown> => outgoing.get(at('/broken'), { ...json, maxAgeMs: 600_000 })
  for (let n = 0; n < 20; n += 1) await ask()
  assert.equal(asked.length, 1)
  clock.advance(10_000)
  await ask()
  assert.equal(asked.length, 2)
})

test('the memory for documents is bounded by their size', async () => {
  says('x'.repeat(250_000))
  const outgoing = open()
  for (let n = 0; n < 40; n += 1) await outgoing.get(at(`/${n}`), { ...json, maxAgeMs: 600_000 })
  assert.equal(asked.length, 40)
  await outgoing.get(at('/0'), { ...json, maxAgeMs: 600_000 })
  assert.equal(asked.length, 41)
  await outgoing.get(at('/39'), { ...json, maxAgeMs: 600_000 })
  assert.equal(asked.length, 41)
})

test('beyond sixteen fetches under way the next is refused at once, and deliveries have their own sixteen', async () => {
  const waiting: ServerResponse[] = []
  answer = (request, response) => {
    if (request.method === 'GET') waiting.push(response)
    else response.writeHead(204).end()
  }
  const outgoing = open()
  const many = Array.from({ length: 17 }, (_, n) => outgoing.get(at(`/${n}`), json))
  assert.deepEqual(await many[16], { kind: 'refused', fault: 'busy' })
  assert.deepEqual(await outgoing.post(at('/logout'), { type: 'text/plain', body: 'x' }), {
    kind: 'answered',
    status: 204,
  })
  while (waiting.length < 16) await new Promise((resolve) => setTimeout(resolve, 5))
  for (const response of waiting) response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  const kinds = await Promise.all(many.slice(0, 16))
  assert.ok(kinds.every(({ kind }) => kind === 'document'))
})

test('a delivery sends its body and reports the status, and follows no redirect', async () => {
  const received: string[] = []
  answer = (request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => received.push(text))
    request.on('end', () =>
      response.writeHead(request.url === '/moved' ? 307 : 400, { location: at('/other') }).end('x'.repeat(1_000_000)),
    )
  }
  const message = { type: 'application/x-www-form-urlencoded', body: 'logout_token=é' }
  const outgoing = open()
  assert.deepEqual(await outgoing.post(at('/logout'), message), { kind: 'answered', status: 400 })
  assert.deepEqual(received, ['logout_token=é'])
  assert.deepEqual(await outgoing.post(at('/moved'), message), { kind: 'refused', fault: 'redirect', status: 307 })
  assert.deepEqual(asked, ['POST /logout', 'POST /moved'])
})

test('a proxy of the environment is not used', async () => {
  says('x', { 'content-type': 'text/plain' })
  asked = []
  const door = new URL('./index.ts', import.meta.url).href
  const script = `
    const { createOutgoing } = await import('${door}')
    const outgoing = createOutgoing({ clock: { now: () => 0 }, world: { allowLoopback: true } })
    console.log((await outgoing.get('${at('/direct')}', { accept: ['text/plain'] })).kind)`
  const proxy = 'http://127.0.0.1:1'
  const env = { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '' }
  const child = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env })
  assert.equal(child.stdout.trim(), 'document')
  assert.deepEqual(asked, ['GET /direct'])
})
