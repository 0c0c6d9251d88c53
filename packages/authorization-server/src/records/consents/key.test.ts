import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConsentKey } from './key.ts'

test('a consent is named by its person and its application, and by nothing else', () => {
  assert.deepEqual(readConsentKey('12-3'), { userId: 12, clientRow: 3 })
  for (const other of [
    '',
    '12',
    '12-',
    '-3',
    '012-3',
    '12-3-4',
    '12-0',
    '1e3-4',
    ' 12-3',
    "1-1' or '1'='1",
    `${'9'.repeat(16)}-1`,
  ]) {
    assert.equal(readConsentKey(other), undefined, other)
  }
})
