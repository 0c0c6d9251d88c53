import assert from 'node:assert/strict'
import test from 'node:test'
import { lettersOf } from './keys-page.ts'

test('each noun has a letter of its own, of its name where there is one left, and none takes that of the first page', () => {
  const names = ['users', 'groups', 'us', 'hosts', 'u', 'sos']
  const letters = lettersOf(names.map((name) => ({ name })))
  assert.deepEqual(Object.fromEntries(letters), { users: 'u', groups: 'g', us: 's', hosts: 'o', u: 'a', sos: 'b' })
})

test('more nouns than letters: the last ones have none', () => {
  const letters = lettersOf(Array.from({ length: 30 }, (_, at) => ({ name: `n${at}` })))
  assert.ok(letters.size < 30)
  assert.equal(new Set(letters.values()).size, letters.size)
})
