import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLabelled, scaleFor, slotOf, stacked } from './chart-scale.ts'

test('a scale begins at zero, holds the most, and counts in ones, twos and fives', () => {
  for (const [most, marks] of [
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [5, [0, 2, 4, 6]],
    [9, [0, 5, 10]],
    [40, [0, 10, 20, 30, 40]],
    [41, [0, 20, 40, 60]],
    [999, [0, 500, 1_000]],
    [1_234_567, [0, 500_000, 1_000_000, 1_500_000]],
  ] as const) {
    assert.deepEqual(scaleFor(most).marks, marks, String(most))
  }
})

test('for any number the top is reached in one to four steps, and no smaller step would do', () => {
  for (let most = 1; most < 50_000; most = Math.ceil(most * 1.07)) {
    const { top, marks } = scaleFor(most)
    assert.ok(top >= most && top < most + (marks[1] ?? 0), String(most))
    assert.ok(marks.length >= 2 && marks.length <= 5, String(most))
  }
})

test('parts stand one upon the other and reach as high as their sum; what is nothing has no part', () => {
  assert.deepEqual(stacked([5, 0, 15], 40), [
    { series: 0, from: 0, length: 12.5 },
    { series: 2, from: 12.5, length: 37.5 },
  ])
  assert.deepEqual(stacked([0, 0], 1), [])
})

test('columns share the width evenly with a gap, and the last one is labelled', () => {
  assert.deepEqual(slotOf(0, 2), { from: 8.33, length: 33.33, middle: 25 })
  assert.deepEqual(slotOf(1, 2), { from: 58.33, length: 33.33, middle: 75 })
  const labelled = Array.from({ length: 24 }, (_, at) => at).filter((at) => isLabelled(at, 24, 6))
  assert.deepEqual(labelled, [5, 11, 17, 23])
})
