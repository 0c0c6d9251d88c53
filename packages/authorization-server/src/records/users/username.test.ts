import assert from 'node:assert/strict'
import { test } from 'node:test'
import { usernameErrors } from './username.ts'

test("usernames are of Django's letters, digits and @ . + - _", () => {
  for (const username of ['alice', 'Ålice', 'a.b+c-d_e@f', '日本語', '1', 'x'.repeat(150)]) {
    assert.deepEqual(usernameErrors(username), [], username)
  }
})

test('anything else is refused with the rule', () => {
  for (const username of ['', 'a b', 'a/b', 'a\n', 'a\u0000', '<b>', 'a\u200b', 'a\u202eb', 'x'.repeat(151)]) {
    assert.equal(usernameErrors(username).length, 1, JSON.stringify(username))
  }
})
