import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutRetired } from './retired.ts'

test('what was retired is left out, in the order of the rest', () => {
  assert.equal(withoutRetired('openid items:read write', new Set(['items:read'])), 'openid write')
  assert.equal(withoutRetired('items:read', new Set(['items:read'])), '')
  assert.equal(withoutRetired('', new Set(['items:read'])), '')
})

test('a name is retired as it is written: no prefix, no other case', () => {
  const list = 'items:reads Items:read items'
  assert.equal(withoutRetired(list, new Set(['items:read'])), list)
})
