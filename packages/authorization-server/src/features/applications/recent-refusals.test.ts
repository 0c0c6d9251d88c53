import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Client, defaultClientSettings } from '../../records/clients/index.ts'
import type { Incident } from '../refusals/index.ts'
import { recentRefusals } from './recent-refusals.ts'

const client: Client = {
  ...defaultClientSettings({ clientId: 'shop', name: 'Shop', isConfidential: true }),
  redirectUris: ['https://shop.example/cb'],
  row: 3,
  enabled: true,
  epoch: 1,
  createdAt: 0,
  updatedAt: 0,
}

function mismatch(sent: string): Incident {
  return {
    id: 'ABCD-EFGH',
    at: 1_000,
    code: 'invalid_request',
    rule: 'redirect-uri-not-registered',
    description: 'Mismatching redirect URI.',
    detail: { client_id: 'shop', sent, registered: 'https://shop.example/cb', difference: 'path' },
    path: '/o/authorize/',
  }
}

test('a refusal tells what was sent, what is registered and which clause asks for it', () => {
  assert.deepEqual(recentRefusals([mismatch('https://shop.example/callback')], client), [
    {
      at: 1_000,
      incident: 'ABCD-EFGH',
      rule: 'Mismatching redirect URI.',
      clause: 'RFC 9700 §4.1.3',
      sent: 'https://shop.example/callback',
      registered: 'https://shop.example/cb',
      difference: 'path',
      fix: {
        action: '/o/applications/3/add-redirect-uri/',
        label: 'Register this address',
        hidden: { uri: 'https://shop.example/callback' },
      },
    },
  ])
})

test('one click is offered for an address on this machine or a known host, never for one that a stranger planted', () => {
  const offered = (sent: string): boolean => recentRefusals([mismatch(sent)], client)[0]?.fix !== undefined
  for (const sent of ['http://localhost:3000/cb', 'http://127.0.0.1:1/cb', 'https://shop.example:8443/cb']) {
    assert.ok(offered(sent), sent)
  }
  for (const sent of [
    'https://evil.example/cb',
    'https://shop.example.evil.example/cb',
    'https://shop.example@evil.example/cb',
    'http://shop.example/cb',
    'javascript:alert(1)',
    'com.evil.app:/cb',
    'https://shop.example/cb',
    `https://shop.example/${'x'.repeat(2_048)}`.slice(0, 2_048),
  ]) {
    assert.equal(offered(sent), false, sent)
  }
})

test('another refusal names the clause of its error and offers no repair', () => {
  const incident: Incident = { ...mismatch('x'), code: 'invalid_client', rule: 'secret-wrong', detail: {} }
  const [refusal] = recentRefusals([incident], client)
  assert.equal(refusal?.clause, 'RFC 6749 §5.2')
  assert.equal(refusal.fix, undefined)
})
