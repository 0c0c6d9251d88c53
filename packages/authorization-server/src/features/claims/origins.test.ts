import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsByScope } from '@latchkey/protocol'
import type { User } from '../../records/users/index.ts'
import { personClaims, supportedClaims } from './claims.ts'
import { claimOrigins } from './origins.ts'

const user: User = {
  id: 1,
  subject: 'sub-1',
  email: 'ada@example.com',
  emailVerified: false,
  username: 'ada',
  firstName: 'Ada',
  lastName: '',
  isActive: true,
  isStaff: false,
  isSuperuser: false,
  attributes: {},
  claims: { website: 'https://ada.example', address: { locality: 'London' } },
  epoch: 0,
  createdAt: 0,
  updatedAt: 5_000,
  lastSignInAt: undefined,
}

const everyScope = Object.keys(claimsByScope)

test('the values are those that a client is told, whatever is asked for (OpenID Connect Core §5.4, §5.5)', () => {
  for (const [scopes, names] of [
    [[], []],
    [['openid', 'read'], []],
    [['email'], []],
    [['profile', 'address'], ['email']],
    [[], ['website', 'phone_number']],
    [everyScope, ['email']],
  ] as const) {
    const told = claimOrigins(user, scopes, names).flatMap(({ name, value }) =>
      value === undefined ? [] : [[name, value] as const],
    )
    assert.deepEqual(Object.fromEntries(told), personClaims(user, scopes, names))
  }
})

test('every claim of this server has its source, and stands there also where the account holds none', () => {
  const origins = claimOrigins(user, everyScope)
  for (const name of supportedClaims)
    assert.ok(
      origins.some((one) => one.name === name && one.source !== ''),
      name,
    )
  const family = origins.find(({ name }) => name === 'family_name')
  assert.deepEqual([family?.value, family?.scope], [undefined, 'profile'])
})

test('a claim that is asked for by name is told apart from one that a scope brings', () => {
  const [email, verified] = claimOrigins(user, [], ['email'])
  assert.deepEqual([email?.scope, email?.isNamed, verified], [undefined, true, undefined])
  const [both] = claimOrigins(user, ['email'], ['email'])
  assert.deepEqual([both?.scope, both?.isNamed], ['email', true])
})
