import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseResources } from './resource.ts'

test('resources are absolute URIs, each once (RFC 8707 §2)', () => {
  assert.deepEqual(parseResources(['https://api.example/', '', 'urn:example:api', 'https://api.example/']), [
    'https://api.example/',
    'urn:example:api',
  ])
  assert.deepEqual(parseResources([]), [])
})

test('relative, fragmented, malformed, endless and too many resources are invalid_target', () => {
  const wrong = [
    '/api',
    'api',
    'https://api.example/#',
    'https:',
    'https://',
    'https://a b',
    'https://\0',
    '://x',
    'é:x',
  ]
  for (const resource of [...wrong, `https://a/${'x'.repeat(512)}`]) {
    assert.throws(() => parseResources([resource]), { code: 'invalid_target' }, resource)
  }
  const nine = Array.from({ length: 9 }, (_, index) => `https://api.example/${index}`)
  assert.throws(() => parseResources(nine), { code: 'invalid_target' })
  assert.equal(parseResources(nine.slice(1)).length, 8)
})
