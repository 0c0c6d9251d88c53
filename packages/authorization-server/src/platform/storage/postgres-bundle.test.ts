import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bundleOf, lockOf } from './postgres-bundle.ts'
import { guarded, sql, unguarded } from './sql.ts'

const write = sql`update things set n = 1`

test('a list may share a transaction when each write says what it locks, and together they lock one row', () => {
  assert.equal(lockOf([guarded(write, 'a')]), 'a')
  assert.equal(lockOf([unguarded(write, ''), guarded(write, 'a'), unguarded(write, '')]), 'a')
  assert.equal(lockOf([guarded(write)]), undefined)
  assert.equal(lockOf([guarded(write, 'a'), unguarded(write)]), undefined)
  assert.equal(lockOf([guarded(write, 'a'), guarded(write, 'b')]), undefined)
  assert.equal(lockOf([unguarded(write, '')]), undefined)
  assert.equal(lockOf([]), undefined)
})

test('lists share a transaction in the order of their rows, so that two transactions cannot wait for each other', () => {
  const [a, b, c] = [{ lock: 'a' }, { lock: 'b' }, { lock: 'c' }]
  assert.deepEqual(bundleOf([c, a, b]), { bundle: [a, b, c], others: [] })
  assert.deepEqual(bundleOf([b, c, a]), bundleOf([a, b, c]))
})

test('of several lists for one row the first is in, and the others are kept', () => {
  const lists = ['b', 'a', 'b', 'a', 'b'].map((lock, at) => ({ lock, at }))
  const { bundle, others } = bundleOf(lists)
  assert.deepEqual(
    bundle.map(({ at }) => at),
    [1, 0],
  )
  assert.deepEqual(
    others.map(({ at }) => at),
    [2, 3, 4],
  )
})
