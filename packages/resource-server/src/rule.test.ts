// The rules: the permission classes of Django REST framework and django-oauth-toolkit in their TypeScript form.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Auth } from './auth.ts'
import { createRules } from './rules-of-api.ts'
import { decide, describeRule, isPublic, type Rule, takesSession } from './rule.ts'

const scopes = ['read', 'write', 'music:read', 'music:write'] as const
type Scope = (typeof scopes)[number]
const rules = createRules<Scope, unknown>({ scopes, hasSession: true, hasLogin: true })

function caller(via: Auth['via'], ...given: Scope[]): Auth<Scope> {
  const common = { issuer: 'https://id.test', subject: 'alice', clientId: 'app', username: undefined, claims: {} }
  return { ...common, via, scopes: given, expiresAt: undefined, user: undefined }
}
const token = (...given: Scope[]) => caller('token', ...given)
const session = caller('session')

async function outcome(rule: Rule, auth: Auth<Scope> | undefined, method = 'GET', url = '/'): Promise<string> {
  return (await decide(rule, auth, { method, url, header: () => undefined, params: {} })).kind
}

test('public, authenticated, session', async () => {
  assert.equal(await outcome(rules.public(), undefined), 'allowed')
  assert.equal(await outcome(rules.authenticated(), undefined), 'unauthenticated')
  assert.equal(await outcome(rules.authenticated(), token()), 'allowed')
  assert.equal(await outcome(rules.authenticated(), session), 'forbidden')
  assert.equal(await outcome(rules.session(), undefined), 'unauthenticated')
  assert.equal(await outcome(rules.session(), token('read')), 'forbidden')
  assert.equal(await outcome(rules.session(), session), 'allowed')
})

test('all of the scopes are needed (TokenHasScope)', async () => {
  const rule = rules.requires('read', 'write')
  assert.equal(await outcome(rule, token('write', 'read')), 'allowed')
  assert.equal(await outcome(rule, token('read')), 'insufficient')
  assert.equal(await outcome(rule, token()), 'insufficient')
})

test('the method decides (TokenHasReadWriteScope, TokenHasResourceScope)', async () => {
  for (const [rule, read, write] of [
    [rules.readWrite(), 'read', 'write'],
    [rules.readWrite('music'), 'music:read', 'music:write'],
  ] as const) {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      assert.equal(await outcome(rule, token(read), method), 'allowed')
      assert.equal(await outcome(rule, token(write), method), 'insufficient')
    }
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      assert.equal(await outcome(rule, token(read), method), 'insufficient')
      assert.equal(await outcome(rule, token(write), method), 'allowed')
    }
  }
})

test('one of the rules suffices, and the order of the rules changes nothing (IsAuthenticatedOrTokenHasScope)', async () => {
  const [a, b] = [rules.session(), rules.requires('music:read')]
  for (const rule of [rules.any(a, b), rules.any(b, a)]) {
    assert.equal(await outcome(rule, session), 'allowed')
    assert.equal(await outcome(rule, token('music:read')), 'allowed')
    assert.equal(await outcome(rule, token('read')), 'insufficient')
    assert.equal(await outcome(rule, undefined), 'unauthenticated')
    assert.equal(takesSession(rule), true)
  }
  const both = rules.all(rules.requires('read'), rules.requires('music:read'))
  assert.equal(await outcome(both, token('read', 'music:read')), 'allowed')
  assert.equal(await outcome(both, token('read')), 'insufficient')
})

test('a permission is asked only about a caller who meets the rule', async () => {
  let asked = 0
  const rule = rules.allow(rules.requires('read'), async ({ subject }) => {
    asked += 1
    return subject === 'alice'
  })
  assert.equal(await outcome(rule, undefined), 'unauthenticated')
  assert.equal(await outcome(rule, token('write')), 'insufficient')
  assert.equal(asked, 0)
  assert.equal(await outcome(rule, token('read')), 'allowed')
  assert.equal(await outcome(rule, { ...token('read'), subject: 'bob' }), 'forbidden')
})

