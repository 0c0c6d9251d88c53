import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../platform/crypto/index.ts'
import { defaultClientSettings } from './client.ts'
import type { KnownClient } from './directory.ts'
import { createProvenHeaders } from './proven.ts'

const settings = defaultClientSettings({ clientId: 'web', name: 'Web', isConfidential: true })
const client = { ...settings, row: 1, enabled: true, epoch: 1, createdAt: 0, updatedAt: 0 }
const known: KnownClient = { client, secrets: [] }

test('only the very header that proved a client is remembered, with the registration that it proved', () => {
  const proven = createProvenHeaders(seededRandom('proven'))
  assert.equal(proven.find('Basic d2ViOng='), undefined)
  proven.remember('Basic d2ViOng=', known)
  assert.equal(proven.find('Basic d2ViOng='), known)
  assert.equal(proven.find('Basic d2ViOnk='), undefined)
  assert.equal(proven.find('basic d2ViOng='), undefined)
})

test('a flood of right headers does not fill the memory', () => {
  const proven = createProvenHeaders(seededRandom('proven'))
  for (let n = 0; n <= 10_000; n += 1) proven.remember(`Basic ${n}`, known)
  assert.equal(proven.find('Basic 0'), undefined)
  assert.equal(proven.find('Basic 10000'), known)
})
