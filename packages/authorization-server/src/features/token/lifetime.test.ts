import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultClientSettings } from '../../records/clients/index.ts'
import { grantExpiry } from './lifetime.ts'

const settings = {
  ...defaultClientSettings({ clientId: 'web', name: 'Web', isConfidential: true }),
  accessTokenLifetimeSeconds: 10,
  refreshTokenLifetimeSeconds: 100,
}
const client = { ...settings, row: 1, enabled: true, epoch: 1, createdAt: 0, updatedAt: 0 }

test('a grant with a refresh token stands as long as the refresh token may lie idle', () => {
  assert.equal(grantExpiry(client, 'read', 5), 100_005)
})

test('a grant without one stands as long as its access token', () => {
  assert.equal(grantExpiry(client, 'openid read', 5), 10_005)
  assert.equal(grantExpiry({ ...client, grantTypes: ['authorization_code'] }, 'read', 5), 10_005)
})

test('a refresh token that is shorter than the access token does not cut the access token short', () => {
  assert.equal(grantExpiry({ ...client, refreshTokenLifetimeSeconds: 1 }, 'read', 5), 10_005)
})
