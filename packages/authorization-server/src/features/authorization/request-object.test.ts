import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decideRequestObject, type RequestObject, type RequestObjectDecision } from './request-object.ts'

const now = 2_000_000_000_000
const seconds = now / 1_000
const issuer = 'https://login.example/o'

function decide(
  payload: RequestObject['payload'],
  changed: { readonly typ?: unknown; readonly responseType?: string } = {},
): RequestObjectDecision {
  const { typ, responseType } = changed
  const header = typ === undefined ? {} : { typ }
  return decideRequestObject({ header, payload }, { clientId: 'app', issuer, now, responseType })
}

function ruleOf(...args: Parameters<typeof decide>): string {
  const decision = decide(...args)
  return decision.kind === 'refuse' ? decision.rule : 'accepted'
}

const whole = { iss: 'app', aud: issuer, client_id: 'app', response_type: 'code', exp: seconds + 60, nbf: seconds }

test('what stands in it becomes the request; the claims of the JWT itself do not (RFC 9101 §4)', () => {
  const payload = {
    ...whole,
    iat: seconds,
    jti: 'x',
    sub: 'a-person',
    scope: 'openid',
    state: '',
    max_age: 60,
    claims: { userinfo: { email: null } },
    resource: ['https://a.example', 'https://b.example'],
    latchkey_request: 'forged',
  }
  assert.deepEqual(decide(payload), {
    kind: 'accept',
    parameters: [
      ['client_id', 'app'],
      ['response_type', 'code'],
      ['scope', 'openid'],
      ['state', ''],
      ['max_age', '60'],
      ['claims', '{"userinfo":{"email":null}}'],
      ['resource', 'https://a.example'],
      ['resource', 'https://b.example'],
    ],
  })
})

test('client_id and response_type may stand beside it only, and must agree where both are there (OpenID Connect Core §6.1)', () => {
  assert.deepEqual(decide({ scope: 'openid' }, { responseType: 'code' }), {
    kind: 'accept',
    parameters: [
      ['client_id', 'app'],
      ['response_type', 'code'],
      ['scope', 'openid'],
    ],
  })
  assert.equal(ruleOf(whole, { responseType: 'code' }), 'accepted')
  assert.equal(ruleOf(whole, { responseType: 'id_token' }), 'request-object-response-type')
  const hybrid = { ...whole, response_type: 'id_token code' }
  assert.equal(ruleOf(hybrid, { responseType: 'code id_token' }), 'accepted')
  assert.equal(ruleOf({ ...whole, client_id: 'other' }), 'request-object-party')
})

test('it is of this client, for this server, and no assertion of the client about itself (RFC 9101 §10.8)', () => {
  assert.equal(ruleOf({ ...whole, aud: ['https://other.example', issuer] }), 'accepted')
  for (const change of [{ iss: 'other' }, { aud: 'https://other.example' }, { aud: [] }, { sub: 'app' }, { iss: 7 }]) {
    assert.equal(ruleOf({ ...whole, ...change }), 'request-object-party', JSON.stringify(change))
  }
})

test('it is valid now, and for an hour at most', () => {
  assert.equal(ruleOf({ ...whole, exp: seconds - 9 }), 'accepted')
  assert.equal(ruleOf({ ...whole, nbf: seconds - 3_600, exp: seconds + 3_600 }), 'accepted')
  for (const change of [
    { exp: seconds - 10 },
    { nbf: seconds + 11 },
    { iat: seconds + 11 },
    { nbf: seconds - 3_601 },
    { exp: seconds + 3_611 },
    { exp: '9999999999' },
    { exp: -1 },
    { nbf: null },
    { exp: 1e300 },
  ]) {
    assert.equal(ruleOf({ ...whole, ...change }), 'request-object-time', JSON.stringify(change))
  }
})

test('a JWT for another purpose is no request (RFC 8725 §3.11)', () => {
  for (const typ of ['JWT', 'jwt', 'oauth-authz-req+jwt', 'application/OAuth-Authz-Req+JWT']) {
    assert.equal(ruleOf(whole, { typ }), 'accepted', typ)
  }
  for (const typ of ['at+jwt', 'logout+jwt', 'client-authentication+jwt', 'dpop+jwt', '', 7]) {
    assert.equal(ruleOf(whole, { typ }), 'request-object-type', String(typ))
  }
})

test('no request object inside, and no value that no parameter can have', () => {
  assert.equal(ruleOf({ ...whole, request: 'e.y.j' }), 'request-object-nested')
  assert.equal(ruleOf({ ...whole, request_uri: 'https://app.example/r' }), 'request-object-nested')
  for (const change of [{ state: null }, { scope: ['openid'] }, { nonce: {} }, { claims: null }, { resource: [7] }]) {
    assert.equal(ruleOf({ ...whole, ...change }), 'request-object-value', JSON.stringify(change))
  }
})
