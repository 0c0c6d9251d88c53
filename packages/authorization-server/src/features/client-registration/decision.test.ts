import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, type ClientSettings, defaultClientSettings } from '../../records/clients/index.ts'
import { decideRegistration, type RegistrationPolicy } from './decision.ts'
import { readRegistration } from './params.ts'
import { representationOf } from './representation.ts'

const policy: RegistrationPolicy = {
  scopes: ['openid', 'email', 'read'],
  legacyResponseTypes: true,
  requirePkce: true,
  isTrusted: true,
  admits: (url) => url.startsWith('https://'),
}
const base = defaultClientSettings({ clientId: 'app', name: 'Application', isConfidential: true })
const redirects = { redirect_uris: ['https://app.example/cb'] }

function decide(members: object, known: ClientSettings | Client = base, rules = policy): ClientSettings | string {
  const { request } = readRegistration({ kind: 'json', value: { ...redirects, ...members } })
  const decision = decideRegistration(request, rules, known)
  return decision.kind === 'register' ? decision.settings : `${decision.fault.code} ${decision.fault.description}`
}

function stored(settings: ClientSettings | string): Client {
  assert.ok(typeof settings === 'object', JSON.stringify(settings))
  return { ...settings, row: 7, enabled: true, epoch: 1, createdAt: 0, updatedAt: 0 }
}

const registrations: readonly object[] = [
  {},
  { response_types: ['code id_token', 'id_token'], grant_types: ['authorization_code', 'implicit', 'refresh_token'] },
  { grant_types: ['client_credentials'], redirect_uris: [] },
  { application_type: 'native', redirect_uris: ['com.app:/cb'], token_endpoint_auth_method: 'none', scope: 'read' },
  { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://app.example/jwks', subject_type: 'pairwise' },
  { logo_uri: 'https://app.example/l.png', contacts: ['a@b'], default_max_age: 0, request_object_signing_alg: 'none' },
  { backchannel_logout_uri: 'https://app.example/b', frontchannel_logout_uri: 'https://app.example/f' },
]

test('what a client is told of itself, sent back, changes nothing (RFC 7592 §2.2)', () => {
  for (const registration of registrations) {
    const client = stored(decide(registration))
    assert.deepEqual(stored(decide({ redirect_uris: [], ...representationOf(client) }, client)), client)
  }
})

test('a client keeps what an operator gave it beyond the policy, and gets no more of it', () => {
  const strict = { ...policy, scopes: ['openid'], legacyResponseTypes: false, isTrusted: false, requirePkce: false }
  const known = stored({
    ...base,
    scopes: ['openid', 'write'],
    grantTypes: ['authorization_code', 'client_credentials'],
    consent: 'skip',
    introspection: 'any',
    accessTokenLifetimeSeconds: 77,
  })
  const kept = stored(decide({ grant_types: ['authorization_code', 'client_credentials'] }, known, strict))
  assert.deepEqual(
    [kept.scopes, kept.consent, kept.introspection, kept.accessTokenLifetimeSeconds],
    [['openid', 'write'], 'skip', 'any', 77],
  )
  assert.deepEqual(stored(decide({ scope: 'openid write email read' }, known, strict)).scopes, ['openid', 'write'])
  assert.match(
    JSON.stringify(decide({ grant_types: ['client_credentials'], redirect_uris: [] }, base, strict)),
    /^"invalid_client_metadata grant_types/,
  )
  assert.match(
    JSON.stringify(decide({ response_types: ['id_token'] }, known, strict)),
    /^"invalid_client_metadata response_types/,
  )
  assert.equal(stored(decide({ token_endpoint_auth_method: 'none' }, known, strict)).introspection, 'none')
})

test('a new client gets what the policy has when it asks for nothing in particular', () => {
  assert.deepEqual(stored(decide({})).scopes, ['openid', 'email', 'read'])
  assert.equal(stored(decide({ client_name: ' Shop ' })).name, 'Shop')
  assert.equal(stored(decide({})).name, 'app.example')
})

test('no answer repeats what was sent', () => {
  const canary = 'canary5ecret'
  const hostile = [
    'grant_types',
    'response_types',
    'application_type',
    'token_endpoint_auth_method',
    'subject_type',
    'scope',
    'client_name',
    'jwks_uri',
    'logo_uri',
    'client_uri',
  ]
  for (const member of hostile) {
    const value = `\u202e"${canary}"`
    const refusal = decide({ [member]: member.endsWith('types') ? [value] : value })
    assert.ok(typeof refusal === 'string' && !refusal.includes(canary), member)
  }
})
