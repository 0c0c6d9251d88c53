import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  type AuthorizationRequest,
  type AuthorizationRequestPolicy,
  errorDelivery,
  parseAuthorizationRequest,
  parseClientAndRedirect,
} from './authorization-request.ts'
import { OAuthError } from './errors.ts'
import { readParameters } from './parameter-reader.ts'

const policy: AuthorizationRequestPolicy = { responseTypes: ['code'] }
const hybrid: AuthorizationRequestPolicy = {
  responseTypes: ['code', 'code id_token', 'code token', 'id_token', 'id_token token'],
}
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

function parse(sent: Record<string, string>, using: AuthorizationRequestPolicy = policy): AuthorizationRequest {
  return parseAuthorizationRequest(readParameters(Object.entries({ response_type: 'code', ...sent })), using)
}

function refuses(sent: Record<string, string>, code: string, mayRedirect = true): void {
  assert.throws(() => parse(sent), { name: 'OAuthError', code, mayRedirect }, JSON.stringify(sent).slice(0, 80))
}

const padded = (length: number): string => `{"a":"${'x'.repeat(length - 8)}"}`

const delivery = (query: string): unknown => errorDelivery(readParameters(new URLSearchParams(query)), hybrid)

test('stage 1 reads the client and the redirect URI as sent', () => {
  const query = new URLSearchParams('client_id=site&redirect_uri=https://a.example/cb%3Fx')
  assert.deepEqual(parseClientAndRedirect(readParameters(query)), {
    clientId: 'site',
    redirectUri: 'https://a.example/cb?x',
  })
  assert.deepEqual(parseClientAndRedirect(readParameters([['client_id', 'site']])), {
    clientId: 'site',
    redirectUri: undefined,
  })
})

test('faults of stage 1 never redirect (RFC 6749 §4.1.2.1)', () => {
  const faults = {
    '': 'Missing client_id parameter.',
    'client_id=': 'Missing client_id parameter.',
    'client_id=%00': 'Invalid client_id parameter value.',
    'client_id=%C3%A9': 'Invalid client_id parameter value.',
    'client_id=a&client_id=b': 'Duplicate client_id parameter.',
    'client_id=a&redirect_uri=b&redirect_uri=c': 'Duplicate redirect_uri parameter.',
    'client_id=a&state=b&state=c': 'Duplicate state parameter.',
  }
  for (const [query, description] of Object.entries(faults)) {
    assert.throws(
      () => parseClientAndRedirect(readParameters(new URLSearchParams(query))),
      { code: 'invalid_request', description, mayRedirect: false },
      query,
    )
  }
})

test('a full request becomes typed values', () => {
  const request = parse({
    response_mode: 'form_post',
    scope: 'openid email',
    state: 's',
    nonce: 'n',
    prompt: 'consent login',
    max_age: '0',
    login_hint: 'a@b.example',
    id_token_hint: 'e.y.j',
    ui_locales: 'nb en',
    acr_values: '2 1',
    display: 'popup',
    claims: '{"id_token":{}}',
    resource: 'https://api.example/',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    unknown: 'ignored',
  })
  assert.deepEqual(request, {
    responseType: 'code',
    responseMode: 'form_post',
    scopes: ['openid', 'email'],
    state: 's',
    nonce: 'n',
    prompt: new Set(['login', 'consent']),
    maxAgeSeconds: 0,
    loginHint: 'a@b.example',
    idTokenHint: 'e.y.j',
    uiLocales: ['nb', 'en'],
    acrValues: ['2', '1'],
    display: 'popup',
    claims: '{"id_token":{}}',
    claimsRequest: { userinfo: new Map(), idToken: new Map() },
    resources: ['https://api.example/'],
    codeChallenge: { challenge, method: 'S256' },
  })
})

test('an empty value is an absent one, also of scope (RFC 6749 §3.1)', () => {
  const names = ['response_mode', 'scope', 'state', 'nonce', 'prompt', 'max_age', 'claims', 'code_challenge', 'request']
  const request = parse(Object.fromEntries(names.map((name) => [name, ''])))
  assert.deepEqual(request, parse({}))
  assert.equal(request.scopes, undefined)
})

test('the response type is required and must be supported (RFC 6749 §3.1.1)', () => {
  refuses({ response_type: '' }, 'invalid_request')
  refuses({ response_type: 'token' }, 'unsupported_response_type')
  refuses({ response_type: 'code id_token' }, 'unsupported_response_type')
  refuses({ response_type: 'CODE' }, 'unsupported_response_type')
  const sent = { response_type: 'id_token code', nonce: 'n', scope: 'openid' }
  assert.equal(parse(sent, hybrid).responseType, 'code id_token')
})

test('an ID token from the front channel needs a nonce and the scope openid (OpenID Connect Core §3.2.2.1, §3.3.2.11)', () => {
  const complete = { response_type: 'code id_token', scope: 'openid', nonce: 'n' }
  assert.equal(parse(complete, hybrid).nonce, 'n')
  const faults = { 'nonce-missing': { nonce: '' }, 'openid-scope-missing': { scope: 'read' } }
  for (const [rule, change] of Object.entries(faults)) {
    assert.throws(() => parse({ ...complete, ...change }, hybrid), { code: 'invalid_request', rule, mayRedirect: true })
  }
  assert.throws(() => parse({ ...complete, scope: '' }, hybrid), { rule: 'openid-scope-missing' })
  assert.equal(parse({ response_type: 'code token' }, hybrid).nonce, undefined)
  assert.equal(parse({}).nonce, undefined)
})

