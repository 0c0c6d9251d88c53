import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { createAdmission } from '../limits/index.ts'
import { createDrain } from './drain.ts'
import { HttpFault } from './fault.ts'
import type { Face, Incoming, Route, Work } from './message.ts'
import { jsonReply } from './reply.ts'
import { createHttpServer } from './server.ts'

const face: Face = ({ error }) =>
  error instanceof HttpFault
    ? jsonReply(error.status, { fault: error.kind }, { ...error.headers })
    : jsonReply(500, { fault: 'unexpected' })

/** All that a route can see of a request. */
function seen({ method, path, url, query, queryFault, params, headers, cookies, body, remoteAddress }: Incoming) {
  const { host: _host, connection: _connection, ...rest } = headers
  const parameters = query.names().map((name) => [name, query.all(name)])
  const form = body.kind === 'form' ? body.parameters.names().map((name) => [name, body.parameters.all(name)]) : body
  return {
    method,
    path: path.replace('slow', 'fast').replace('%73low', '%66ast'),
    queryFault,
    parameters,
    params,
    cookies,
    form,
    rest,
    url: url.length,
    remoteAddress,
  }
}

function routesAt(path: string, direct: boolean): readonly Route[] {
  const shared = { path, face, direct, work: 'read' } as const
  const handle: Route['handle'] = (request) => {
    if (request.query.has('fail')) throw new Error('a bug')
    return jsonReply(200, seen(request), { 'set-cookie': ['a=1', 'b=2'], vary: 'Origin' })
  }
  return [
    { ...shared, method: 'GET', handle },
    { ...shared, method: 'POST', handle },
  ]
}

const lag = { standingMs: () => 0 }
const bound = { most: 1_000, longestLagMs: 1_000 }
const bounds: Readonly<Record<Work, typeof bound>> = {
  'sign-in': bound,
  issue: bound,
  read: bound,
  page: bound,
  public: bound,
}
const drain = createDrain()
const server = await createHttpServer({
  routes: [...routesAt('/fast/', true), ...routesAt('/slow/', false)],
  fallbackFace: face,
  report: () => 'AAAA-BBBB',
  bodyLimitBytes: 1_000,
  trustedProxies: ['127.0.0.1'],
  secure: true,
  drain,
  admission: createAdmission<Work>({ bounds, lag }),
})
await server.listen({ host: '127.0.0.1', port: 0 })
after(() => server.close())
const address = server.server.address()
const port = address !== null && typeof address === 'object' ? address.port : 0

/** The answer's head and body as they came; what must differ (the date) is left out. */
async function raw(text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  socket.write(text)
  await new Promise((resolve, reject) => socket.once('close', resolve).once('error', reject))
  const [head = '', ...body] = Buffer.concat(parts).toString().split('\r\n\r\n')
  const lines = head.split('\r\n').filter((line) => !/^date:/i.test(line))
  return [...lines.map((line) => line.toLowerCase()).toSorted(), ...body].join('\n')
}

const form = 'content-type: application/x-www-form-urlencoded'
const cases: Readonly<Record<string, readonly [head: string, headers?: readonly string[], body?: string]>> = {
  'a plain read': ['GET /X/'],
  'without the slash': ['GET /X'],
  'with a query, repeated and empty': ['GET /X/?a=1&a=2&b='],
  'a query that cannot be read': ['GET /X/?a=%zz'],
  'cookies, also broken ones': ['GET /X/', ['cookie: a=1; b=%41; c=%zz; d="q"']],
  'a form': ['POST /X/', [form], 'a=1&b=%C3%A9&a=2'],
  'a form without a body': ['POST /X/', [form]],
  'no type and no body': ['POST /X/'],
  JSON: ['POST /X/', ['content-type: application/json; charset=utf-8'], '{"a":"é"}'],
  'broken JSON': ['POST /X/', ['content-type: application/json'], '{"a"'],
  'a type that nobody takes': ['POST /X/', ['content-type: text/plain'], 'words'],
  'a body without a type': ['POST /X/', [], 'words'],
  'NUL in a form': ['POST /X/', [form], 'a=%00'],
  'bytes that are not UTF-8': ['POST /X/', [form], 'a=%ff'],
  'a body beyond the limit': ['POST /X/', [form], `a=${'x'.repeat(2_000)}`],
  'a body in chunks': ['POST /X/', [form, 'transfer-encoding: chunked'], '3\r\na=1\r\n2\r\n&b\r\n0\r\n\r\n'],
  'a forwarded address': ['GET /X/', ['x-forwarded-for: 203.0.113.7, 127.0.0.1']],
  HEAD: ['HEAD /X/'],
  'a method that it does not have': ['DELETE /X/'],
  'a method that nobody knows': ['TRACE /X/'],
  'an escaped spelling of the path': ['GET /%58/'],
  'a failure': ['GET /X/?fail=1'],
}

function requestOf(name: string, path: string): string {
  const [line, headers = [], body = ''] = cases[name] ?? ['GET /X/']
  const length =
    headers.some((header) => header.startsWith('transfer-encoding')) || body === ''
      ? []
      : [`content-length: ${Buffer.byteLength(body)}`]
  const target = line.replace('X', path).replace('%58', `%${path.charCodeAt(0).toString(16)}${path.slice(1)}`)
  return [`${target} HTTP/1.1`, 'host: x', 'connection: close', ...headers, ...length, '', body].join('\r\n')
}

for (const name of Object.keys(cases)) {
  test(`a route in front of the router answers as it would behind it: ${name}`, async () => {
    const [fast, slow] = await Promise.all([raw(requestOf(name, 'fast')), raw(requestOf(name, 'slow'))])
    assert.ok(fast.startsWith('HTTP/1.1'.toLowerCase()) || /\nhttp\/1\.1 \d/.test(fast), fast)
    assert.equal(fast, slow)
  })
}

test('a body that never ends within the limit is refused before it is all there', async () => {
  const text = `POST /fast/ HTTP/1.1\r\nhost: x\r\n${form}\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\na=${'x'.repeat(1_998)}\r\n`
  assert.match(await raw(text), /http\/1\.1 413/)
})

test('a sender who goes away in the middle of a body costs nothing', async () => {
  const socket = connect(port, '127.0.0.1')
  await new Promise((resolve) =>
    socket.write(`POST /fast/ HTTP/1.1\r\nhost: x\r\n${form}\r\ncontent-length: 10\r\n\r\na=1`, resolve),
  )
  socket.resetAndDestroy()
  assert.match(await raw(requestOf('a plain read', 'fast')), /http\/1\.1 200/)
})

test('while the server drains, each answer ends its connection', async () => {
  drain.begin()
  const text = requestOf('a plain read', 'fast').replace('connection: close\r\n', '')
  assert.match(await raw(text), /connection: close/)
})
