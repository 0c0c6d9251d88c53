import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clearCookie, cookieName, setCookie } from './cookies.ts'

test('over TLS a cookie is Secure and carries the __Host- prefix, so that no sibling domain can set it (RFC 6265bis §4.1.3.2)', () => {
  assert.equal(cookieName('latchkey_session', true), '__Host-latchkey_session')
  assert.equal(
    setCookie('latchkey_session', 'v', { secure: true }),
    '__Host-latchkey_session=v; Path=/; HttpOnly; Secure; SameSite=Lax',
  )
})

test('without TLS it has neither, since a browser would drop it', () => {
  assert.equal(cookieName('latchkey_session', false), 'latchkey_session')
  assert.equal(
    setCookie('latchkey_session', 'v', { secure: false }),
    'latchkey_session=v; Path=/; HttpOnly; SameSite=Lax',
  )
})

test('no cookie names a domain; a life in seconds is told where there is one', () => {
  const cookie = setCookie('a', 'v', { secure: true, maxAgeSeconds: 60 })
  assert.match(cookie, /; Max-Age=60(;|$)/)
  assert.doesNotMatch(cookie, /domain/i)
})

test('a value cannot break out of its place', () => {
  const cookie = setCookie('a', 'v; Domain=evil.example\r\nSet-Cookie: x=y', { secure: false })
  assert.doesNotMatch(cookie, /[\r\n]/)
  assert.doesNotMatch(cookie, /; Domain/)
})

test('a cookie is cleared under the name and attributes that it was set with', () => {
  for (const secure of [true, false]) {
    const [pair, ...attributes] = clearCookie('a', secure).split('; ')
    assert.equal(pair, `${cookieName('a', secure)}=`)
    assert.ok(attributes.includes('Max-Age=0') && attributes.includes('Path=/'))
    assert.equal(attributes.includes('Secure'), secure)
  }
})
