import assert from 'node:assert/strict'
import test from 'node:test'
import { english } from './locale.ts'
import { ago, duration, moment } from './time.ts'

const context = { locale: english, development: false, assetVersion: 'v1' }
const now = Date.UTC(2026, 10, 21, 22, 47)

test('a moment is exact, in UTC and readable by machines', () => {
  assert.equal(
    moment(context, now).text,
    '<time datetime="2026-11-21T22:47:00.000Z" data-local>Nov 21, 2026, 22:47 UTC</time>',
  )
})

test('how long ago is told in one unit', () => {
  const said = (seconds: number): string => ago(context, now - seconds * 1000, now).text.replace(/<[^>]*>/g, '')
  assert.deepEqual([5, 60, 7200, 86_400 * 40].map(said), ['just now', '1 minute ago', '2 hours ago', '40 days ago'])
  assert.equal(ago(context, undefined, now).text, 'never')
})

test('a clock that runs a little ahead does not break the page', () => {
  assert.equal(ago(context, now + 3_600_000, now).text.replace(/<[^>]*>/g, ''), 'in 1 hour')
})

test('a span is told in the unit that fits', () => {
  const said = [1, 40, 60, 90, 600, 3600, 86_400, 1_209_600].map((seconds) => duration(context, seconds))
  assert.deepEqual(said, [
    '1 second',
    '40 seconds',
    '1 minute',
    '90 seconds',
    '10 minutes',
    '1 hour',
    '1 day',
    '14 days',
  ])
})
