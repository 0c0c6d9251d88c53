import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProfileChange, User } from '../../records/users/index.ts'
import { asksForPassword, changedFields, profileErrors } from './profile-rules.ts'

const user: User = {
  id: 1,
  subject: 's',
  email: 'old name@legacy',
  emailVerified: false,
  username: 'old name',
  firstName: '',
  lastName: '',
  isActive: true,
  isStaff: false,
  isSuperuser: false,
  attributes: {},
  claims: {},
  epoch: 1,
  createdAt: 0,
  updatedAt: 0,
  lastSignInAt: undefined,
}
const same: ProfileChange = { email: user.email, username: user.username, firstName: '', lastName: '' }

function wrong(change: Partial<ProfileChange>): readonly string[] {
  const errors = profileErrors(user, { ...same, ...change }, 50)
  return Object.keys(errors).filter((field) => (errors[field] ?? []).length > 0)
}

test('what was stored under other rules stays good until it is changed', () => {
  assert.deepEqual(wrong({}), [])
  assert.deepEqual(wrong({ email: 'new name@legacy' }), ['email'])
  assert.deepEqual(wrong({ username: 'new name' }), ['username'])
})

test('an address has the longest length of the settings, a name that of Django', () => {
  assert.deepEqual(wrong({ email: `${'a'.repeat(40)}@example.com` }), ['email'])
  assert.deepEqual(wrong({ firstName: 'x'.repeat(151), lastName: 'x'.repeat(150) }), ['first_name'])
})

test('one name to sign in with must stay', () => {
  assert.deepEqual(wrong({ email: undefined }), [])
  assert.deepEqual(wrong({ email: undefined, username: undefined }), ['form'])
})

test('every change of the address asks for the password, its removal too; other changes do not', () => {
  assert.equal(asksForPassword(user, same), false)
  assert.equal(asksForPassword(user, { email: 'new@example.com' }), true)
  assert.equal(asksForPassword(user, { email: undefined }), true)
  assert.equal(asksForPassword(user, { email: 'OLD name@legacy' }), true)
})

test('the trail names fields, not values', () => {
  assert.deepEqual(changedFields(user, { ...same, username: 'x', lastName: 'y' }), ['username', 'lastName'])
})
