import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { isPublished, type KeyTimes, phasesOf, signingNow, stateOf } from './schedule.ts'

const old: KeyTimes = { signsFrom: 100, publishedUntil: 1_000 }
const current: KeyTimes = { signsFrom: 500, publishedUntil: undefined }
const next: KeyTimes = { signsFrom: 900, publishedUntil: undefined }
const keys = [current, next, old]

test('a key is published from the start until its end, which is open while it has no successor', () => {
  assert.equal(isPublished(old, 999), true)
  assert.equal(isPublished(old, 1_000), false)
  assert.equal(isPublished(current, Number.MAX_SAFE_INTEGER), true)
})

test('the newest key that may sign already signs, in whatever order they are listed', () => {
  for (const [now, expected] of [
    [100, old],
    [499, old],
    [500, current],
    [899, current],
    [900, next],
  ] as const) {
    assert.equal(signingNow(keys, now), expected, `at ${now}`)
    assert.equal(signingNow(keys.toReversed(), now), expected, `at ${now}`)
  }
})

test('a clock that was set back behind every key leaves the earliest to sign, not nobody', () => {
  assert.equal(signingNow(keys, 99), old)
  assert.equal(signingNow([next], 0), next)
  assert.equal(stateOf(next, [next], 0), 'signing')
})

test('a key that left the key set never signs, and without keys nobody does', () => {
  assert.equal(signingNow([old], 1_000), undefined)
  assert.equal(signingNow([], 1), undefined)
})

test('a key is next, signing, retiring and removed in that order', () => {
  const states = [50, 600, 950, 1_000].map((now) => keys.map((key) => stateOf(key, keys, now)))
  assert.deepEqual(states, [
    ['next', 'next', 'signing'],
    ['signing', 'next', 'retiring'],
    ['retiring', 'signing', 'retiring'],
    ['retiring', 'signing', 'removed'],
  ])
})

test('while any key is published exactly one signs, and it is published', () => {
  const times = fc.record({ signsFrom: fc.nat(1_000), publishedUntil: fc.option(fc.nat(1_000), { nil: undefined }) })
  fc.assert(
    fc.property(fc.array(times, { maxLength: 6 }), fc.nat(1_200), (some, now) => {
      const signing = some.filter((key) => stateOf(key, some, now) === 'signing')
      assert.equal(signing.length, some.some((key) => isPublished(key, now)) ? 1 : 0)
      assert.ok(signing.every((key) => isPublished(key, now)))
    }),
  )
})

test('the life of a key: published, signing until its successor does, still published, gone', () => {
  const first = { createdAt: 50, ...old }
  assert.deepEqual(phasesOf(first, [old, current, next]), [
    { state: 'next', from: 50, to: 100 },
    { state: 'signing', from: 100, to: 500 },
    { state: 'retiring', from: 500, to: 1_000 },
  ])
  assert.deepEqual(phasesOf({ createdAt: 900, ...next }, [old, current, next]), [
    { state: 'signing', from: 900, to: undefined },
  ])
})

test('at each moment of a key’s life its phase is its state', () => {
  const lives = fc.array(fc.record({ createdAt: fc.nat(50), lead: fc.nat(20), overlap: fc.nat(20) }), {
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(lives, fc.nat(120), (made, now) => {
      const ordered = made.toSorted((one, other) => one.createdAt - other.createdAt)
      // As rotations make them: each retires those before it, and signs later than they do.
      const starts = ordered.map(({ createdAt, lead }, at) => ({
        createdAt,
        signsFrom: createdAt + lead + at * 21,
        at,
      }))
      const list = starts.map((key) => {
        const successor = starts[key.at + 1]
        const until = successor && successor.signsFrom + (ordered[key.at]?.overlap ?? 0)
        return { createdAt: key.createdAt, signsFrom: key.signsFrom, publishedUntil: until }
      })
      for (const key of list) {
        if (now < key.createdAt) continue
        const phase = phasesOf(key, list).find(({ from, to }) => from <= now && (to === undefined || now < to))
        const state = stateOf(key, list, now)
        // A clock before every start lets the earliest sign.
        if (state === 'signing' && now < key.signsFrom) continue
        assert.equal(phase?.state ?? 'removed', state)
      }
    }),
  )
})
