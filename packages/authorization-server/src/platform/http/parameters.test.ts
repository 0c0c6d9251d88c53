import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { MalformedForm, Parameters, parseForm } from './parameters.ts'

test('what was sent is kept: order, repetition, empty values', () => {
  const read = parseForm('b=1&a=2&b=3&c=&d')
  assert.deepEqual(read.names(), ['b', 'a', 'c', 'd'])
  assert.deepEqual(read.all('b'), ['1', '3'])
  assert.deepEqual(read.repeated(), ['b'])
  assert.deepEqual(read.all('missing'), [])
})

test('an empty value counts as absent, but is there for whoever must know (RFC 6749 §3.1)', () => {
  const read = parseForm('a=&b=x&b=y')
  assert.deepEqual([read.get('a'), read.raw('a'), read.has('a')], [undefined, '', true])
  assert.deepEqual([read.get('b'), read.raw('b')], ['x', 'x'])
  assert.deepEqual([read.get('z'), read.raw('z'), read.has('z')], [undefined, undefined, false])
})

test('names of object prototypes are names like others', () => {
  const read = parseForm('__proto__=1&constructor=2&toString=3')
  assert.deepEqual([read.get('__proto__'), read.get('constructor'), read.get('toString')], ['1', '2', '3'])
  assert.equal(parseForm('a=1').get('constructor'), undefined)
})

test('plus and percent are decoded, in names too; only the first = separates', () => {
  const read = parseForm('a%20b=c+d%2B&e=f=g&%C3%A9=%E2%82%AC')
  assert.deepEqual([read.get('a b'), read.get('e'), read.get('é')], ['c d+', 'f=g', '€'])
})

test('nothing, and nothing between two ampersands, is no parameter', () => {
  assert.equal(parseForm(''), Parameters.empty)
  assert.deepEqual(parseForm('&&a=1&&').names(), ['a'])
  assert.deepEqual(parseForm('=x').names(), [''])
})

test('broken percent-encoding and NUL are refused rather than repaired, and the refusal does not repeat them', () => {
  for (const text of [
    'a=%',
    'a=%zz',
    'a=%E2%82',
    '%FF=1',
    'a=%C0%80',
    'a=\0',
    'a=%00',
    '%00=x',
    'a=x%00y',
    'a=%ED%A0%80',
  ]) {
    assert.throws(
      () => parseForm(text),
      (error: unknown) =>
        error instanceof MalformedForm && /^The request contains a [A-Za-z -]+\.$/.test(error.message),
      text,
    )
  }
})

test('a thousand parameters are read, one more is refused', () => {
  assert.equal(parseForm(Array.from({ length: 1_000 }, (_, n) => `p${n}=1`).join('&')).names().length, 1_000)
  assert.throws(() => parseForm('a&'.repeat(1_000)), MalformedForm)
})

test('whatever URLSearchParams writes is read back as it was', () => {
  const texts = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed())
  fc.assert(
    fc.property(fc.array(fc.tuple(texts, texts), { minLength: 1, maxLength: 8 }), (pairs) => {
      const read = parseForm(new URLSearchParams(pairs).toString())
      for (const [name] of pairs) {
        assert.deepEqual(
          read.all(name),
          pairs.filter(([other]) => other === name).map(([, value]) => value),
        )
      }
    }),
  )
})
