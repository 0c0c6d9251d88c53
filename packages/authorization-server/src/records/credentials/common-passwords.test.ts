import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonPasswords } from './common-passwords.ts'

test('the list knows what everybody tries, whatever the case', async () => {
  const list = await commonPasswords()
  for (const password of [
    '123',
    'password',
    '12345678',
    'newpassword',
    '1234abcd',
    'PASSWORD',
    ' qwerty ',
    '123456',
    'fallen_angel',
    'пароль',
  ]) {
    assert.equal(list.has(password), true, password)
  }
})

test('the list holds whole entries only: no part, no two lines, no line of its notice', async () => {
  const list = await commonPasswords()
  for (const password of [
    '',
    '\n',
    'asswor',
    '123456\n123456789',
    'All rights reserved.',
    'testpass123',
    'correct-horse-battery',
  ]) {
    assert.equal(list.has(password), false, password)
  }
})

test('the list is read once', async () => {
  assert.equal(await commonPasswords(), await commonPasswords())
})
