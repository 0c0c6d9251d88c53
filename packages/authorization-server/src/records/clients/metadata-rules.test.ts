import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClientMetadata, plainMetadata } from './metadata.ts'
import { metadataFaults } from './metadata-rules.ts'

const redirectUris = ['https://shop.example/cb']
const admits = (url: string): boolean => url.startsWith('https://') && !url.includes('127.0.0.1')

function membersOf(
  metadata: Partial<ClientMetadata>,
  before?: ClientMetadata,
  uris: readonly string[] = redirectUris,
): readonly string[] {
  const client = {
    metadata: { ...plainMetadata, ...metadata },
    authenticationMethod: 'client_secret',
    redirectUris: uris,
  } as const
  return metadataFaults(client, { admits, before }).map(({ member }) => member)
}

test('an address that the server calls must be one that it may call, and a frame must be of the application itself (OpenID Connect Front-Channel Logout §2)', () => {
  const both = (back: string, front: string): readonly string[] =>
    membersOf({ backchannelLogoutUri: back, frontchannelLogoutUri: front }).toSorted()
  assert.deepEqual(both('https://shop.example/back', 'https://shop.example/front?a=1'), [])
  assert.deepEqual(both('https://127.0.0.1/', 'https://evil.example/front'), [
    'backchannel_logout_uri',
    'frontchannel_logout_uri',
  ])
  assert.deepEqual(both('http://shop.example/', 'http://shop.example/front').length, 2)
  assert.deepEqual(membersOf({ frontchannelLogoutUri: 'javascript:alert(1)' }), ['frontchannel_logout_uri'])
})

test('what stood there stays good as long as it is not changed', () => {
  const stored = {
    ...plainMetadata,
    backchannelLogoutUri: 'http://127.0.0.1:9/',
    logoUri: 'http://127.0.0.1/logo',
    jwks: '{"keys":[]}',
    requestUris: ['http://127.0.0.1/request'],
  }
  assert.deepEqual(membersOf(stored, stored), [])
  const { jwks: _, ...others } = stored
  assert.equal(membersOf({ ...others, jwks: '{"keys":[{}]}' }, { ...stored, logoUri: undefined }).length, 2)
})

test('keys are public ones that can check something, given once', () => {
  const secret = JSON.stringify({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'eA', d: 'eA' }] })
  for (const jwks of [secret, '{}', '[]', '"x"', '{"keys":[]}']) assert.deepEqual(membersOf({ jwks }), ['jwks'], jwks)
  assert.deepEqual(membersOf({ jwks: '{}', jwksUri: 'https://a.example/k' }), ['jwks', 'jwks'])
})

test('pairwise subjects of several hosts need a sector (OpenID Connect Core §8.1)', () => {
  const uris = [...redirectUris, 'https://other.example/cb']
  assert.deepEqual(membersOf({ subjectType: 'pairwise' }, undefined, uris), ['sector_identifier_uri'])
  assert.deepEqual(membersOf({ subjectType: 'pairwise' }), [])
  const sector = { subjectType: 'pairwise', sectorIdentifierUri: 'https://a.example/s' } as const
  assert.deepEqual(membersOf(sector, undefined, uris), [])
})