test('a code travels by query or form, never in a fragment; a token by fragment or form, never in a query', () => {
  assert.equal(parse({}).responseMode, 'query')
  assert.equal(parse({ response_mode: 'form_post' }).responseMode, 'form_post')
  refuses({ response_mode: 'fragment' }, 'invalid_request')
  refuses({ response_mode: 'constructor' }, 'invalid_request')
  for (const response_type of ['id_token', 'code id_token', 'code token', 'id_token token']) {
    const sent = { response_type, scope: 'openid', nonce: 'n' }
    assert.equal(parse(sent, hybrid).responseMode, 'fragment')
    assert.equal(parse({ ...sent, response_mode: 'form_post' }, hybrid).responseMode, 'form_post')
    const inQuery = { ...sent, response_mode: 'query' }
    assert.throws(() => parse(inQuery, hybrid), { code: 'invalid_request', rule: 'response-mode' }, response_type)
  }
})

test('request, request_uri and registration are refused, never silently ignored (OpenID Connect Core §6)', () => {
  refuses({ request: 'e.y.j' }, 'request_not_supported')
  refuses({ request_uri: 'http://169.254.169.254/' }, 'request_uri_not_supported')
  refuses({ registration: '{}' }, 'registration_not_supported')
})

test('prompt=none stands alone; values that we do not know are left out', () => {
  refuses({ prompt: 'none login' }, 'invalid_request')
  refuses({ prompt: 'none other' }, 'invalid_request')
  assert.deepEqual(parse({ prompt: 'none' }).prompt, new Set(['none']))
  assert.deepEqual(parse({ prompt: 'none none' }).prompt, new Set(['none']))
  assert.deepEqual(parse({ prompt: 'login other' }).prompt, new Set(['login']))
})

test('state and nonce come back in full or the request is refused: they are never cut', () => {
  assert.equal(parse({ state: 'x'.repeat(2048) }).state?.length, 2048)
  assert.equal(parse({ nonce: 'x'.repeat(512) }).nonce?.length, 512)
  refuses({ state: 'x'.repeat(2049) }, 'invalid_request')
  refuses({ nonce: 'x'.repeat(513) }, 'invalid_request')
  refuses({ state: 'a\0b' }, 'invalid_request')
  refuses({ login_hint: 'a\r\nb' }, 'invalid_request')
})

test('max_age is a whole number of seconds', () => {
  assert.equal(parse({ max_age: '3600' }).maxAgeSeconds, 3600)
  for (const max_age of ['-1', '1.5', '1e3', ' 1', '0x1', 'NaN', '9'.repeat(11)])
    refuses({ max_age }, 'invalid_request')
})

test('claims is a JSON object of bounded length, given on as sent and as read', () => {
  assert.equal(parse({ claims: padded(2048) }).claims, padded(2048))
  const read = parse({ claims: '{"userinfo":{"email":{"essential":true}}}' }).claimsRequest
  assert.deepEqual(read.userinfo.get('email'), { essential: true, values: undefined })
  for (const claims of ['[]', 'null', '"a"', '{', '1', padded(2049)]) refuses({ claims }, 'invalid_request')
})

test('scope, resource and challenge answer in their own codes', () => {
  refuses({ scope: ' ' }, 'invalid_scope')
  refuses({ scope: 'a\nb' }, 'invalid_scope')
  refuses({ resource: '/api' }, 'invalid_target')
  refuses({ code_challenge: challenge, code_challenge_method: 'plain' }, 'invalid_request')
  refuses({ code_challenge: challenge }, 'invalid_request')
  const plain = parse({ code_challenge: challenge }, { ...policy, allowPlain: true })
  assert.equal(plain.codeChallenge?.method, 'plain')
})

test('a repeated parameter is refused in stage 2 as well, but for resource', () => {
  const query = 'response_type=code&nonce=a&nonce=b'
  assert.throws(() => parseAuthorizationRequest(readParameters(new URLSearchParams(query)), policy), {
    description: 'Duplicate nonce parameter.',
  })
  const two = new URLSearchParams('response_type=code&resource=https://a.example&resource=https://b.example')
  assert.equal(parseAuthorizationRequest(readParameters(two), policy).resources.length, 2)
})

test('an error is delivered with the state and mode that are sound', () => {
  const of = (query: string, state: string | undefined, responseMode: string): void => {
    assert.deepEqual(delivery(query), { state, responseMode }, query)
  }
  of('state=s&response_mode=form_post', 's', 'form_post')
  of('state=a&state=b&response_mode=fragment', undefined, 'query')
  of(`state=${'x'.repeat(2049)}`, undefined, 'query')
  of('response_type=token&response_mode=fragment', undefined, 'query')
  of('response_type=code&response_mode=fragment', undefined, 'query')
  of('response_type=id_token+token', undefined, 'fragment')
  of('response_type=id_token+token&response_mode=query', undefined, 'fragment')
  of('response_type=token+id_token&response_mode=form_post', undefined, 'form_post')
})

test('any parameters give a request or an OAuthError, nothing else', () => {
  const names = [
    'response_type',
    'scope',
    'state',
    'prompt',
    'max_age',
    'claims',
    'resource',
    'code_challenge',
    'nonce',
  ]
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom('code', 'none', '1', challenge))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 8 }), (entries) => {
      try {
        assert.equal(parseAuthorizationRequest(readParameters(entries), policy).responseType, 'code')
      } catch (error) {
        assert.ok(error instanceof OAuthError, String(error))
      }
    }),
  )
})
