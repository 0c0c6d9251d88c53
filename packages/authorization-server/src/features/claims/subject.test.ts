import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hmacSha256 } from '../../platform/crypto/index.ts'
import { plainMetadata } from '../../records/clients/index.ts'
import { sectorOf, subjectFor } from './subject.ts'

const keys = {
  stableDigest: (purpose: string, text: string) => hmacSha256(Buffer.from('k'.repeat(32)), `${purpose} ${text}`),
}
const pairwise = { ...plainMetadata, subjectType: 'pairwise' as const }
const client = (redirectUris: readonly string[], sectorIdentifierUri?: string, row = 1) => ({
  row,
  redirectUris,
  metadata: { ...pairwise, sectorIdentifierUri },
})
const alice = { subject: 'alice' }
const bob = { subject: 'bob' }

test('a client is told the public subject unless it registered for pairwise ones (OpenID Connect Core §8)', () => {
  assert.equal(subjectFor({ keys }, { row: 1, redirectUris: [], metadata: plainMetadata }, alice), 'alice')
})

test('clients of one sector know a person by one name, of two sectors by two (OpenID Connect Core §8.1)', () => {
  const [one, other] = [client(['https://a.example/cb']), client(['https://a.example:8443/other'], undefined, 2)]
  const elsewhere = client(['https://b.example/cb'], undefined, 3)
  assert.equal(subjectFor({ keys }, one, alice), subjectFor({ keys }, other, alice))
  assert.notEqual(subjectFor({ keys }, one, alice), subjectFor({ keys }, elsewhere, alice))
  assert.notEqual(subjectFor({ keys }, one, alice), subjectFor({ keys }, one, bob))
  assert.match(subjectFor({ keys }, one, alice), /^[\w-]{43}$/)
})

test('the sector is that of the document, else the one host of the redirect URIs, else the client itself', () => {
  for (const [redirectUris, document, expected] of [
    [['https://a.example/cb'], 'https://sector.example/uris.json', 'sector.example'],
    [['https://a.example/1', 'https://a.example/2'], undefined, 'a.example'],
    [['https://A.example/1'], undefined, 'a.example'],
    [['https://a.example/1', 'https://b.example/2'], undefined, 'client 1'],
    [['com.example.app:/cb'], undefined, 'client 1'],
    [[], undefined, 'client 1'],
  ] as const) {
    assert.equal(sectorOf(client(redirectUris, document)), expected)
  }
})
