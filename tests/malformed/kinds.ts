// The ways in which a request can be wrong, each as a request: fields one by one, and bodies, types and headers as wholes.
import { canary, faceOf } from './soundness.ts'
import type { WireRequest } from './wire.ts'

const form = 'Content-Type: application/x-www-form-urlencoded'
const json = 'Content-Type: application/json'

/** Names that some endpoint reads, with values that look right; secrets are the canary. */
const fields: Readonly<Record<string, string>> = {
  grant_type: 'authorization_code',
  response_type: 'code',
  client_id: 'site',
  client_secret: canary,
  redirect_uri: 'http%3A%2F%2Flocalhost%3A9988%2Faccounts%2Fcustomprovider%2Flogin%2Fcallback%2F',
  scope: 'read',
  state: 's',
  code: canary,
  code_verifier: canary,
  token: canary,
  refresh_token: canary,
  username: 'nobody%40example.com',
  password: canary,
  // Not the same again: each account that was made would cost a hash.
  password2: `${canary}2`,
  old_password: canary,
  email: 'somebody%40example.com',
  first_name: 'n',
  name: 'n',
  next: '%2Faccount%2F',
  transaction: 't',
  redirect_uris: 'http%3A%2F%2Flocalhost%2F',
  prompt: 'login',
  max_age: '1',
  code_challenge: 'c',
  resource: 'https%3A%2F%2Fapi.example%2F',
}
/** What is put in the place of each value. */
const wrongValues: readonly string[] = [
  '',
  '%00',
  '\0',
  '%zz',
  '%',
  '%ff%fe',
  '+',
  '%F0%9F%98%80',
  '%0d%0aSet-Cookie:a=b',
  '__proto__',
]

/** Who asks: headers of every request, fields of their own, and names of fields that they would not send. */
export interface Caller {
  readonly headers: readonly string[]
  readonly fields: Readonly<Record<string, string>>
  readonly without?: readonly string[]
  /** Mostly stopped before the fields are looked at, so that a sample of them will do. */
  readonly isStopped?: boolean
}

type Pairs = readonly (readonly [name: string, value: string])[]
const encode = (pairs: Pairs): string => pairs.map(([name, value]) => `${name}=${value}`).join('&')

/** All fields as this caller would send them. */
function whole({ fields: own, without = [] }: Caller): Pairs {
  return Object.entries({ ...fields, ...own }).filter(([name]) => !without.includes(name))
}

/** The form with one field (or one of `every` so many) missing, repeated, huge or wrong; every wrong value has its turn. */
function* forms(caller: Caller, hugeLength: number, every: number): Generator<string> {
  const all = whole(caller)
  yield encode(all)
  for (const [index, [name, value]] of all.entries()) {
    if (index % every > 0) continue
    const changed = (pair: readonly [string, string]) => encode(all.with(index, pair))
    yield encode(all.toSpliced(index, 1))
    yield `${encode(all)}&${name}=${value}`
    for (const turn of [0, 1]) yield changed([name, wrongValues[(index + 3 * turn) % wrongValues.length] ?? ''])
    yield changed([name, 'h'.repeat(hugeLength)])
  }
  yield encode(all.map(([name, value]) => [`${name}[]`, value]))
  for (const wrong of wrongValues) yield encode(all.map(([name]) => [name, wrong]))
}

const deep = (length: number, open: string, close: string): string => open.repeat(length) + close.repeat(length)

const jsons: readonly string[] = [
  '',
  '{',
  '}',
  'null',
  'true',
  '0',
  '-',
  '1e999',
  '"text"',
  '[]',
  '[1]',
  '{}',
  '{"a":1}{',
  'undefined',
  '\u{feff}{}',
  '{"__proto__":{"isStaff":true}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '{"email":{"__proto__":null}}',
  '{"email":"a@b.example","email":1}',
  '{"email":"\\u0000"}',
  '{"email":"\\ud800@b.example"}',
  '{"first_name":1e400}',
  deep(30_000, '[', ']'),
  deep(10_000, '{"a":', '}').replace(':}', ':1}'),
  `{"email":"${'e'.repeat(64_000)}"}`,
  ...['null', 'true', '12', '[]', '{}', '[["a"]]', '"\\u0000"', '"\\ud83d"', '""', '" "'].map(
    (value) =>
      `{"email":${value},"first_name":${value},"last_name":${value},"password":${value},"password2":${value},"old_password":${value}}`,
  ),
]

