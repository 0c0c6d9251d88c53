import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asFlag, asJson } from './bindings.ts'
import {
  bytes,
  flag,
  instant,
  integer,
  json,
  maybeBytes,
  maybeInstant,
  maybeInteger,
  maybeText,
  text,
} from './decode.ts'

const row = {
  t: 'words',
  n: 42,
  half: 0.5,
  one: 1,
  zero: 0,
  yes: true,
  b: new Uint8Array([7]),
  j: '{"a":[1]}',
  none: null,
}

void test('a decoder gives the typed value', () => {
  assert.equal(text(row, 't'), 'words')
  assert.equal(integer(row, 'n'), 42)
  assert.equal(instant(row, 'n'), 42)
  assert.deepEqual([flag(row, 'one'), flag(row, 'zero'), flag(row, 'yes')], [true, false, true])
  assert.deepEqual(bytes(row, 'b'), new Uint8Array([7]))
  assert.deepEqual(
    json(row, 'j', (value) => ({ parsed: value })),
    { parsed: { a: [1] } },
  )
})

void test('a maybe decoder makes nothing of null, and nothing else that is not its kind', () => {
  assert.deepEqual(
    [maybeText(row, 'none'), maybeInteger(row, 'none'), maybeInstant(row, 'none'), maybeBytes(row, 'none')],
    [undefined, undefined, undefined, undefined],
  )
  assert.deepEqual([maybeText(row, 't'), maybeInteger(row, 'n'), maybeInstant(row, 'n')], ['words', 42, 42])
  for (const decode of [maybeText, maybeInteger, maybeInstant, maybeBytes]) {
    assert.throws(() => decode(row, 'missing'), /"missing".*no such column/)
    assert.throws(() => decode(row, 'yes'), /"yes"/)
  }
})

void test('a surprise names the column and never its value', () => {
  const surprises: readonly [() => unknown, string][] = [
    [() => text(row, 'n'), 'Column "n" should hold text, but it holds another number.'],
    [() => text(row, 'none'), 'Column "none" should hold text, but it is null.'],
    [() => integer(row, 'half'), 'Column "half" should hold a safe integer, but it holds another number.'],
    [() => integer(row, 't'), 'Column "t" should hold a safe integer, but it holds a string.'],
    [() => instant(row, 'b'), 'Column "b" should hold a safe integer, but it holds bytes.'],
    [() => flag(row, 'n'), 'Column "n" should hold a flag, but it holds another number.'],
    [() => bytes(row, 't'), 'Column "t" should hold bytes, but it holds a string.'],
    [() => json(row, 't', String), 'Column "t" should hold JSON text, but it holds a string.'],
  ]
  for (const [decode, message] of surprises) assert.throws(decode, { name: 'TypeError', message })
})

void test('flags are bound as 1 and 0, JSON as text', () => {
  assert.deepEqual([asFlag(true), asFlag(false)], [1, 0])
  assert.equal(asJson({ a: [1, null] }), '{"a":[1,null]}')
  assert.throws(() => asJson(undefined), TypeError)
})
