import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseForm } from '../http/index.ts'
import type { Field } from './noun.ts'
import { changedValues, readForm, readJson } from './values.ts'

const fields: readonly Field[] = [
  { name: 'name', label: 'Name', kind: 'text', isRequired: true },
  { name: 'is_open', label: 'Open', kind: 'flag' },
  { name: 'groups', label: 'Groups', kind: 'references', noun: 'groups' },
  { name: 'rights', label: 'Rights', kind: 'choices', choices: [{ value: 'a', label: 'A' }] },
]

test('a form gives every declared field, and only those', () => {
  const input = readForm(fields, parseForm('name=+x+&groups=1&groups=2&rights=a&role=admin&__proto__=1'))
  assert.deepEqual(input, {
    kind: 'values',
    values: { name: 'x', is_open: false, groups: [1, 2], rights: ['a'] },
  })
})

test('JSON gives what was sent; an unknown member is refused by name, a wrong type in words', () => {
  assert.deepEqual(readJson(fields, { is_open: true }, false), { kind: 'values', values: { is_open: true } })
  for (const [body, name] of [
    ['{"role":1}', 'role'],
    ['{"__proto__":{"is_open":true}}', '__proto__'],
    ['{"is_open":"yes"}', 'is_open'],
    ['{"groups":{}}', 'groups'],
    ['{"groups":[1,"2",{}]}', 'groups'],
    ['{"rights":["b"]}', 'rights'],
    ['{"name":null}', 'name'],
  ] as const) {
    const input = readJson(fields, JSON.parse(body), false)
    assert.ok(input.kind === 'invalid' && Object.hasOwn(input.errors, name), body)
  }
  for (const body of [null, [], 'x', 1]) assert.equal(readJson(fields, body, true).kind, 'invalid')
})

test('what is required is required of what is new', () => {
  assert.equal(readJson(fields, {}, true).kind, 'invalid')
  assert.equal(readJson(fields, {}, false).kind, 'values')
})

test('a change is what differs; the order of a list, and how an id is written, are no difference', () => {
  const before = { name: 'x', groups: [2, 1], is_open: false }
  assert.deepEqual(changedValues(before, { name: 'x', groups: ['1', '2'], is_open: true }), {
    is_open: { before: false, after: true },
  })
})

test('a JSON field takes an object or nothing; what is none comes back as it was typed, with the fault', () => {
  const own: readonly Field[] = [{ name: 'jwks', label: 'Keys', kind: 'json' }]
  const typed = (text: string) => readForm(own, parseForm(`jwks=${encodeURIComponent(text)}`))
  assert.deepEqual(typed(' {"keys": []} ').values, { jwks: { keys: [] } })
  assert.deepEqual(typed('').values, { jwks: null })
  for (const text of ['[1]', '{', '"x"', '1']) {
    const read = typed(text)
    assert.deepEqual([read.kind, read.values], ['invalid', { jwks: text }])
  }
  for (const jwks of ['{}', [], 1, true]) assert.equal(readJson(own, { jwks }, true).kind, 'invalid')
})

test('what is absent from a new row is what its form begins with; small rows are only read', () => {
  const own: readonly Field[] = [
    { name: 'grants', label: 'Grants', kind: 'texts', initial: ['code'] },
    { name: 'secrets', label: 'Secrets', kind: 'rows', of: [] },
  ]
  assert.deepEqual(readJson(own, {}, true).values, { grants: ['code'], secrets: [] })
  assert.deepEqual(readJson(own, { grants: [] }, false).values, { grants: [] })
  assert.equal(readJson(own, { secrets: [{}] }, true).kind, 'invalid')
})

test('a null character, which PostgreSQL does not keep, is a fault in a text and in a list', () => {
  const own: readonly Field[] = [
    { name: 'name', label: 'Name', kind: 'text' },
    { name: 'uris', label: 'URIs', kind: 'texts' },
    { name: 'owner', label: 'Owner', kind: 'reference' },
  ]
  for (const body of [{ name: 'a\0b' }, { uris: ['a', 'a\0b'] }, { owner: '\0' }]) {
    assert.equal(readJson(own, body, false).kind, 'invalid', JSON.stringify(body))
  }
})
