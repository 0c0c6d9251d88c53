import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, defaultClientSettings } from '../../records/clients/index.ts'
import type { Current } from './current.ts'
import { decidePlan, type Decision } from './decision.ts'
import type { Resolved } from './entries.ts'
import { readDeclaration } from './params.ts'

function clientOf(clientId: string, more: Partial<Client> = {}): Client {
  const settings = defaultClientSettings({ clientId, name: clientId, isConfidential: true })
  const redirectUris = ['https://shop.example/cb']
  return { row: 1, ...settings, redirectUris, enabled: true, epoch: 1, createdAt: 0, updatedAt: 0, ...more }
}

function scopeOf(name: string, apiId?: number): Current['scopes'][number] {
  return { name, description: name, apiId, position: 0, version: 0 }
}

const current: Current = {
  scopes: [scopeOf('openid'), scopeOf('read'), scopeOf('write'), scopeOf('items:read', 5)],
  apis: [
    {
      id: 5,
      audience: 'https://items.example',
      name: 'Items',
      tokenFormat: 'opaque',
      signingAlgorithm: 'RS256',
      accessTokenLifetimeSeconds: undefined,
      scopes: ['items:read'],
      clientRows: [],
      version: 0,
    },
  ],
  groups: [{ id: 1, name: 'old', permissions: ['gone.view'] }],
  clients: [
    { client: clientOf('shop', { ownerId: 3, scopes: ['read', 'gone'] }), owner: 'ann', isSelfRegistered: false },
    { client: clientOf('stranger', { row: 2 }), owner: undefined, isSelfRegistered: true },
  ],
  retired: { scopes: new Set(['used-up']), audiences: new Set(['https://gone.example']) },
}

interface Options {
  readonly prune?: boolean
  readonly resolved?: Partial<Resolved>
}

function decide(
  text: string,
  { prune = false, resolved = {} }: Options = {},
): { decision: Decision; faults: readonly string[] } {
  const read = readDeclaration(`format: 1\n${text}`)
  assert.equal(read.kind, 'declaration', JSON.stringify(read))

  const names = { owners: new Map([['ann@example.com', 3]]), secrets: new Map<string, 'new'>(), ...resolved }
  const rules = {
    prune,
    permissions: ['users.view', 'users.change'],
    issuer: 'https://id.example/o',
    admits: (url: string) => !url.includes('10.0.0.1'),
  }
  const decision = decidePlan(current, read.declaration, names, rules)
  const faults = decision.kind === 'refuse' ? decision.faults.map(read.place) : []
  return { decision, faults: faults.map(({ line, at, sentence }) => `${line} ${at}: ${sentence}`) }
}

function refusedFor(text: string, pattern: RegExp, options: Options = {}): void {
  const { faults } = decide(text, options)
  assert.match(faults.join('\n'), pattern, text)
}

function planned(text: string, options: Options = {}): Extract<Decision, { kind: 'plan' }> {
  const { decision, faults } = decide(text, options)
  assert.ok(decision.kind === 'plan', faults.join('\n'))
  return decision
}

const shop = "clients:\n  shop: { name: shop, scopes: [read, gone], redirect_uris: ['https://shop.example/cb']"

test('names of people, applications, scopes and permissions that nobody knows are refused, with a guess', () => {
  refusedFor(
    'groups:\n  a: { permissions: [users.veiw] }',
    /^3 groups\.a\.permissions\[0\]: .*Did you mean users\.view\?/,
  )
  refusedFor('groups:\n  a: { permissions: [zzzzzzzzzz] }', /Allowed: users\.view, users\.change\./)
  refusedFor(
    'apis:\n  https://items.example: { name: Items, clients: [shoop] }',
    /no application shoop\. Did you mean shop\?/,
  )
  refusedFor(
    'clients:\n  a: { name: A, redirect_uris: [https://a.example/], scopes: [reed] }',
    /3 clients\.a\.scopes: /,
  )
  refusedFor(`${shop}, owner: bob }`, /3 clients\.shop\.owner: There is no user bob/)
})

test('what stands already stays good until it is changed: a permission and a scope that are gone', () => {
  assert.deepEqual(planned('groups:\n  old: { permissions: [gone.view] }').plan.changes, [])
  assert.deepEqual(planned(`${shop} }`).plan.changes, [])
  assert.equal(planned(`${shop}, consent: skip }`).plan.changes.length, 1)
})