const part = 'Content-Disposition: form-data; name="a"'
const multiparts: readonly string[] = [
  '',
  '--x',
  '--x--',
  '--x\r\n\r\n--x--\r\n',
  `--x\r\n${part}\r\n\r\n1`,
  `--x\r\n${part}\r\n\r\n1\r\n--x--\r\n`,
  `--x\r\n${part}; filename="f"\r\n\r\n${canary}\r\n--x--\r\n`,
  `--x\r\n${part.slice(0, -1)}\r\n\r\n1\r\n--x--\r\n`,
  "--x\r\nContent-Disposition: form-data; name*=utf-8''%\r\n\r\n1\r\n--x--\r\n",
  "--x\r\nContent-Disposition: form-data; name*=utf-8''a%00\r\n\r\n1\r\n--x--\r\n",
  `--x\r\n${part}\r\nContent-Type: text/plain; charset=no\r\n\r\n\0\r\n--x--\r\n`,
  `--x\r\n${part}\r\nContent-Transfer-Encoding: base64\r\n\r\n%%\r\n--x--\r\n`,
  '--x\r\nContent-Disposition: form-data; name="client_id"\r\n\r\nsite\r\n'.repeat(300),
]

const types: readonly string[] = [
  'text/plain',
  'application/xml',
  'application/octet-stream',
  '',
  ' ',
  '/',
  'a',
  ';',
  'application/json;',
  'é',
  'application/x-www-form-urlencoded; charset=utf-16',
  'APPLICATION/JSON',
  'application/json, text/html',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/form-data; boundary="',
  `a/${'b'.repeat(4_000)}`,
].map((type) => `Content-Type: ${type}`)

/** Whole bodies that are wrong, with the type that makes them so. */
function* bodies(caller: Caller): Generator<Pick<WireRequest, 'headers' | 'body'>> {
  for (const body of jsons) yield { headers: [json], body }
  for (const body of multiparts) yield { headers: ['Content-Type: multipart/form-data; boundary=x'], body }
  const good = encode(whole(caller))
  for (const type of types) yield { headers: [type], body: good }
  yield { body: good }
  yield { headers: [form], body: '' }
  yield { headers: [form], body: Buffer.from([0xff, 0xfe, 0x00, 0x3d, 0x80]) }
  yield { headers: [json], body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]) }
  yield { headers: [form], body: 'a&'.repeat(2_000) }
  yield { headers: [form], body: '&=&==&=&' }
  yield { headers: [form], body: `__proto__=1&constructor=2&toString=3&hasOwnProperty=4` }
  yield { headers: [form], body: `a=${'b'.repeat(70_000)}` }
  yield { headers: [json, json], body: good }
}

const wide = 'c'.repeat(12_000)
const authorizations: readonly string[] = [
  '',
  'Basic',
  'Bearer',
  'Basic ***',
  `Bearer ${canary}`,
  `Bearer ${canary} ${canary}`,
  `Bearer ${wide}`,
  'Bearer \t',
  'é',
  ...[
    'client%zz:s',
    'colon-less',
    ':',
    'a:',
    `site:${canary}`,
    `a\0b:${canary}`,
    `${'c'.repeat(9_000)}:s`,
    '\xff\xfe:s',
  ].map((pair) => `Basic ${Buffer.from(pair, 'latin1').toString('base64')}`),
  `Digest a="${canary}"`,
  'Negotiate',
  canary,
  `DPoP ${canary}`,
  'Basic  Og==',
  'bEaReR x',
].map((value) => `Authorization: ${value}`)

const cookies: readonly string[] = [
  '',
  ';',
  '=',
  '====',
  canary,
  '__proto__=1',
  'latchkey_session',
  'latchkey_session=',
  'latchkey_session=%zz',
  `latchkey_session=${canary}`,
  `latchkey_browser=${canary}`,
  'latchkey_session="',
  'latchkey_browser=%00',
  `latchkey_session=${wide}`,
  'latchkey_session=a; latchkey_session=b',
  'a=b; '.repeat(2_000),
  'latchkey_session=\xff',
].map((value) => `Cookie: ${value}`)

