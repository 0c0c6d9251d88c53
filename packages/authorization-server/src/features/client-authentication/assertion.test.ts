import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AssertionContext, decideAssertion } from './assertion.ts'

const now = 1_800_000_000_000
const seconds = now / 1_000
const context: AssertionContext = {
  clientId: 'me',
  audiences: ['https://id.example/o', 'https://id.example/o/token/'],
  now,
}
const payload = { iss: 'me', sub: 'me', aud: 'https://id.example/o', jti: 'once', exp: seconds + 60, iat: seconds }

function ruleOf(members: object, header: object = {}): string {
  const decision = decideAssertion(
    { header: { alg: 'ES256', ...header }, payload: { ...payload, ...members } },
    context,
  )
  return decision.kind === 'accept' ? 'accept' : decision.rule
}

test('an assertion for the issuer or the token endpoint lets its client in (OpenID Connect Core §9)', () => {
  assert.deepEqual(decideAssertion({ header: {}, payload }, context), {
    kind: 'accept',
    jti: 'once',
    expiresAt: now + 60_000,
  })
  for (const aud of ['https://id.example/o', 'https://id.example/o/token/', ['https://id.example/o']])
    assert.equal(ruleOf({ aud }), 'accept')
})

test('another audience, several, or none is refused (RFC 7523 §3)', () => {
  const wrong = [
    undefined,
    '',
    'https://id.example/o/',
    'https://ID.example/o',
    'https://id.example/o/token',
    'https://other.example',
    [],
    ['https://id.example/o', 'https://other.example'],
    [['https://id.example/o']],
    {},
    7,
  ]
  for (const aud of wrong) assert.equal(ruleOf({ aud }), 'assertion-audience', JSON.stringify(aud))
})

test('issuer and subject are the client (RFC 7523 §3)', () => {
  for (const other of [undefined, '', 'you', 'ME', ['me'], 7]) {
    assert.equal(ruleOf({ iss: other }), 'assertion-subject')
    assert.equal(ruleOf({ sub: other }), 'assertion-subject')
  }
})

test('it must run out, within five minutes, and not before now (RFC 7523 §3)', () => {
  const exps: readonly (readonly [unknown, string])[] = [
    [seconds - 9, 'accept'],
    [seconds - 10, 'assertion-expired'],
    [seconds - 3_600, 'assertion-expired'],
    [seconds + 310, 'accept'],
    [seconds + 311, 'assertion-too-long'],
    [seconds + 86_400, 'assertion-too-long'],
    [undefined, 'assertion-expiry'],
    [null, 'assertion-expiry'],
    [`${seconds + 60}`, 'assertion-expiry'],
    [Infinity, 'assertion-expiry'],
    [Number.NaN, 'assertion-expiry'],
    [2 ** 53, 'assertion-expiry'],
    [-1, 'assertion-expiry'],
    [seconds + 0.5, 'assertion-expiry'],
    [[seconds + 60], 'assertion-expiry'],
  ]
  for (const [exp, rule] of exps) assert.equal(ruleOf({ exp }), rule, String(exp))
})

test('a clock ten seconds ahead is borne, a minute is not (RFC 7519 §4.1.5)', () => {
  for (const claim of ['nbf', 'iat']) {
    assert.equal(ruleOf({ [claim]: seconds + 10 }), 'accept')
    assert.equal(ruleOf({ [claim]: seconds + 11 }), 'assertion-early')
    assert.equal(ruleOf({ [claim]: 'soon' }), 'assertion-times')
  }
  assert.equal(ruleOf({ iat: undefined }), 'accept')
})

test('it has an id of its own', () => {
  for (const jti of [undefined, '', 7, 'j'.repeat(256)]) assert.equal(ruleOf({ jti }), 'assertion-jti')
})

test('a token that was signed for another purpose is none (RFC 8725 §3.11)', () => {
  for (const typ of [undefined, 'JWT', 'jwt', 'client-authentication+jwt', 'application/client-authentication+jwt'])
    assert.equal(ruleOf({}, { typ }), 'accept', String(typ))
  for (const typ of ['at+jwt', 'logout+jwt', 'dpop+jwt', 'oauth-authz-req+jwt', '', 7, null])
    assert.equal(ruleOf({}, { typ }), 'assertion-type', String(typ))
})
