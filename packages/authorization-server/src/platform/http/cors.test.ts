import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { test } from 'node:test'
import { preflight, shareWith, shareWithAll } from './cors.ts'
import type { Incoming } from './message.ts'
import { jsonReply } from './reply.ts'

const registered = ['https://app.example', 'http://localhost:9999']
const from = (headers: IncomingHttpHeaders): Incoming => ({ headers }) as Incoming
const reply = jsonReply(200, {}, { vary: 'Accept' })
const strangers = [
  'https://evil.example',
  'null',
  '*',
  '',
  'https://app.example.evil.example',
  'https://app.example:443',
  'https://APP.example',
  'https://app.example/',
  'http://app.example',
  'http://localhost:9998',
]

test('a registered origin may read, and is named itself, never by a star', () => {
  for (const origin of registered) {
    const { headers } = shareWith(reply, from({ origin }), registered)
    assert.equal(headers['access-control-allow-origin'], origin)
    assert.match(String(headers['access-control-expose-headers']), /WWW-Authenticate/)
  }
})

test('any other origin may not, and neither may a request without one', () => {
  for (const headers of [{}, ...strangers.map((origin) => ({ origin }))]) {
    assert.equal(shareWith(reply, from(headers), registered).headers['access-control-allow-origin'], undefined)
    assert.equal(preflight(from(headers), registered, ['POST']).headers['access-control-allow-origin'], undefined)
  }
})

test('every answer that depends on the origin says so, added to what it depends on already (Fetch §3.2)', () => {
  for (const headers of [{}, { origin: 'https://evil.example' }, { origin: 'https://app.example' }]) {
    assert.equal(shareWith(reply, from(headers), registered).headers['vary'], 'Accept, Origin')
    assert.equal(preflight(from(headers), registered, ['POST']).headers['vary'], 'Origin')
  }
})

test('a preflight names methods and headers to a registered origin, and Allow to everybody', () => {
  const answer = preflight(
    from({ origin: 'https://app.example', 'access-control-request-headers': 'x-evil' }),
    registered,
    ['POST', 'PUT'],
  )
  assert.deepEqual(answer.headers, {
    allow: 'POST, PUT, OPTIONS',
    vary: 'Origin',
    'access-control-allow-origin': 'https://app.example',
    'access-control-allow-methods': 'POST, PUT, OPTIONS',
    'access-control-allow-headers': 'accept, authorization, content-type',
    'access-control-max-age': '86400',
  })
  const stranger = preflight(from({ origin: 'https://evil.example' }), registered, ['POST'])
  assert.deepEqual([stranger.status, stranger.headers], [200, { allow: 'POST, OPTIONS', vary: 'Origin' }])
})

test('cookies are never allowed to travel along', () => {
  const origin = 'https://app.example'
  for (const answer of [
    shareWith(reply, from({ origin }), registered),
    preflight(from({ origin }), registered, ['GET']),
    shareWithAll(reply),
  ]) {
    assert.equal(answer.headers['access-control-allow-credentials'], undefined)
  }
})

test('a public document is for everybody', () => {
  assert.equal(shareWithAll(reply).headers['access-control-allow-origin'], '*')
})
