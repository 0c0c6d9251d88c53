import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  authenticationMethods,
  type Client,
  type ClientMetadata,
  grantTypes,
  introspectionRights,
  plainMetadata,
  responseTypes,
  settledClient,
  signingAlgorithms,
} from '../../records/clients/index.ts'
import { fieldsOfClient } from './client-fields.ts'
import type { Current } from './current.ts'
import { writeDeclaration } from './document.ts'
import { knownEntries, wantedEntries } from './entries.ts'
import { sections } from './entry.ts'
import { readDeclaration } from './params.ts'
import { planChanges } from './plan.ts'

/** Words that a careless reader of YAML takes for something else, and what would break a line. */
const word = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 20 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    fc.constantFrom(
      'yes',
      'no',
      'null',
      '~',
      '1e3',
      '0x1f',
      '1:30',
      '- a',
      '# no',
      "'",
      '"',
      ' a',
      'a: b',
      '<<',
      '=',
      '2024-01-01',
      '\n',
      'a\n\nb',
      '\t',
    ),
  )
  .filter((text) => text.isWellFormed() && text !== '__proto__' && Array.from(text).length <= 100)
const words = fc.uniqueArray(word, { maxLength: 3 })
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const algorithm = fc.constantFrom(...signingAlgorithms)
const seconds = fc.nat(100_000)

