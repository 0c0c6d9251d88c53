import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, defaultClientSettings } from './client.ts'
import { changesOfClient, clientValues, settingsFrom } from './values.ts'

const client: Client = {
  ...defaultClientSettings({ clientId: 'shop', name: 'Shop', isConfidential: true }),
  row: 3,
  enabled: true,
  epoch: 1,
  createdAt: 0,
  updatedAt: 0,
}

test('a change names each setting that differs, with what it was and what it is', () => {
  assert.deepEqual(changesOfClient(client, client), {})
  assert.deepEqual(changesOfClient(client, { ...client, name: 'Store', redirectUris: ['https://a.example/'] }), {
    name: { before: 'Shop', after: 'Store' },
    redirect_uris: { before: [], after: ['https://a.example/'] },
  })
})

test('a client that comes or goes is told whole, but for secrets and what it is in the table', () => {
  const gone = changesOfClient(client, undefined)
  assert.deepEqual(gone['client_id'], { before: 'shop', after: null })
  assert.deepEqual(gone['name'], { before: 'Shop', after: null })
  for (const name of ['row', 'epoch', 'secrets', 'created_at']) assert.equal(gone[name], undefined, name)
})

test('values lead back to the settings that they came from; what is absent stays, what is empty is taken away', () => {
  const full: Client = {
    ...client,
    metadata: {
      ...client.metadata,
      jwks: '{"keys":[]}',
      logoUri: 'https://a.example/l',
      requestUris: ['https://a.example/r'],
    },
  }
  const values = clientValues(full, [], 0)
  assert.deepEqual(settingsFrom(values, { ...client, ownerId: full.ownerId }), { ...client, metadata: full.metadata })
  assert.deepEqual(settingsFrom({}, full), full)
  const less = settingsFrom({ jwks: null, logo_uri: null, request_uris: [] }, full)
  assert.deepEqual(less.metadata, client.metadata)
})

test('of a secret only what tells it from another is known, and its age in days', () => {
  const secret = { id: 7, kind: 'generated', verifier: 'v3rifier', hint: 'k9Qz', createdAt: 0 } as const
  const values = clientValues(client, [secret, { ...secret, id: 6, kind: 'chosen', hint: '' }], 2.5 * 86_400_000)
  assert.deepEqual(values['secrets'], [
    { id: '7', kind: 'generated', ends_in: 'k9Qz', created_at: 0, age_days: 2 },
    { id: '6', kind: 'chosen', ends_in: null, created_at: 0, age_days: 2 },
  ])
})
