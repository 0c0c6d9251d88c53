// No request, however malformed, gets a 5xx or no answer; each refusal is the catalogue's, and no secret comes out
// again. Security §2.2 T16; the routes are those that are mounted, so a new one is tested without a word here.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as fc from 'fast-check'
import { registerUser } from '../../packages/authorization-server/src/records/credentials/index.ts'
import { Browser, hiddenFields } from '../contract/browser.ts'
import { basic, passwordTokens } from '../support/server.ts'
import { type Caller, requestsFor, strayTargets } from './kinds.ts'
import { assertLog, assertSafe, faceOf, probe, startTarget, type Target } from './soundness.ts'
import { printable, type WireRequest, write, writeBytes } from './wire.ts'

const atOnce = 6
const nobody: Caller = { headers: [], fields: {}, isStopped: true }
const secrets = ['client_id', 'client_secret']

const grants = [
  ['web', 'web-secret', 'authorization_code'],
  ['web', 'web-secret', 'client_credentials'],
  ['clientId', 'clientSecret', 'refresh_token'],
  ['clientId', 'clientSecret', 'password'],
] as const

const visible = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) })
const words = [
  'client_id=site',
  'scope=',
  '%',
  '&',
  '=',
  '+',
  '%00',
  '%ff',
  '{',
  '"',
  '[',
  '--x',
  '\r\n',
  'a'.repeat(3_000),
]

/** Any method, path, query, headers and body, of pieces that mean something and of pieces that mean nothing. */
function randomRequest(paths: readonly string[]): fc.Arbitrary<WireRequest> {
  const types = [
    'application/x-www-form-urlencoded',
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
  ]
  const headers = fc.oneof(
    fc.constantFrom(...types).map((type) => `Content-Type: ${type}`),
    fc
      .tuple(fc.constantFrom('Basic', 'Bearer', ''), visible)
      .map(([scheme, value]) => `Authorization: ${scheme} ${value}`),
    visible.map((value) => `Cookie: latchkey_session=${value}`),
    visible.map((value) => `Accept: ${value}`),
  )
  const text = fc.array(fc.oneof(fc.constantFrom(...words), visible), { maxLength: 12 }).map((parts) => parts.join(''))
  return fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'LOCK'),
    target: fc
      .tuple(fc.constantFrom(...paths), fc.option(visible))
      .map(([path, query]) => path + (query ? `?${query}` : '')),
    headers: fc.array(headers, { maxLength: 4 }),
    body: fc.oneof(
      text,
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    ),
  })
}

/** Some at a time: more would only wait for each other. */
async function inParallel<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