test('a public or page rule stands alone, and what the API cannot do is refused at the start', () => {
  assert.throws(() => rules.any(rules.public(), rules.session()), /stands alone/)
  assert.throws(() => rules.all(rules.page()), /stands alone/)
  const bare = createRules<Scope, unknown>({ scopes: [], hasSession: false, hasLogin: false })
  assert.throws(() => bare.session(), /no session/)
  assert.throws(() => bare.page(), /no login page/)
  assert.throws(() => bare.requires('read'), /does not declare the scope read/)
})

test('a rule can be said in words', () => {
  assert.equal(describeRule(rules.any(rules.session(), rules.requires('read'))), 'session or token with read')
  assert.equal(describeRule(rules.readWrite('music')), 'token with music:read to read, music:write to write')
  assert.equal(describeRule(rules.page()), 'page for session or token')
})

describe('an OpenAPI document (TokenMatchesOASRequirements)', () => {
  const document = {
    security: [{ oauth: ['read'] }],
    components: {
      securitySchemes: {
        oauth: { type: 'oauth2' },
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'sid' },
        key: { type: 'apiKey', in: 'header', name: 'x-key' },
      },
    },
    paths: {
      '/songs': {
        get: {},
        post: { security: [{ oauth: ['music:write'] }, { oauth: ['write'], bearer: [] }] },
      },
      '/songs/{id}': { get: { security: [{ bearer: [] }] }, delete: { security: [{ cookie: [] }] } },
      '/songs/top': { get: { security: [] } },
    },
  }
  const rule = rules.fromOpenApi(document, { basePath: '/v1' })
  const rows: readonly (readonly [string, string, Auth<Scope> | undefined, string])[] = [
    ['GET', '/v1/songs', token('read'), 'allowed'],
    ['GET', '/v1/songs/?page=2', token('read'), 'allowed'],
    ['HEAD', '/v1/songs', token('read'), 'allowed'],
    ['GET', '/v1/songs', token('write'), 'insufficient'],
    ['POST', '/v1/songs', token('music:write'), 'allowed'],
    ['POST', '/v1/songs', token('write'), 'allowed'],
    ['POST', '/v1/songs', token('read'), 'insufficient'],
    ['GET', '/v1/songs/7', token(), 'allowed'],
    ['GET', '/v1/songs/7', undefined, 'unauthenticated'],
    ['DELETE', '/v1/songs/7', session, 'allowed'],
    ['DELETE', '/v1/songs/7', token('write'), 'forbidden'],
    ['GET', '/v1/songs/top', undefined, 'allowed'],
    ['PUT', '/v1/songs', token('read', 'write'), 'forbidden'],
    ['GET', '/v1/songs/TOP', token('read'), 'forbidden'],
    ['GET', '/v1/songs/%74op', token('read'), 'forbidden'],
    ['GET', '/v1/songs/a%20b', token('read'), 'allowed'],
    ['GET', '/v1/songs/%zz', token('read'), 'allowed'],
    ['GET', '/v1/other', token('read'), 'forbidden'],
    ['GET', '/v1/other', undefined, 'unauthenticated'],
    ['GET', '/songs', token('read'), 'forbidden'],
    ['GET', '/v1/songs/7/more', token('read'), 'forbidden'],
  ]
  for (const [method, url, auth, expected] of rows) {
    test(`${method} ${url} is ${expected} for ${auth === undefined ? 'nobody' : `${auth.via} ${auth.scopes.join(' ')}`}`, async () => {
      assert.equal(await outcome(rule, auth, method, url), expected)
    })
  }

  test('a literal path is preferred to a template, also when it makes the operation public', () => {
    const request = (url: string) => ({ method: 'GET', url, header: () => undefined, params: {} })
    assert.equal(isPublic(rule, request('/v1/songs/top')), true)
    assert.equal(isPublic(rule, request('/v1/songs/7')), false)
  })

  test('a document that is silent, or that wants what does not exist, stops the start', () => {
    const { components } = document
    const of = (security: unknown) => () => rules.fromOpenApi({ components, paths: { '/': { get: { security } } } })
    assert.throws(of(undefined), /says nothing of the security of get \//)
    assert.throws(of([{ oauth: ['raed'] }]), /raed/)
    assert.throws(of([{ unknown: [] }]), /unknown/)
    assert.throws(of([{ key: [] }]), /not supported/)
  })
})
