import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countShown } from './list-count.ts'

const place = { branch: 0, value: 'a', key: 1 }
const from = { after: undefined, before: undefined }
const entries = ['1', '2', '3'].map((id) => ({ id, label: id, values: {} }))
const whole = { entries, next: undefined, previous: undefined }
const least = { count: 1, isExact: false }

test('a list that is shown as a whole is as long as what is shown', () => {
  assert.deepEqual(countShown(least, whole, from), { count: 3, isExact: true })
  assert.deepEqual(countShown({ count: 4, isExact: true }, whole, from), { count: 3, isExact: true })
})

test('where rows were looked at up to a bound, there are at least those that are shown and one beyond each end', () => {
  assert.deepEqual(countShown(least, { ...whole, next: place }, from), { count: 4, isExact: false })
  assert.deepEqual(countShown(least, { ...whole, next: place, previous: place }, { ...from, after: place }), {
    count: 5,
    isExact: false,
  })
  assert.deepEqual(countShown({ count: 70, isExact: false }, { ...whole, next: place }, from), {
    count: 70,
    isExact: false,
  })
})

test('what was counted to the end stands, wherever in the list one is', () => {
  const counted = { count: 900, isExact: true }
  assert.equal(countShown(counted, { ...whole, next: place }, from), counted)
  assert.equal(countShown(counted, { ...whole, entries: [], previous: place }, { ...from, after: place }), counted)
})