const metadata: fc.Arbitrary<ClientMetadata> = fc
  .record<Partial<ClientMetadata>>(
    {
      responseTypes: fc.subarray([...responseTypes]),
      applicationType: fc.constantFrom('web', 'native'),
      softwareId: word,
      contacts: words,
      logoUri: word,
      subjectType: fc.constantFrom('public', 'pairwise'),
      jwks: fc.constant('{"keys":[{"kty":"EC","kid":"1"}]}'),
      jwksUri: word,
      userinfoSigningAlgorithm: algorithm,
      requestObjectSigningAlgorithm: fc.constantFrom('none', 'ES256'),
      requestUris: words,
      defaultMaxAgeSeconds: seconds,
      requiresAuthTime: fc.boolean(),
      defaultAcrValues: words,
      backchannelLogoutUri: word,
      backchannelLogoutNeedsSession: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .map((some) => ({ ...plainMetadata, ...some }))

const client: fc.Arbitrary<Client> = fc
  .record({
    row: fc.nat(),
    clientId: word,
    name: word,
    ownerId: fc.constant(undefined),
    isConfidential: fc.boolean(),
    authenticationMethod: fc.constantFrom(...authenticationMethods),
    grantTypes: fc.subarray([...grantTypes]),
    redirectUris: words,
    postLogoutRedirectUris: words,
    allowedOrigins: words,
    scopes: words,
    pkce: fc.constantFrom('required', 'optional'),
    consent: fc.constantFrom('ask', 'skip'),
    introspection: fc.constantFrom(...introspectionRights),
    idTokenAlgorithm: algorithm,
    accessTokenLifetimeSeconds: seconds,
    refreshTokenLifetimeSeconds: seconds,
    refreshGraceSeconds: seconds,
    refreshEndsAccessTokens: fc.boolean(),
    refreshNarrowsGrant: fc.boolean(),
    metadata,
    enabled: fc.boolean(),
    epoch: fc.constant(1),
    createdAt: fc.constant(0),
    updatedAt: fc.constant(0),
  })
  .map((one) => ({ ...one, ...settledClient(one) }))

const current: fc.Arbitrary<Current> = fc
  .record({
    clients: fc.uniqueArray(client, { selector: ({ clientId }) => clientId, maxLength: 3 }),
    groups: fc.uniqueArray(fc.record({ id: fc.nat(), name: word, permissions: words }), {
      selector: ({ name }) => name,
      maxLength: 3,
    }),
    apis: fc.uniqueArray(
      fc.record({
        audience: word,
        name: word,
        tokenFormat: fc.constantFrom('opaque', 'jwt'),
        signingAlgorithm: algorithm,
        accessTokenLifetimeSeconds: maybe(fc.integer({ min: 10, max: 86_400 })),
        version: fc.constant(0),
        clientRows: fc.constant([]),
      }),
      { selector: ({ audience }) => audience, maxLength: 3 },
    ),
    scopes: fc.uniqueArray(fc.record({ name: word, description: word, whose: fc.nat(3) }), {
      selector: ({ name }) => name,
      maxLength: 4,
    }),
  })
  .map(({ clients, groups, apis, scopes }) => {
    const known = scopes.map(({ whose, ...scope }, position) => {
      return { ...scope, apiId: whose < apis.length ? whose : undefined, position, version: 0 }
    })
    return {
      clients: clients.map((one) => ({ client: one, owner: undefined, isSelfRegistered: false })),
      groups,
      apis: apis.map((api, id) => {
        const own = known.filter(({ apiId }) => apiId === id).map(({ name }) => name)
        return { ...api, id, scopes: own }
      }),
      scopes: known,
      retired: { scopes: new Set<string>(), audiences: new Set<string>() },
    }
  })

const resolved = { owners: new Map<string, number>(), secrets: new Map<string, 'kept'>() }
const everything = new Set(sections)

test('what was exported plans nothing, not even with pruning, whatever stands in it', () => {
  fc.assert(
    fc.property(current, (installation) => {
      const read = readDeclaration(writeDeclaration(installation, { only: everything }))
      assert.equal(read.kind, 'declaration', JSON.stringify(read))
      const wanted = wantedEntries(read.declaration, installation, resolved)
      const plan = planChanges(knownEntries(installation, resolved), wanted, { sections: everything, prune: true })
      assert.deepEqual(plan, { changes: [], left: [] })
    }),
    { numRuns: 150 },
  )
})

const shop: Client = {
  row: 7,
  ...settledClient({
    clientId: 'shop',
    name: 'Shop',
    ownerId: 3,
    isConfidential: true,
    authenticationMethod: 'client_secret',
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: ['https://shop.example/cb'],
    postLogoutRedirectUris: [],
    allowedOrigins: [],
    scopes: ['read', 'write'],
    pkce: 'required',
    consent: 'skip',
    introspection: 'own',
    idTokenAlgorithm: 'RS256',
    accessTokenLifetimeSeconds: 3_600,
    refreshTokenLifetimeSeconds: 86_400,
    refreshGraceSeconds: 10,
    refreshEndsAccessTokens: false,
    refreshNarrowsGrant: false,
    metadata: plainMetadata,
  }),
  enabled: true,
  epoch: 4,
  createdAt: 1,
  updatedAt: 2,
}
const small: Current = {
  clients: [
    { client: shop, owner: 'ann', isSelfRegistered: false },
    { client: { ...shop, clientId: 'stranger' }, owner: undefined, isSelfRegistered: true },
  ],
  groups: [{ id: 1, name: 'support', permissions: [] }],
  apis: [],
  scopes: [{ name: 'read', description: 'yes', apiId: undefined, position: 0, version: 0 }],
  retired: { scopes: new Set(), audiences: new Set() },
}

test('only what is not at its default is written: no numbers of rows, nothing of those who registered themselves', () => {
  const text = writeDeclaration(small, {
    only: everything,
    schemaPath: './latchkey.schema.json',
    appendix: ['the end'],
  })
  assert.match(
    text,
    /^# yaml-language-server: \$schema=\.\/latchkey\.schema\.json\n# Configuration of Latchkey, format 1: /,
  )
  assert.equal(
    text.slice(text.indexOf('format: 1\n')),
    [
      'format: 1',
      '',
      'scopes:',
      '  read: "yes"',
      '',
      'apis: {}',
      '',
      'groups:',
      '  support: {}',
      '',
      'clients:',
      '  shop:',
      '    name: Shop',
      '    owner: ann',
      '    redirect_uris:',
      '      - https://shop.example/cb',
      '    consent: skip',
      '',
      '# the end',
      '',
    ].join('\n'),
  )
})

test('a part can be written alone, and a file of a part says nothing of the others', () => {
  const text = writeDeclaration(small, { only: new Set(['groups'] as const) })
  assert.doesNotMatch(text, /^(clients|apis|scopes):/m)
  const read = readDeclaration(text)
  assert.deepEqual(read.kind === 'declaration' && read.declaration, { format: 1, groups: { support: {} } })
})

test('every setting of a client has a field', () => {
  const count = (value: object): number => Object.keys(value).length
  // Without clientId, ownerId, isConfidential and metadata itself: they are the name, a name, a method, and spread out.
  const { row: _, enabled: __, epoch: ___, createdAt: ____, updatedAt: _____, ...settings } = shop
  assert.equal(count(fieldsOfClient(shop)), count(settings) - 4 + count(plainMetadata))
})
