import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Actor } from '../../platform/console/index.ts'
import { type GroupRights, roleErrors, whyNotApplication, whyNotPermissions, whyNotPerson } from './authority.ts'

const nothing: GroupRights = { id: 1, name: 'nothing', permissions: [] }
const readers: GroupRights = { id: 2, name: 'readers', permissions: ['users.view'] }
const keepers: GroupRights = { id: 3, name: 'keepers', permissions: ['users.view', 'keys.change'] }

function actor(permissions: readonly string[], more: Partial<Actor> = {}): Actor {
  return { id: 10, epoch: 1, isStaff: true, isSuperuser: false, permissions: new Set(permissions), ...more }
}

const plain = { id: 20, isStaff: false, isSuperuser: false, groups: [] }
const clerk = actor(['users.view', 'users.change'])
const superuser = actor([], { isSuperuser: true })

test('nobody acts upon somebody who may do more', () => {
  assert.equal(whyNotPerson(clerk, plain), undefined)
  assert.equal(whyNotPerson(clerk, { ...plain, groups: [readers, nothing] }), undefined)
  assert.match(whyNotPerson(clerk, { ...plain, groups: [keepers] }) ?? '', /may do things that you may not/)
  assert.match(whyNotPerson(clerk, { ...plain, isSuperuser: true }) ?? '', /Only a superuser/)
  assert.equal(whyNotPerson(superuser, { ...plain, isSuperuser: true, groups: [keepers] }), undefined)
})

test('what somebody holds without being staff does not count', () => {
  const former = actor(['users.view'], { isStaff: false })
  assert.match(whyNotPerson(former, { ...plain, groups: [readers] }) ?? '', /may not/)
})

test('only a superuser gives and takes the roles of staff and superuser', () => {
  for (const role of [{ isStaff: true }, { isSuperuser: true }]) {
    const after = { ...plain, ...role }
    assert.equal(Object.keys(roleErrors(clerk, plain, after)).length, 1)
    assert.equal(Object.keys(roleErrors(clerk, after, plain)).length, 1)
    assert.deepEqual(roleErrors(superuser, plain, after), {})
  }
})

test('groups are given and taken by those who hold all that they give, and never by oneself', () => {
  assert.deepEqual(roleErrors(clerk, plain, { ...plain, groups: [readers] }), {})
  assert.deepEqual(roleErrors(clerk, { ...plain, groups: [readers] }, plain), {})
  for (const [before, after] of [
    [[], [keepers]],
    [[keepers], []],
  ] as const) {
    const errors = roleErrors(clerk, { ...plain, groups: before }, { ...plain, groups: after })
    assert.deepEqual(errors, { groups: ['The group keepers may do things that you may not.'] })
  }
  const self = { ...plain, id: clerk.id, isStaff: true }
  assert.deepEqual(roleErrors(clerk, self, { ...self, groups: [readers] }), {
    groups: ['You cannot change your own groups.'],
  })
})

test('a group is made, changed and taken apart only by those who hold what is in it, before and after', () => {
  assert.equal(whyNotPermissions(clerk, ['users.view'], ['users.change']), undefined)
  assert.notEqual(whyNotPermissions(clerk, ['keys.change'], []), undefined)
  assert.notEqual(whyNotPermissions(clerk, [], ['keys.change']), undefined)
  assert.equal(whyNotPermissions(superuser, ['keys.change'], []), undefined)
})

test('an application with powers is steered by its owner and by superusers, and nobody else gets hold of its owner', () => {
  const powerful = { ownerId: 20, consent: 'skip', introspection: 'own', scopes: ['openid'] } as const
  assert.match(whyNotApplication(clerk, powerful) ?? '', /only a superuser or its owner/)
  assert.match(whyNotApplication(clerk, { ...powerful, ownerId: undefined }) ?? '', /only a superuser or its owner/)
  assert.equal(whyNotApplication(clerk, { ...powerful, ownerId: clerk.id }), undefined)
  assert.equal(whyNotApplication(clerk, { ...powerful, consent: 'ask' }), undefined)
  assert.equal(whyNotApplication(superuser, powerful), undefined)
  assert.match(whyNotPerson(clerk, { ...plain, ownsPowers: true }) ?? '', /only a superuser/)
  assert.equal(whyNotPerson(clerk, { ...plain, id: clerk.id, ownsPowers: true }), undefined)
  assert.equal(whyNotPerson(superuser, { ...plain, ownsPowers: true }), undefined)
})