const oddHeaders: readonly (readonly string[])[] = [
  ...authorizations.map((line) => [line]),
  ...cookies.map((line) => [line]),
  [`Authorization: Bearer ${canary}`, `Authorization: Basic ${canary}`],
  [`Cookie: latchkey_session=${canary}`, `Cookie: latchkey_session=${canary}`],
  ['Accept: ,;q=,a/b;q=x'],
  [`Accept: ${'text/html,'.repeat(1_000)}`],
  ['Accept: text/html'],
  ['Origin: null'],
  ['Origin: http://localhost:9999', 'Origin: https://evil.example'],
  ['Origin: %zz', 'Sec-Fetch-Site: cross-site'],
  ['X-Forwarded-For: 1.2.3.4, ::1, no', 'X-Forwarded-Host: evil.example', 'Forwarded: for=_'],
  ['Access-Control-Request-Method: \xff', 'Origin: http://localhost:9999'],
  ['User-Agent: \xff\xfe', 'Accept-Language: \xff;q=9'],
  ['If-None-Match: *', 'Range: bytes=0-1', 'If-Modified-Since: no'],
  ['Accept-Encoding: ,', 'TE: trailers, no', 'Upgrade: h2c', 'Content-Encoding: gzip'],
]

const otherMethods = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'HEAD',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'M-SEARCH',
]

/** Every wrong request for one path. `methods` are those that it has. */
export function* requestsFor(path: string, methods: readonly string[], caller: Caller): Generator<WireRequest> {
  const target = path.replaceAll(/:\w+/g, '1')
  const say = (method: string, rest: Partial<WireRequest> = {}): WireRequest => ({
    method,
    target,
    ...rest,
    headers: [...caller.headers, ...(rest.headers ?? [])],
  })
  // A second Authorization header would be dropped: they are for those who have none.
  if (caller.isStopped === true)
    for (const headers of oddHeaders) for (const method of methods) yield say(method, { headers })
  for (const method of otherMethods) {
    if (!methods.includes(method)) yield say(method, { headers: [form], body: encode(whole(caller)) })
  }
  const sample = caller.isStopped === true ? 4 : 1
  for (const body of forms(caller, 60_000, sample)) {
    for (const method of methods) if (takesBody(method)) yield say(method, { headers: [form], body })
  }
  const readsQuery = path === '/o/authorize/' || path === '/o/introspect/'
  for (const query of forms(caller, 12_000, readsQuery ? 1 : 5)) {
    if (methods.includes('GET')) yield say('GET', { target: `${target}?${withoutSecrets(path, query)}` })
  }
  for (const body of bodies(caller)) for (const method of methods) if (takesBody(method)) yield say(method, body)
  const query = withoutSecrets(path, encode(whole(caller)))
  for (const method of methods) yield say(method, { target: `${target}?${query}` })
  if (!path.includes(':')) return
  for (const segment of segments) {
    for (const method of methods) yield say(method, { target: path.replaceAll(/:\w+/g, segment) })
  }
}

/** Addresses near a path at which there is nothing, or something else: each is answered by a page. */
export function strayTargets(path: string): readonly string[] {
  const target = path.replaceAll(/:\w+/g, '1')
  const near = [...segments, '\xff', ';', '?#', '%3f', '%09'].map((segment) => `${target}${segment}`)
  return [...near, `/${target}`, `http://evil.example${target}`]
}

const segments: readonly string[] = [
  '%',
  '%zz',
  '%00',
  '%2e%2e',
  '..%2f',
  '-1',
  '0',
  '1e9',
  '9'.repeat(40),
  'a'.repeat(2_000),
  '__proto__',
  'constructor',
]

function takesBody(method: string): boolean {
  return method !== 'GET' && method !== 'OPTIONS'
}

/** Control characters cannot stand in a request line; a page carries its own query on, so none holds a secret. */
function withoutSecrets(path: string, query: string): string {
  const sent = query.replaceAll('\0', '%00')
  return faceOf(path) === 'page' ? sent.replaceAll(canary, 'c') : sent
}
