import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readParameters, refuseRepeated } from './parameter-reader.ts'

test('an empty value is an absent one, and still among all values (RFC 6749 §3.1)', () => {
  const parameters = readParameters(new URLSearchParams('a=&b=1&b=2'))
  assert.equal(parameters.get('a'), undefined)
  assert.deepEqual(parameters.all('a'), [''])
  assert.equal(parameters.get('b'), '1')
  assert.deepEqual(parameters.all('b'), ['1', '2'])
  assert.deepEqual(parameters.all('c'), [])
  assert.deepEqual(parameters.repeated(), ['b'])
})

test('a repeated parameter is refused by name and never redirects (RFC 6749 §3.1)', () => {
  const refused = { code: 'invalid_request', description: 'Duplicate state parameter.', mayRedirect: false }
  for (const query of ['state=a&state=b', 'state=a&state=a', 'state=&state=']) {
    assert.throws(() => refuseRepeated(readParameters(new URLSearchParams(query))), refused, query)
  }
})

test('a stranger’s parameter name is not echoed', () => {
  const parameters = readParameters(new URLSearchParams('<svg>=1&<svg>=2'))
  assert.throws(() => refuseRepeated(parameters), { description: 'Duplicate parameter.' })
})

test('resource may be repeated (RFC 8707 §2)', () => {
  assert.doesNotThrow(() => refuseRepeated(readParameters(new URLSearchParams('resource=a&resource=b'))))
})

test('names of Object.prototype are ordinary parameters', () => {
  assert.equal(readParameters([]).get('constructor'), undefined)
  assert.equal(readParameters([['__proto__', 'x']]).get('__proto__'), 'x')
})
