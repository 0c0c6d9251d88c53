import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonPasswords } from './common-passwords.ts'
import { checkPassword, passwordPolicies, type UserAttributes } from './password-policy.ts'

const short = 'This password is too short. It must contain at least 8 characters.'
const long = 'This password is too long. It must contain at most 128 characters.'
const common = 'This password is too common.'
const numeric = 'This password is entirely numeric.'
const similarTo = (field: string): string => `The password is too similar to the ${field}.`

async function reasons(password: string, user: UserAttributes = {}): Promise<readonly string[]> {
  return checkPassword(password, user, passwordPolicies.django, await commonPasswords())
}

test('every reason is given at once, in the order of the Django validators', async () => {
  assert.deepEqual(await reasons('123'), [short, common, numeric])
  assert.deepEqual(await reasons('1234', { username: '1234' }), [similarTo('username'), short, common, numeric])
})

test('a password of the tutorials is too common, and the demonstration passwords are not', async () => {
  assert.deepEqual(await reasons('newpassword'), [common])
  assert.deepEqual(await reasons('1234abcd'), [common])
  assert.deepEqual(await reasons('testpass123'), [])
  assert.deepEqual(await reasons('correct-horse-battery'), [])
})

test('case and surrounding space do not make a common password rare', async () => {
  assert.deepEqual(await reasons('  PassWord '), [common])
})

test('the tutorial policy asks only for 8 characters', async () => {
  const list = await commonPasswords()
  const check = (password: string): readonly string[] =>
    checkPassword(password, { username: password }, passwordPolicies.tutorial, list)
  assert.deepEqual(check('1234abcd'), [])
  assert.deepEqual(check('newpassword'), [])
  assert.deepEqual(check('12345678'), [])
  assert.deepEqual(check('1234abc'), [short])
  assert.deepEqual(check('a'.repeat(129)), [long])
})

test('a length is counted in characters, not in units of UTF-16', async () => {
  assert.deepEqual(await reasons('😀'.repeat(7)), [short])
  assert.deepEqual(await reasons('😀'.repeat(8)), [])
  assert.deepEqual(await reasons('😀'.repeat(128)), [])
  assert.deepEqual(await reasons('😀'.repeat(129)), [long])
})

test('digits of any script are numeric', async () => {
  assert.deepEqual(await reasons('73951846207'), [numeric])
  assert.deepEqual(await reasons('٧٣٩٥١٨٤٦٢٠٧'), [numeric])
  assert.deepEqual(await reasons('73951846207x'), [])
})

// What django.contrib.auth.password_validation.UserAttributeSimilarityValidator answers.
const similarityCases: readonly (readonly [password: string, user: UserAttributes, field: string | undefined])[] = [
  ['testclient', { username: 'testclient' }, 'username'],
  ['TestClient', { username: 'testclient' }, 'username'],
  ['tneilctset', { username: 'testclient' }, 'username'],
  ['example.com', { email: 'testclient@example.com' }, 'email address'],
  ['testclient9', { email: 'testclient@example.com' }, 'email address'],
  ['margarethe', { firstName: 'Margarethe', lastName: 'Margarethe' }, 'first name'],
  ['hildebrandt7', { lastName: 'Hildebrandt' }, 'last name'],
  ['quarz-violett', { username: 'testclient', email: 'testclient@example.com' }, undefined],
  ['adminpass-längeres', { firstName: '', lastName: undefined, username: '' }, undefined],
  ['müller-lüdenscheidt', { lastName: 'Müller-Lüdenscheidt' }, 'last name'],
]

for (const [password, user, field] of similarityCases) {
  test(`${password} is ${field === undefined ? 'not similar to any attribute' : `similar to the ${field}`}`, async () => {
    assert.deepEqual(await reasons(password, user), field === undefined ? [] : [similarTo(field)])
  })
}
