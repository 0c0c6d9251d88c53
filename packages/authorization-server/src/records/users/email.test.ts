import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emailErrors, isEmailAddress } from './email.ts'

test('an address is a dot-string at a domain name (RFC 5321 §4.1.2)', () => {
  for (const address of [
    'admin@email.com',
    "o'hara+news@mail.example.co.uk",
    'a@b.io',
    'x_y-z@xn--bcher-kva.example',
    'me@localhost',
    `${'a'.repeat(64)}@example.org`,
  ]) {
    assert.ok(isEmailAddress(address), address)
  }
})

test('whatever has a second reading is no address', () => {
  for (const text of [
    '',
    '@',
    'a@',
    '@example.com',
    'a@b',
    'a b@example.com',
    'a@exam ple.com',
    ' a@example.com',
    'a@example.com ',
    'a@example.com\n',
    'a@b@example.com',
    '.a@example.com',
    'a.@example.com',
    'a..b@example.com',
    'a@.example.com',
    'a@example..com',
    'a@example.com.',
    'a@-example.com',
    'a@example-.com',
    'a@example.c',
    'a@127.0.0.1',
    'a@[127.0.0.1]',
    '"a b"@example.com',
    'а@example.com',
    'a@exаmple.com',
    'a@example.com\u0000',
    '<a@example.com>',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'b.'.repeat(130)}com`,
  ]) {
    assert.equal(isEmailAddress(text), false, JSON.stringify(text))
  }
})

test('a megabyte of any shape is judged at once', () => {
  for (const piece of ['a', 'a.', '@', '-', 'a@', 'a@b.']) {
    const startedAt = performance.now()
    isEmailAddress(piece.repeat(200_000))
    assert.ok(performance.now() - startedAt < 100, piece)
  }
})

test('the longest address is the setting', () => {
  assert.deepEqual(emailErrors('someone@example.com', 19), [])
  assert.deepEqual(emailErrors('someone@example.com', 18), ['Ensure this field has no more than 18 characters.'])
  assert.deepEqual(emailErrors('someone', 50), ['Enter a valid email address.'])
})
