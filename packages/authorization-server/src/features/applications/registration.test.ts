import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Parameters } from '../../platform/http/index.ts'
import { type ClientSettings, defaultClientSettings } from '../../records/clients/index.ts'
import { readApplication, valuesOf } from './params.ts'
import { addressesIn, decideRegistration, type RegistrationDecision } from './registration.ts'

const base: ClientSettings = {
  ...defaultClientSettings({ clientId: 'shop', name: 'Shop', isConfidential: true }),
  ownerId: 7,
  redirectUris: ['https://shop.example/cb'],
}
const knownScopes = ['openid', 'read', 'write']

/** The form as the page would send it for the client, with changes. */
function formOf(client: ClientSettings, changes: Readonly<Record<string, readonly string[]>>): Parameters {
  const values = valuesOf(client)
  const fields: Record<string, readonly string[]> = {
    name: [values.name],
    client_type: [values.clientType],
    grant_types: values.grantTypes,
    redirect_uris: [values.redirectUris],
    scopes: values.scopes,
    pkce_required: values.pkceRequired ? ['on'] : [],
    introspection: [values.introspection],
    ...changes,
  }
  return new Parameters(Object.entries(fields).flatMap(([name, all]) => all.map((value) => [name, value] as const)))
}

function decide(
  changes: Readonly<Record<string, readonly string[]>>,
  mayTrust = false,
  client: ClientSettings = base,
): RegistrationDecision {
  const typed = readApplication(formOf(client, changes), valuesOf(client), 'update')
  return decideRegistration(typed, client, { mayTrust, knownScopes, admits: (url) => url.startsWith('https://') })
}

function refusedFields(decision: RegistrationDecision): readonly string[] {
  return decision.kind === 'refuse' ? Object.keys(decision.errors) : []
}

test('a form that comes back as it was changes nothing', () => {
  for (const client of [
    base,
    { ...base, scopes: ['write', 'read'], grantTypes: ['refresh_token', 'password'] as const },
  ]) {
    assert.deepEqual(decide({}, true, client), { kind: 'register', settings: client })
  }
})

test('only a superuser gives a client power over people who never chose it', () => {
  for (const [changes, field] of [
    [{ grant_types: ['password'] }, 'grant_types'],
    [{ introspection: ['any'] }, 'introspection'],
    [{ consent: ['skip'] }, 'form'],
  ] as const) {
    assert.deepEqual(refusedFields(decide(changes)), [field])
    assert.equal(decide(changes, true).kind, 'register')
  }
})

test('what an administrator gave may be kept and given up by the owner, not taken again', () => {
  const trusted: ClientSettings = { ...base, grantTypes: ['password'], introspection: 'any', consent: 'skip' }
  assert.deepEqual(decide({}, false, trusted), { kind: 'register', settings: trusted })
  const less = decide({ consent: ['ask'], introspection: ['own'] }, false, trusted)
  assert.equal(less.kind === 'register' && less.settings.consent, 'ask')
})

test('the owner is never read from a form', () => {
  const decision = decide({ owner_id: ['1'], ownerId: ['1'], client_id: ['other'] })
  assert.deepEqual(decision.kind === 'register' && [decision.settings.ownerId, decision.settings.clientId], [7, 'shop'])
})

test('a public client has no secret to prove, so it has PKCE, no introspection and no grant of its own (RFC 6749 §2.1, §4.4)', () => {
  const decision = decide({ client_type: ['public'], pkce_required: [], introspection: ['own'] })
  assert.ok(decision.kind === 'register')
  const { authenticationMethod, pkce, introspection, isConfidential } = decision.settings
  assert.deepEqual([authenticationMethod, pkce, introspection, isConfidential], ['none', 'required', 'none', false])
  for (const grant of ['client_credentials', 'password']) {
    const refused = decide({ client_type: ['public'], grant_types: ['authorization_code', grant] }, true)
    assert.deepEqual(refusedFields(refused), ['grant_types'])
  }
})

test('a grant by redirect needs an address; a resource server needs no grant', () => {
  assert.deepEqual(refusedFields(decide({ redirect_uris: [''] })), ['redirect_uris'])
  assert.equal(decide({ redirect_uris: [''], grant_types: ['client_credentials'] }).kind, 'register')
  assert.equal(decide({ redirect_uris: [''], grant_types: [] }).kind, 'register')
  assert.deepEqual(refusedFields(decide({ grant_types: [], introspection: ['none'] })), ['grant_types'])
})

test('lifetimes have bounds; what was stored beyond them stays until it is changed', () => {
  for (const text of ['59', '86401', '1e3', '-60', '60.5', '', ' ', '0x100', '9'.repeat(20)]) {
    assert.deepEqual(refusedFields(decide({ access_token_lifetime: [text] })), ['access_token_lifetime'], text)
  }
  const long = { ...base, accessTokenLifetimeSeconds: 1_000_000 }
  assert.equal(decide({ access_token_lifetime: ['1000000'] }, false, long).kind, 'register')
  assert.deepEqual(refusedFields(decide({ access_token_lifetime: ['1000001'] }, false, long)), [
    'access_token_lifetime',
  ])
})

test('a choice that is not on offer is refused, and so is a scope that nobody knows', () => {
  const decision = decide({
    client_type: ['secret'],
    algorithm: ['none'],
    grant_types: ['implicit'],
    scopes: ['admin'],
  })
  assert.deepEqual(refusedFields(decision).toSorted(), ['algorithm', 'client_type', 'grant_types', 'scopes'])
})

test('addresses stand on lines or between spaces, and each is kept once', () => {
  const text = ' https://a.example/cb\r\nhttps://b.example/cb\thttps://a.example/cb \n\n'
  assert.deepEqual(addressesIn(text), ['https://a.example/cb', 'https://b.example/cb'])
})

test('what is wrong with a setting that the form has no field for is said above it', () => {
  const metadata = { ...base.metadata, subjectType: 'pairwise' } as const
  const decision = decide({ redirect_uris: ['https://a.example/ https://b.example/'] }, false, { ...base, metadata })
  assert.deepEqual(refusedFields(decision), ['form'])
  assert.match(decision.kind === 'refuse' ? (decision.errors['form']?.[0] ?? '') : '', /^sector_identifier_uri: It is/)
})
