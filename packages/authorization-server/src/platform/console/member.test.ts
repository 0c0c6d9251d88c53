import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memberValue } from './member.ts'

const document = {
  nickname: 'Al',
  address: { locality: 'Bath' },
  proven: true,
  since: 5,
  tags: ['a', 1],
  constructor: 7,
}

test('a field finds its member, and one inside another', () => {
  assert.equal(memberValue({ kind: 'text' }, document, 'nickname'), 'Al')
  assert.equal(memberValue({ kind: 'text' }, document, 'address.locality'), 'Bath')
  assert.equal(memberValue({ kind: 'flag' }, document, 'proven'), true)
  assert.equal(memberValue({ kind: 'integer' }, document, 'since'), 5)
  assert.deepEqual(memberValue({ kind: 'texts' }, document, 'tags'), ['a', '1'])
  assert.deepEqual(memberValue({ kind: 'json' }, document, 'address'), { locality: 'Bath' })
})

test('what is absent, of another kind, or nobody put there is empty', () => {
  assert.equal(memberValue({ kind: 'text' }, document, 'address.country'), null)
  assert.equal(memberValue({ kind: 'text' }, document, 'nickname.length'), null)
  assert.equal(memberValue({ kind: 'text' }, document, 'address'), null)
  assert.equal(memberValue({ kind: 'text' }, document, 'toString'), null)
  assert.equal(memberValue({ kind: 'text' }, {}, '__proto__.name'), null)
  assert.equal(memberValue({ kind: 'flag' }, document, 'since'), false)
  assert.equal(memberValue({ kind: 'integer' }, document, 'nickname'), null)
  assert.deepEqual(memberValue({ kind: 'texts' }, null, 'tags'), [])
  assert.deepEqual(memberValue({ kind: 'json' }, document, 'tags'), {})
})
