import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixedClock } from '../time/index.ts'
import { createLog, type Fields, isSecretName, type LogOptions, silentLog } from './index.ts'

function written(act: (log: ReturnType<typeof createLog>) => void, options: Partial<LogOptions> = {}): string {
  const lines: string[] = []
  const clock = fixedClock(Date.UTC(2026, 0, 2, 3, 4, 5, 6))
  act(createLog({ level: 'debug', format: 'json', clock, write: (line) => lines.push(line), ...options }))
  return lines.join('')
}

function fieldsOf(fields: Fields): Record<string, unknown> {
  const record: unknown = JSON.parse(written((log) => log.info('x', fields)))
  assert.ok(typeof record === 'object' && record !== null)
  return Object.fromEntries(Object.entries(record).filter(([name]) => !['level', 'time', 'message'].includes(name)))
}

test('a record is one line of JSON with level, time, message and fields', () => {
  assert.equal(
    written((log) => log.warn('The disk is slow.', { ms: 812 })),
    '{"level":"warn","time":"2026-01-02T03:04:05.006Z","ms":812,"message":"The disk is slow."}\n',
  )
})

test('records below the level are not written, and silence writes nothing', () => {
  assert.equal(
    written((log) => log.info('x'), { level: 'warn' }),
    '',
  )
  assert.equal(
    written((log) => log.error('x'), { level: 'silent' }),
    '',
  )
  assert.doesNotThrow(() => silentLog.with({ a: 1 }).error('x'))
})

test('a child adds its fields to every record', () => {
  assert.match(
    written((log) => log.with({ request: 'r1' }).info('x', { status: 200 })),
    /"request":"r1","status":200/,
  )
})

test('fields with a telling name are masked at every depth, whatever they hold', () => {
  const secrets = {
    authorization: 'hunter2',
    'Proxy-Authorization': 'hunter2',
    cookie: 'hunter2',
    'set-cookie': ['hunter2'],
    access_token: 'hunter2',
    refreshToken: 'hunter2',
    id_token_hint: 'hunter2',
    code: 'hunter2',
    codeVerifier: 'hunter2',
    password: 'hunter2',
    new_password1: 'hunter2',
    passwordHash: { digest: 'hunter2' },
    clientSecret: 'hunter2',
    client_assertion: 'hunter2',
    masterKey: 'hunter2',
  }
  const line = written((log) => log.info('x', { ...secrets, headers: secrets, list: [{ deep: secrets }] }))
  assert.doesNotMatch(line, /hunter2/)
  assert.deepEqual(fieldsOf({ token: null, code: false, password: '' }), { token: null, code: false, password: '•••' })
})

test('names that only look alike are shown', () => {
  for (const name of ['statusCode', 'errorCode', 'exit_code', 'tokenType', 'tokenId', 'keyId', 'codeLifetimeSeconds']) {
    assert.equal(isSecretName(name), false, name)
  }
})

test('secrets inside text are masked: header credentials, URLs, forms and JWTs', () => {
  const text = written((log) =>
    log.info('GET /cb?code=hunter2&state=s with Bearer hunter2hunter2', {
      url: 'https://a.example/cb?state=s&code=hunter2#access_token=hunter2&token_type=Bearer',
      header: 'basic aHVudGVyMjpodW50ZXIy==',
      form: 'grant_type=password&username=a&password=hunter2',
      words: 'got eyJhbGciOi.eyJzdWIi.c2ln back',
      error: new Error('refused: client_secret=hunter2'),
    }),
  )
  assert.doesNotMatch(text, /hunter2|aHVudGVy|c2ln/)
  assert.match(text, /code=•••&state=s with Bearer •••/)
  assert.match(text, /grant_type=password&username=a&password=•••/)
})

test('an error keeps its type, code, frames and cause', () => {
  const cause = Object.assign(new TypeError('inner'), { code: 'ECONNREFUSED' })
  const { error } = fieldsOf({ error: new Error('outer', { cause }) })
  assert.ok(typeof error === 'object' && error !== null && 'cause' in error && 'stack' in error)
  assert.ok(Array.isArray(error.stack) && String(error.stack[0]).startsWith('at '))
  assert.match(JSON.stringify(error.cause), /"type":"TypeError","message":"inner","errorCode":"ECONNREFUSED"/)
})

test('a private key shows only which key it is', () => {
  assert.deepEqual(fieldsOf({ jwk: { kty: 'EC', kid: 'k1', d: 'hunter2', x: 'x' } }), { jwk: { kty: 'EC', kid: 'k1' } })
})

test('bytes, circles, long lists and long texts stay small', () => {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const line = written((log) =>
    log.info('x', {
      circle,
      bytes: new Uint8Array(9),
      list: Array.from({ length: 999 }, () => 1),
      text: 'a'.repeat(99_999),
      big: 1n,
    }),
  )
  assert.ok(line.length < 6000, String(line.length))
  assert.match(line, /<9 bytes>.*949 more/)
})

test('control characters cannot forge a line or steer a terminal, in either format', () => {
  const evil = 'a\r\nforged\u001b[2J\u009b31m\u202edexif\u2028'
  for (const format of ['json', 'pretty'] as const) {
    const text = written((log) => log.info(evil, { [evil]: evil, error: new Error(evil) }), { format })
    // oxlint-disable-next-line no-control-regex -- control characters are what must be absent
    assert.doesNotMatch(text.trimEnd().replace(/\n {4}at /g, ''), /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/, format)
  }
})

test('pretty is one line with time, level, message and fields, and the frames of an error below', () => {
  const plain = written((log) => log.info('Listening.', { url: 'http://localhost:8000', note: 'a b', n: 1 }), {
    format: 'pretty',
  })
  assert.equal(plain, '03:04:05.006 INFO  Listening. url=http://localhost:8000 note="a b" n=1\n')
  const failed = written((log) => log.error('Failed.', { error: new Error('why') }), { format: 'pretty' })
  assert.match(failed, /^03:04:05\.006 ERROR Failed\. error=Error: why\n {4}at /)
  const coloured = written((log) => log.error('Failed.'), { format: 'pretty', inColour: true })
  assert.ok(coloured.includes('\u001b[31mERROR\u001b[0m'))
})
