import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { User } from '../../records/users/index.ts'
import { acrOf, acrValues } from './assurance.ts'
import { claimsRequestOf, personClaims, requestedNames, supportedClaims } from './claims.ts'

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
  claims: {},
  epoch: 3,
  createdAt: 1_000,
  updatedAt: 2_999,
  lastSignInAt: 5_000,
}

test('scopes that stand for no claims open none (OpenID Connect Core §5.4)', () => {
  for (const scopes of [['openid'], ['openid', 'read', 'write', 'offline_access'], []]) {
    assert.deepEqual(personClaims(user, scopes), {})
  }
})

test('profile and email open their own claims (OpenID Connect Core §5.4)', () => {
  const claims = personClaims(user, ['openid', 'profile', 'email'])
  assert.deepEqual(claims, {
    name: 'Alice Liddell',
    given_name: 'Alice',
    family_name: 'Liddell',
    preferred_username: 'alice',
    updated_at: 2,
    email: 'alice@example.com',
    email_verified: true,
  })
  for (const name of Object.keys(claims)) assert.ok(supportedClaims.includes(name), name)
})

test('what is not known is left out, never null or empty', () => {
  const bare = { ...user, firstName: '', lastName: '', username: undefined }
  assert.deepEqual(personClaims(bare, ['openid', 'profile']), {
    name: 'alice@example.com',
    preferred_username: 'alice@example.com',
    updated_at: 2,
  })
  assert.deepEqual(personClaims({ ...user, email: undefined }, ['openid', 'email']), {})
})

test('an address that nobody proved is said to be unverified', () => {
  assert.equal(personClaims({ ...user, emailVerified: false }, ['email'])['email_verified'], false)
})

test('rank, row numbers, epochs and free attributes stay with us whatever is asked', () => {
  const names = ['id', 'sub', 'groups', 'admin', 'is_staff', 'isStaff', 'attributes', 'shoe', 'epoch', '__proto__']
  const claims = JSON.stringify(personClaims(user, ['openid', 'profile', 'email', 'address', 'phone', 'groups'], names))
  for (const secret of ['17', 'shoe', 'isStaff', 'superuser', 'epoch', 'sub-1']) {
    assert.ok(!claims.includes(secret), secret)
  }
})

test('a claim that was asked for by name comes alone (OpenID Connect Core §5.5)', () => {
  assert.deepEqual(personClaims(user, ['openid'], ['email']), { email: 'alice@example.com' })
})

test('asking by name opens only what a scope of the client covers', () => {
  const { userinfo } = claimsRequestOf('{"userinfo":{"email":{"essential":true},"given_name":null,"shoe":null}}')
  assert.deepEqual(requestedNames({ scopes: ['openid', 'email'] }, userinfo), ['email'])
  assert.deepEqual(requestedNames({ scopes: ['openid', 'profile'] }, userinfo), ['given_name'])
  assert.deepEqual(requestedNames({ scopes: ['openid'] }, userinfo), [])
  assert.deepEqual(requestedNames({ scopes: ['openid', 'email'] }, claimsRequestOf('').userinfo), [])
})

test('acr speaks of what was done: a password is one factor, and of nothing there is nothing to say', () => {
  assert.equal(acrOf(['pwd']), 'aal1')
  assert.equal(acrOf([]), undefined)
  assert.ok(acrValues.includes('aal1'))
})
