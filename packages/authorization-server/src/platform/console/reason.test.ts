import assert from 'node:assert/strict'
import { test } from 'node:test'
import { longestReason, parseReason, readReason } from './reason.ts'

test('a reason is what was typed, without the space around it, and nothing where there is none', () => {
  assert.deepEqual(parseReason('  asked by phone ', true), { kind: 'given', text: 'asked by phone' })
  for (const text of [undefined, '', '   ']) {
    assert.deepEqual(parseReason(text, false), { kind: 'given', text: undefined })
    assert.equal(parseReason(text, true).kind, 'invalid')
  }
})

test('a reason has at most 200 characters, as people count them', () => {
  assert.equal(parseReason('🔑'.repeat(longestReason), false).kind, 'given')
  assert.equal(parseReason('x'.repeat(longestReason + 1), false).kind, 'invalid')
  assert.equal(parseReason('a\0b', false).kind, 'invalid')
})

test('in the API it stands beside the fields, or percent-encoded in a header, never in both', () => {
  assert.deepEqual(readReason({ name: 'x', _reason: 'tidy' }, undefined, true), {
    reason: { kind: 'given', text: 'tidy' },
    rest: { name: 'x' },
  })
  const told = readReason({ name: 'x' }, encodeURIComponent('Zoë fragte'), true)
  assert.deepEqual(told, { reason: { kind: 'given', text: 'Zoë fragte' }, rest: { name: 'x' } })
  assert.equal(readReason({ _reason: 'one' }, 'two', false).reason.kind, 'invalid')
  assert.equal(readReason({ _reason: 7 }, undefined, false).reason.kind, 'invalid')
  for (const header of ['%', '%ff', ['a', 'b']]) assert.equal(readReason({}, header, false).reason.kind, 'invalid')
})

test('what is no object is left to whoever reads it', () => {
  for (const body of [null, [], 'text', 3]) assert.equal(readReason(body, undefined, false).rest, body)
})
