import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayText, hourText, periodOf, sinceText } from './period.ts'

const noon = Date.UTC(2027, 0, 15, 12)

test('a day, an hour and a minute are as long as they are, in UTC', () => {
  assert.deepEqual(periodOf('2027-01-15'), { from: Date.UTC(2027, 0, 15), to: Date.UTC(2027, 0, 16) })
  assert.deepEqual(periodOf('2027-01-15T12'), { from: noon, to: noon + 3_600_000 })
  assert.deepEqual(periodOf('2027-01-15T12:30'), { from: noon + 1_800_000, to: noon + 1_860_000 })
})

test('from one to another holds both; an open end has no end', () => {
  assert.deepEqual(periodOf('2027-01-01..2027-01-15'), { from: Date.UTC(2027, 0, 1), to: Date.UTC(2027, 0, 16) })
  assert.deepEqual(periodOf('2027-01-15T12..'), { from: noon, to: undefined })
  assert.deepEqual(periodOf('..2027-01-14'), { from: undefined, to: Date.UTC(2027, 0, 15) })
})

test('what is no time is none', () => {
  for (const text of [
    '',
    '..',
    'today',
    '2027-02-30',
    '2027-13-01',
    '2027-01-15T24',
    '2027-01-15T12:60',
    '1..2',
    '2027-01-01..x',
    '2027-01-01..2027-01-02..',
    '2027-1-1',
    "2027-01-15' or 1=1",
  ]) {
    assert.equal(periodOf(text), undefined, text)
  }
})

test('what is written for a moment is read as a period that holds it', () => {
  for (const text of [dayText(noon + 1), hourText(noon + 1), sinceText(noon + 1)]) {
    const { from = 0, to = Number.POSITIVE_INFINITY } = periodOf(text) ?? {}
    assert.ok(from <= noon + 1 && noon + 1 < to, text)
  }
})
