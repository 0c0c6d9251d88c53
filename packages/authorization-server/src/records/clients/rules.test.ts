import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClientSettings, defaultClientSettings } from './client.ts'
import { chosenSecretFaults, clientFaults, gainingOwner, settledClient } from './rules.ts'

const base: ClientSettings = {
  ...defaultClientSettings({ clientId: 'shop', name: 'Shop', isConfidential: true }),
  redirectUris: ['https://shop.example/cb'],
}
const publicly = { isConfidential: false, authenticationMethod: 'none' } as const

function wrongFields(changes: Partial<ClientSettings>, mayTrust = false, before = base): readonly string[] {
  const rules = { mayTrust, knownScopes: ['read', 'write'], admits: () => true }
  return Object.keys(clientFaults({ ...before, ...changes }, before, rules) ?? {})
}

test('only a superuser gives a client power over people who never chose it, or tokens in addresses', () => {
  for (const [changes, field] of [
    [{ grantTypes: ['password'] }, 'grant_types'],
    [{ introspection: 'any' }, 'introspection'],
    [{ consent: 'skip' }, 'consent'],
    [{ metadata: { ...base.metadata, responseTypes: ['code', 'code id_token'] } }, 'response_types'],
  ] as const) {
    assert.deepEqual(wrongFields(changes), [field])
    assert.deepEqual(wrongFields(changes, true), [])
    assert.deepEqual(wrongFields({}, false, { ...base, ...changes }), [], `${field} may be kept`)
  }
})

test('who owns powers that they did not own before is told, by a new power as by a new owner', () => {
  const [ofAnn, ofBob] = [
    { ...base, ownerId: 1 },
    { ...base, ownerId: 2 },
  ]
  const skipping = { consent: 'skip' } as const
  assert.deepEqual(gainingOwner(undefined, { ...ofAnn, ...skipping }), [1])
  assert.deepEqual(gainingOwner(ofAnn, { ...ofAnn, ...skipping }), [1])
  assert.deepEqual(gainingOwner({ ...ofAnn, ...skipping }, { ...ofBob, ...skipping }), [2])
  for (const [before, after] of [
    [undefined, ofAnn],
    [ofAnn, ofBob],
    [{ ...ofAnn, ...skipping }, ofAnn],
    [
      { ...ofAnn, ...skipping },
      { ...ofAnn, ...skipping, name: 'Other' },
    ],
    [base, { ...base, ...skipping }],
  ] as const) {
    assert.deepEqual(gainingOwner(before, after), [])
  }
})

test('a public client has no secret to prove, so it has PKCE, no introspection and no grant of its own (RFC 6749 §2.1, §4.4)', () => {
  const settled = settledClient({ ...base, ...publicly, pkce: 'optional' })
  assert.deepEqual([settled.pkce, settled.introspection, settled.isConfidential], ['required', 'none', false])
  for (const grant of ['client_credentials', 'password'] as const) {
    assert.deepEqual(wrongFields({ ...publicly, grantTypes: ['authorization_code', grant] }, true), ['grant_types'])
  }
})

test('grant types and response types go together (RFC 7591 §2.1)', () => {
  const types = (...responseTypes: ClientSettings['metadata']['responseTypes']) => ({
    metadata: { ...base.metadata, responseTypes },
  })
  assert.deepEqual(wrongFields(types('id_token'), true), ['response_types'])
  assert.deepEqual(wrongFields({ ...types('code id_token'), grantTypes: ['client_credentials'] }, true), [
    'response_types',
  ])
  assert.deepEqual(wrongFields({ ...types('id_token'), grantTypes: [] }, true), [])
  assert.deepEqual(wrongFields({ ...types('token'), grantTypes: [], redirectUris: [] }, true), ['redirect_uris'])
  assert.deepEqual(wrongFields({ grantTypes: ['refresh_token'] }), ['grant_types'])
})

test('a web application with tokens in its address has https; what it registered before stays', () => {
  const front = { metadata: { ...base.metadata, responseTypes: ['code', 'id_token'] as const } }
  const redirectUris = ['http://127.0.0.1:3000/cb']
  assert.deepEqual(wrongFields({ ...front, redirectUris }, true), ['redirect_uris'])
  assert.deepEqual(wrongFields({}, true, { ...base, ...front, redirectUris }), [])
})

test('each wrong address is named, and a list has an end', () => {
  const rules = { mayTrust: false, knownScopes: base.scopes, admits: () => true }
  const uris = ['http://a.example/cb', 'https://ok.example/', 'https://b.example/#x']
  const wrong = clientFaults({ ...base, redirectUris: uris }, base, rules)?.['redirect_uris'] ?? []
  assert.equal(wrong.length, 2)
  assert.match(wrong[0] ?? '', /^http:\/\/a\.example\/cb: Plain http/)
  const many = Array.from({ length: 101 }, (_, at) => `https://a.example/${at}`)
  assert.match(clientFaults({ ...base, redirectUris: many }, base, rules)?.['redirect_uris']?.[0] ?? '', /At most 100/)
})

test('a client id has printable characters without spaces; a scope is known, or held', () => {
  assert.deepEqual(wrongFields({ clientId: 'a b' }), ['client_id'])
  assert.deepEqual(wrongFields({ clientId: '' }), ['client_id'])
  assert.deepEqual(wrongFields({ scopes: ['admin'] }), ['scopes'])
  assert.deepEqual(wrongFields({}, false, { ...base, scopes: ['retired'] }), [])
})

test('what is no number of seconds within bounds is refused', () => {
  for (const seconds of [59, 86_401, Number.NaN, 60.5]) {
    assert.deepEqual(wrongFields({ accessTokenLifetimeSeconds: seconds }), ['access_token_lifetime_seconds'])
  }
  assert.deepEqual(wrongFields({}, false, { ...base, accessTokenLifetimeSeconds: 1_000_000 }), [])
  assert.deepEqual(wrongFields({ metadata: { ...base.metadata, defaultMaxAgeSeconds: -1 } }), ['default_max_age'])
})

test('a chosen secret has eight printable ASCII characters or more', () => {
  for (const secret of ['clientSecret', 'rs-secret', 'x'.repeat(128), 'with spaces in it']) {
    assert.deepEqual(chosenSecretFaults(secret), [], secret)
  }
  for (const secret of ['secret7', '', 'x'.repeat(129), 'pässwörd-long', 'tab\tinside']) {
    assert.equal(chosenSecretFaults(secret).length, 1, secret)
  }
})
