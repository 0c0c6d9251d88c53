import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientPoints, dayMs, hourMs, hourPoints, lastSpans } from './figures.ts'

const noon = Date.UTC(2027, 0, 15, 12)
const series = [{ name: 'wrong-password' }, { name: 'throttled' }]

test('the last hours end with the present one, each once', () => {
  const spans = lastSpans(hourMs, 24, noon + 59 * 60_000)
  assert.equal(spans.length, 24)
  assert.equal(spans.at(-1), noon)
  assert.equal(spans[0], noon - 23 * hourMs)
  assert.equal(lastSpans(dayMs, 14, noon).at(-1), Date.UTC(2027, 0, 15))
})

test('an hour without counts has a column of zeros; a reason that has no series is in none', () => {
  const points = hourPoints([noon, noon + hourMs], series, [
    { hour: noon + hourMs, reason: 'throttled', count: 3 },
    { hour: noon + hourMs, reason: 'something new', count: 9 },
    { hour: noon - hourMs, reason: 'throttled', count: 5 },
  ])
  assert.deepEqual(
    points.map(({ values }) => values),
    [
      [0, 0],
      [0, 3],
    ],
  )
})

test('applications with the most tokens stand first; the rest, the deleted and those counted together are one bar', () => {
  const grants = [{ name: 'refresh_token' }, { name: 'other' }]
  const counts = [
    { clientRow: 3, reason: 'refresh_token', count: 50 },
    { clientRow: 1, reason: 'refresh_token', count: 5 },
    { clientRow: 1, reason: 'device_code', count: 60 },
    { clientRow: 2, reason: 'refresh_token', count: 7 },
    { clientRow: 9, reason: 'refresh_token', count: 11 },
    { clientRow: 0, reason: 'refresh_token', count: 13 },
  ]
  const named = [
    { row: 1, name: 'one' },
    { row: 2, name: 'two' },
    { row: 3, name: 'three' },
  ]
  const points = clientPoints(counts, grants, named, 2)
  assert.deepEqual(
    points.map(({ label, values, link }) => [label, values, link?.id]),
    [
      ['one', [5, 60], '1'],
      ['three', [50, 0], '3'],
      ['Others', [31, 0], undefined],
    ],
  )
  assert.deepEqual(clientPoints([], grants, named, 2), [])
})