test('the rules of the application pages hold: redirect URIs, grants, addresses, bounds, keys', () => {
  const client = (members: string): string => `clients:\n  a: { name: A, ${members} }`
  const good = 'redirect_uris: [https://a.example/cb]'
  refusedFor(client('redirect_uris: [http://a.example/cb]'), /redirect_uris: .*Plain http is only for/)
  refusedFor(client('redirect_uris: []'), /redirect_uris cannot be empty/)
  refusedFor(client(`${good}, authentication_method: none, grant_types: [client_credentials]`), /no secret/)
  refusedFor(
    client(`${good}, backchannel_logout_uri: "https://10.0.0.1/out"`),
    /3 clients\.a\.backchannel_logout_uri: /,
  )
  refusedFor(client(`${good}, access_token_lifetime_seconds: 5`), /from 60 to 86400/)
  refusedFor(client(`${good}, authentication_method: private_key_jwt`), /clients\.a\.jwks_uri: /)
  refusedFor(client(`${good}, authentication_method: none, pkce: optional`), /pkce: A public client always needs PKCE/)
  refusedFor(
    'clients:\n  "a b": { name: A, redirect_uris: [https://a.example/cb] }',
    /3 clients\["a b"\]: The client id/,
  )
  assert.equal(
    planned(client(`${good}, grant_types: [authorization_code, password], introspection: any`)).plan.changes.length,
    1,
  )
})

test('a scope belongs to one API or to none, for good, and no name is given twice', () => {
  refusedFor('scopes:\n  items:read: x', /belongs to https:\/\/items\.example: declare it there/)
  refusedFor('apis:\n  https://items.example: { name: Items, scopes: { read: x } }', /belongs to no API/)
  refusedFor('scopes: { a: x }\napis:\n  https://b.example: { scopes: { a: x } }', /4 .*declared twice/)
  refusedFor('scopes: { used-up: x }', /was deleted/)
  refusedFor('scopes: { "a b": x }', /printable ASCII/)
  refusedFor('apis: { "https://gone.example": {} }', /was deleted/)
  refusedFor('apis: { items: {} }', /absolute URI/)
  refusedFor(`scopes: { a: ${'x'.repeat(201)} }`, /2 scopes\.a: It must be at most 200/)
  refusedFor(`apis: { "https://a.example": { name: ${'x'.repeat(201)} } }`, /2 .*\.name: It must be at most 200/)
})

test('pruning takes nothing from an application that the file gives it, and spares those who registered themselves', () => {
  refusedFor(
    'scopes: {}\nclients:\n  shop: { name: shop, scopes: [read], redirect_uris: [https://shop.example/cb] }',
    /scope read is not in the file/,
    {
      prune: true,
    },
  )
  const { plan, notes } = planned('scopes: {}\nclients: {}\napis: {}', { prune: true })
  assert.deepEqual(
    plan.changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`),
    [
      'delete scope items:read',
      'delete scope read',
      'delete scope write',
      'delete api https://items.example',
      'delete client shop',
    ],
  )
  assert.match(notes.join('\n'), /shop: every grant and token of it ends/)
  assert.match(notes.join('\n'), /^read: 2 application\(s\) lose it/m)
})

test('owner, switch and secret are left as they are where the file does not speak of them', () => {
  assert.deepEqual(planned(`${shop}, owner: ann@example.com }`).plan.changes, [])
  assert.deepEqual(planned(`${shop}, owner: null }`).plan.changes[0]?.differences, [
    { field: 'owner', before: 'ann', after: null },
  ])
  const [off] = planned(`${shop}, enabled: false }`).plan.changes
  assert.deepEqual(off?.differences, [{ field: 'enabled', before: true, after: false }])
})

test('a secret is told by where it is, never by what it is, and a public client has none', () => {
  const secret = 'hunter2hunter2'
  const inFile = planned(`${shop}, secret: { value: ${secret} } }`, {
    resolved: { secrets: new Map([['shop', 'new']]) },
  })
  assert.deepEqual(inFile.plan.changes[0]?.differences, [{ field: 'secret', before: null, after: 'from the file' }])
  assert.ok(!JSON.stringify(inFile).includes(secret))
  const kept = { resolved: { secrets: new Map([['shop', 'kept' as const]]) } }
  assert.deepEqual(planned(`${shop}, secret: { environment: SHOP } }`, kept).plan.changes, [])
  const unknown = planned(`${shop}, secret: { environment: SHOP } }`, {
    resolved: { secrets: new Map([['shop', 'unknown']]) },
  })
  assert.match(unknown.notes.join(), /SHOP is not set here/)
  refusedFor(
    `${shop}, authentication_method: none, secret: { environment: SHOP } }`,
    /3 clients\.shop\.secret: .* has no secret/,
  )
  refusedFor(`${shop}, secret: {} }`, /one of environment, value/)
  refusedFor(`${shop}, secret: { value: short } }`, /secret\.value: The client secret must have at least 8/)
})

test('what follows from a change is said: a client that turns public, one that is new and has no secret yet', () => {
  const turned = planned(`${shop}, authentication_method: none }`)
  assert.match(turned.notes.join(), /every token of it ends/)
  const fresh = planned('clients:\n  a: { name: A, redirect_uris: [https://a.example/] }')
  assert.match(fresh.notes.join(), /latchkey app rotate-secret a/)
})
