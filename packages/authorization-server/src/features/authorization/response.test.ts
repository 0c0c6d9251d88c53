import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OAuthError } from '@latchkey/protocol'
import { deliveryOf, errorMembers, type Members, type ResponseTarget, travel } from './response.ts'

const issuer = 'https://login.example/o'
const target: ResponseTarget = {
  redirectUri: 'https://app.example/cb',
  responseMode: 'query',
  state: undefined,
  issuer,
}

function locationOf(to: ResponseTarget, members: Members): string {
  const delivery = deliveryOf(to, members)
  assert.ok(delivery.kind === 'redirect')
  return delivery.location
}

const codeResponse = (to: ResponseTarget, code: string): string => locationOf(to, [['code', code]])
const errorResponse = (to: ResponseTarget, error: OAuthError): string => locationOf(to, errorMembers(error))

test('a code travels in the query with the issuer, and the state as it came (RFC 9207 §2)', () => {
  assert.equal(
    codeResponse(target, 'lk_ac_x'),
    'https://app.example/cb?code=lk_ac_x&iss=https%3A%2F%2Flogin.example%2Fo',
  )
  const state = 'a b&code=evil#é"\r\nSet-Cookie: x'
  const location = codeResponse({ ...target, state }, 'lk_ac_x')
  const { searchParams, hash } = new URL(location)
  assert.deepEqual([searchParams.getAll('code'), searchParams.get('state'), hash], [['lk_ac_x'], state, ''])
  assert.match(location, /^[\x21-\x7e]+$/)
})

test('the registered address is used byte for byte, with its own query kept', () => {
  for (const redirectUri of [
    'https://app.example/cb?x=1&y=%C3%A9',
    'https://APP.example:443/a/../cb?',
    'com.example.app:/cb',
    'http://127.0.0.1:49152/cb',
  ]) {
    const location = codeResponse({ ...target, redirectUri }, 'c')
    assert.ok(location.startsWith(redirectUri + (redirectUri.includes('?') ? '&' : '?')), location)
  }
})

test('an error travels with its code, its sentence if it has one, and never with what is for our records', () => {
  const error = new OAuthError('access_denied', 'The person said no.', {
    rule: 'denied',
    detail: { client_id: 'web', sent: 'secret' },
  })
  const query = new URL(errorResponse({ ...target, state: 's' }, error)).searchParams
  assert.deepEqual(Object.fromEntries(query), {
    error: 'access_denied',
    error_description: 'The person said no.',
    state: 's',
    iss: issuer,
  })
  const bare = new URL(errorResponse(target, new OAuthError('login_required'))).searchParams
  assert.deepEqual(Object.fromEntries(bare), { error: 'login_required', iss: issuer })
})

test('a fragment holds what a query would, and the address before it is untouched', () => {
  const redirectUri = 'https://app.example/cb?x=1'
  const location = codeResponse({ ...target, redirectUri, responseMode: 'fragment', state: 'a b&c#' }, 'c')
  const [address, fragment] = location.split('#')
  assert.equal(address, redirectUri)
  assert.deepEqual(
    [...new URLSearchParams(fragment)],
    [
      ['code', 'c'],
      ['state', 'a b&c#'],
      ['iss', issuer],
    ],
  )
})

test('a form goes to the address itself and holds every member once (OAuth 2.0 Form Post Response Mode §2)', () => {
  const to: ResponseTarget = { ...target, responseMode: 'form_post', state: '"><script>' }
  assert.deepEqual(deliveryOf(to, [['code', 'c']]), {
    kind: 'form',
    action: 'https://app.example/cb',
    fields: [
      ['code', 'c'],
      ['state', '"><script>'],
      ['iss', issuer],
    ],
  })
})

test('after a POST the browser comes with GET and without the form (RFC 9700 §4.12)', () => {
  assert.deepEqual([travel('POST', '/x').status, travel('GET', '/x').status], [303, 302])
  assert.equal(travel('POST', '/x').headers['location'], '/x')
})
