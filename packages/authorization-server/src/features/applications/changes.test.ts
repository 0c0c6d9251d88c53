import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultClientSettings } from '../../records/clients/index.ts'
import { changesOf, settingsOf } from './changes.ts'

const client = defaultClientSettings({ clientId: 'shop', name: 'Shop', isConfidential: true })

test('a change names each field that differs, with what it was and what it is', () => {
  assert.deepEqual(changesOf(client, client), {})
  assert.deepEqual(changesOf(client, { ...client, name: 'Store', redirectUris: ['https://a.example/'] }), {
    name: { before: 'Shop', after: 'Store' },
    redirectUris: { before: [], after: ['https://a.example/'] },
  })
})

test('only settings are kept of a client, whatever else hangs on it', () => {
  const stored = { ...client, row: 3, epoch: 1, secrets: ['verifier'] }
  assert.deepEqual(Object.keys(settingsOf(stored)).toSorted(), Object.keys(client).toSorted())
})
