import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { User } from '../../records/users/index.ts'
import { claimsFor } from './claims.ts'

const user: User = {
  id: 17,
  subject: 'sub-1',
  email: 'alice@example.com',
  emailVerified: true,
  username: 'alice',
  firstName: 'Alice',
  lastName: 'Liddell',
  isActive: true,
  isStaff: true,
  isSuperuser: true,
  attributes: { shoe: 'size 5' },
  epoch: 3,
  createdAt: 1_000,
  updatedAt: 2_999,
  lastSignInAt: 5_000,
}

test('openid opens the subject and nothing else (OpenID Connect Core §5.3.2)', () => {
  for (const scopes of [['openid'], ['openid', 'read', 'write', 'offline_access'], []]) {
    assert.deepEqual(claimsFor(user, scopes), { sub: 'sub-1' })
  }
})

test('profile and email open their own claims (OpenID Connect Core §5.4)', () => {
  assert.deepEqual(claimsFor(user, ['openid', 'profile', 'email']), {
    sub: 'sub-1',
    name: 'Alice Liddell',
    given_name: 'Alice',
    family_name: 'Liddell',
    preferred_username: 'alice',
    updated_at: 2,
    email: 'alice@example.com',
    email_verified: true,
  })
})

test('what is not known is left out, never null or empty', () => {
  const bare = { ...user, firstName: '', lastName: '', username: undefined }
  assert.deepEqual(claimsFor(bare, ['openid', 'profile']), {
    sub: 'sub-1',
    name: 'alice@example.com',
    preferred_username: 'alice@example.com',
    updated_at: 2,
  })
  assert.deepEqual(claimsFor({ ...user, email: undefined }, ['openid', 'email']), { sub: 'sub-1' })
})

test('an address that nobody proved is said to be unverified', () => {
  assert.equal(claimsFor({ ...user, emailVerified: false }, ['email'])['email_verified'], false)
})

test('rank, row numbers, epochs and free attributes stay with us whatever is asked', () => {
  const claims = JSON.stringify(claimsFor(user, ['openid', 'profile', 'email', 'address', 'phone', 'groups', 'admin']))
  for (const secret of ['17', 'shoe', 'isStaff', 'superuser', 'epoch']) assert.ok(!claims.includes(secret), secret)
})
