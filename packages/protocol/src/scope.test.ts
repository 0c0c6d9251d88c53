import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { formatScope, intersect, isScopeToken, isSubset, parseScope } from './scope.ts'

const allowed = Array.from({ length: 0x7e - 0x20 }, (_, index) => String.fromCharCode(0x21 + index)).filter(
  (character) => character !== '"' && character !== '\\',
)
const token = fc.string({ unit: fc.constantFrom(...allowed), minLength: 1, maxLength: 12 })
const scopes = fc.uniqueArray(token, { minLength: 1, maxLength: 12 })

test('scopes survive the wire in their order (RFC 6749 §3.3)', () => {
  fc.assert(fc.property(scopes, (list) => assert.deepEqual(parseScope(formatScope(list)), list)))
})

test('a repeated scope counts once, at its first place', () => {
  assert.deepEqual(parseScope('write read read write'), ['write', 'read'])
})

test('more spaces than needed do no harm', () => {
  assert.deepEqual(parseScope('  read   write '), ['read', 'write'])
})

test('a blank scope, a foreign character and an endless scope are invalid_scope without a description', () => {
  for (const wire of ['', '   ', 'a\tb', 'a\nb', 'a"b', 'a\\b', 'é', 'a\u00a0b', 'a\0', 'x'.repeat(2049)]) {
    assert.throws(() => parseScope(wire), { code: 'invalid_scope', description: undefined }, JSON.stringify(wire))
  }
})

test('a token is a scope token exactly when it parses to itself alone', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 5 }), (text) => {
      let parsed: readonly string[] = []
      try {
        parsed = parseScope(text)
      } catch {
        parsed = []
      }
      assert.equal(isScopeToken(text), parsed.length === 1 && parsed[0] === text)
    }),
  )
})

test('what is kept of a wish is part of the wish and of what is allowed', () => {
  fc.assert(
    fc.property(scopes, scopes, (wanted, other) => {
      const kept = intersect([...wanted, ...other.slice(0, 2)], other)
      assert.ok(isSubset(kept, other))
      assert.equal(isSubset(wanted, other), intersect(wanted, other).length === wanted.length)
    }),
  )
  assert.deepEqual(intersect(['write', 'admin'], ['read', 'write']), ['write'])
  assert.equal(isSubset([], []), true)
  assert.equal(isSubset(['Read'], ['read']), false)
})