describe('no request gets a 5xx', () => {
  let target: Target
  before(async () => {
    target = await startTarget()
  })
  after(() => target.close())

  /** Those whom the path lets in, so that what lies behind the first check is reached as well. */
  async function membersFor(path: string): Promise<readonly Caller[]> {
    const face = faceOf(path)
    if (path === '/o/token/') return grants.map(([id, secret, grant]) => client(id, secret, { grant_type: grant }))
    if (/^\/o\/(introspect|revoke_token)/.test(path)) return [client('web', 'web-secret', {})]
    if (face === 'oauth' && !/profile|userinfo/.test(path)) return []
    const person = await newPerson()
    if (path === '/o/applications/register/') {
      // Its form shows what an operator typed once more when it has errors, the secret too.
      return [{ ...(await signedIn(person)), without: ['client_secret'] }]
    }
    if (face === 'page') return [await signedIn(person)]
    if (face === 'problem') {
      // As a script of a page sends it: with the session, and the page's token in a header.
      const { headers, fields } = await signedIn(person)
      return [{ headers: [...headers, `X-CSRF-Token: ${fields['csrf_token'] ?? ''}`], fields: {} }]
    }
    const { access_token: token } = await passwordTokens(target.url, person)
    return [{ headers: [`Authorization: Bearer ${token}`], fields: {} }]
  }

  function client(id: string, secret: string, fields: Readonly<Record<string, string>>): Caller {
    return { headers: [`Authorization: ${basic(id, secret)['authorization']}`], fields, without: secrets }
  }

  let people = 0
  /** A person for each path: its requests may change them beyond recognition. */
  async function newPerson(): Promise<{ readonly username: string; readonly password: string }> {
    // Past the limits that the path before has run into.
    target.clock.advance(900_000)
    people += 1
    const person = { username: `person-${people}`, password: 'correct-horse-battery' }
    const user = {
      username: person.username,
      email: `${person.username}@example.com`,
      isStaff: true,
      isSuperuser: true,
    }
    await registerUser(target.server.app.context, user, person.password)
    return person
  }

  async function signedIn({ username, password }: Awaited<ReturnType<typeof newPerson>>): Promise<Caller> {
    const browser = new Browser(target.url)
    await browser.signIn(username, password)
    const page = await (await browser.get('/accounts/logout/')).text()
    const token = hiddenFields(page, '/accounts/logout/')['csrf_token'] ?? ''
    return { headers: [`Cookie: ${browser.cookieHeader}`], fields: { csrf_token: token } }
  }

  test('every path, for nobody and for somebody who is let in', async (t) => {
    for (const [path, methods] of target.paths) {
      await t.test(`${methods.join(' ')} ${path}`, async () => {
        for (const caller of [nobody, ...(await membersFor(path))]) {
          await inParallel(requestsFor(path, methods, caller), (request) => probe(target, path, request))
        }
        assertLog(target)
      })
    }
  })

  test('addresses near a path, at which there is nothing', async () => {
    for (const path of target.paths.keys()) {
      await inParallel(strayTargets(path), async (stray) => {
        const answer = await write(target.port, { method: 'GET', target: stray })
        assertSafe(answer, stray)
      })
    }
    assertLog(target)
  })

  test('requests put together at random', async () => {
    const paths = [...target.paths.keys()].map((path) => path.replaceAll(/:\w+/g, '1'))
    await fc.assert(
      fc.asyncProperty(randomRequest(paths), async (request) => {
        assertSafe(await write(target.port, request), printable(`${request.method} ${request.target}`))
      }),
      { numRuns: 600, interruptAfterTimeLimit: 15_000 },
    )
    assertLog(target)
  })

  test('bytes that are hardly HTTP', async () => {
    const host = `Host: localhost:${target.port}\r\nConnection: close\r\n`
    const post = `POST /o/token/ HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\n`
    const requests: readonly string[] = [
      'nonsense\r\n\r\n',
      `GET / HTTP/9.9\r\n${host}\r\n`,
      'GET / HTTP/1.1\r\n\r\n',
      `GET / HTTP/1.1\r\n${host}Host: other\r\n\r\n`,
      `get / HTTP/1.1\r\n${host}\r\n`,
      `FROB /o/token/ HTTP/1.1\r\n${host}\r\n`,
      `TRACE /o/token/ HTTP/1.1\r\n${host}\r\n`,
      `GET //o/token/ HTTP/1.1\r\n${host}\r\n`,
      `GET //evil.example/%2f.. HTTP/1.1\r\n${host}\r\n`,
      `GET http://evil.example/o/token/?a=%zz HTTP/1.1\r\n${host}\r\n`,
      `GET ftp://[:::/ HTTP/1.1\r\n${host}\r\n`,
      `OPTIONS * HTTP/1.1\r\n${host}\r\n`,
      `GET * HTTP/1.1\r\n${host}\r\n`,
      `GET o/token/ HTTP/1.1\r\n${host}\r\n`,
      `GET /${'a'.repeat(15_000)} HTTP/1.1\r\n${host}\r\n`,
      `GET /${'a/'.repeat(7_000)} HTTP/1.1\r\n${host}\r\n`,
      `GET /${'%41'.repeat(4_000)} HTTP/1.1\r\n${host}\r\n`,
      `GET /%c0%ae%c0%ae/%ff HTTP/1.1\r\n${host}\r\n`,
      `GET /o/token/;a=b/%2e/..//?? HTTP/1.1\r\n${host}\r\n`,
      `GET /?${'a=b&'.repeat(3_500)} HTTP/1.1\r\n${host}\r\n`,
      `GET / HTTP/1.1\r\n${host}X: ${'a'.repeat(20_000)}\r\n\r\n`,
      `GET / HTTP/1.1\r\n${host}${'X: a\r\n'.repeat(3_000)}\r\n`,
      `GET / HTTP/1.1\r\n${host}X : a\r\n\r\n`,
      `GET / HTTP/1.1\r\n${host}X: a\0b\r\n\r\n`,
      `GET / HTTP/1.1\r\n${host}Authorization: Basic \0\r\n\r\n`,
      `GET / HTTP/1.1\r\n${host} folded: a\r\n\r\n`,
      `${post}Content-Length: -1\r\n\r\n`,
      `${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      `${post}Content-Length: 99999999999999999999\r\n\r\n`,
      `${post}Content-Length: 70000\r\n\r\n${'a'.repeat(70_000)}`,
      `${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${post}Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n`,
      `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      `${post}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n`,
      `${post}Transfer-Encoding: chunked\r\n\r\n3;ext="\r\na=b\r\n0\r\nTrailer: a\r\n\r\n`,
      `${post}Transfer-Encoding: chunked\r\n\r\n11170\r\n${'a'.repeat(70_000)}\r\n0\r\n\r\n`,
      `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
      `${post}Transfer-Encoding: identity\r\n\r\n`,
      `${post}Expect: 100-continue\r\nContent-Length: 3\r\n\r\na=b`,
      `${post}Expect: miracles\r\nContent-Length: 3\r\n\r\na=b`,
      `GET / HTTP/1.1\r\n${host}Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Key: a\r\n\r\n`,
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    ]
    await inParallel(requests, async (request) => {
      const bytes = Buffer.from(request, 'latin1')
      assertSafe(await writeBytes(target.port, bytes), printable(bytes))
    })
    assertLog(target)
  })

  test('CONNECT is closed, and so is a client that never finishes its request', async () => {
    const answer = await writeBytes(target.port, Buffer.from('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'))
    assert.ok(answer.status < 500)
    const { requestTimeout } = target.server.app.http.server
    assert.ok(requestTimeout > 0 && requestTimeout <= 60_000)
  })

  test('after all that the server does its work', async () => {
    assert.equal((await fetch(`${target.url}/health/ready`)).status, 200)
    const { username, password } = await newPerson()
    assert.equal((await new Browser(target.url).signIn(username, password)).status, 303)
  })
})
