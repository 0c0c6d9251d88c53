import assert from 'node:assert/strict'
import test from 'node:test'
import type { PageContext } from './context.ts'
import { errorKindOf, errorPage } from './error-page.ts'
import { csrfField } from './form.ts'
import { jsonPage } from './json-page.ts'
import { english } from './locale.ts'

const context: PageContext = { locale: english, csrfToken: 't0ken', development: false, assetVersion: 'v1' }

test('an error page says it in plain words, interrupts screen readers and shows the incident for copying', () => {
  const { text } = errorPage(context, { kind: 'server-error', incident: '"><svg onload=alert(1)>' })
  assert.match(text, /role="alert"/)
  assert.match(text, /<h1>Something went wrong on our side<\/h1>/)
  assert.match(text, /<code id="incident" dir="ltr">&#34;&#62;&#60;svg/)
  assert.match(text, /data-copy="incident"/)
})

test('a throttled caller learns how long to wait', () => {
  assert.match(
    errorPage(context, { kind: 'too-many-requests', retryAfterSeconds: 40 }).text,
    /Try again in 40 seconds\./,
  )
})

test('an expired form tells about cookies and offers the page again, but no address that leads elsewhere', () => {
  assert.match(
    errorPage(context, { kind: 'form-expired', retryHref: '/accounts/login/' }).text,
    /href="\/accounts\/login\/"[\s\S]*/,
  )
  assert.match(errorPage(context, { kind: 'form-expired' }).text, /allow cookies/)
  assert.doesNotMatch(
    errorPage(context, { kind: 'form-expired', retryHref: 'javascript:alert(1)' }).text,
    /javascript:/,
  )
})

test('every status has a kind of page', () => {
  const kinds = [400, 403, 404, 405, 429, 500, 503, 418, 599].map(errorKindOf)
  assert.deepEqual(kinds, [
    'bad-request',
    'forbidden',
    'not-found',
    'method-not-allowed',
    'too-many-requests',
    'server-error',
    'busy',
    'bad-request',
    'server-error',
  ])
})

test('a form without a form token cannot be rendered', () => {
  assert.throws(() => csrfField({ locale: english, development: false, assetVersion: 'v1' }), TypeError)
})

test('an answer in JSON is shown with method, path and status, and cannot break out of the page', () => {
  const { text } = jsonPage(context, {
    title: 'User profile',
    method: 'GET',
    path: '/user/profile/?a="><b>',
    status: 401,
    reason: 'Unauthorized',
    allowedMethods: ['GET', 'PUT'],
    headers: { 'www-authenticate': 'Bearer realm="api"' },
    value: { detail: '</code><script>alert(1)</script>' },
  })
  assert.match(text, /HTTP 401 Unauthorized\nallow: GET, PUT\nwww-authenticate: Bearer realm=&#34;api&#34;/)
  assert.doesNotMatch(text, /<script>|<b>/)
})

test('development mode is marked on every page', () => {
  assert.match(errorPage({ ...context, development: true }, { kind: 'not-found' }).text, /Development mode/)
  assert.doesNotMatch(errorPage(context, { kind: 'not-found' }).text, /Development mode/)
})
