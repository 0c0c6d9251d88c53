import assert from 'node:assert/strict'
import { test } from 'node:test'
import { preferred, wants } from './accept.ts'

const cases: readonly (readonly [string | undefined, 'json' | 'html' | 'neither', string])[] = [
  [undefined, 'json', 'no header'],
  ['', 'json', 'an empty header'],
  ['  ', 'json', 'a blank header'],
  ['*/*', 'json', 'anything: JSON wins a tie'],
  ['application/json', 'json', 'JSON'],
  ['text/html', 'html', 'a page'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html', 'a browser'],
  ['application/json, text/plain, */*', 'json', 'a script'],
  ['text/html;q=0.5, application/json;q=0.6', 'json', 'weights decide'],
  ['text/html;q=0.6, application/json;q=0.5', 'html', 'weights decide the other way'],
  ['text/html;level=1;q=0.3,application/json;q=0.2', 'html', 'the weight is found behind other parameters'],
  ['text/html, application/json', 'json', 'a tie of named types'],
  ['text/*', 'html', 'the family of pages'],
  ['application/*', 'json', 'the family of JSON'],
  ['text/*;q=0.1, application/json;q=0', 'html', 'zero refuses JSON'],
  ['application/json;q=0, */*', 'html', 'the exact type wins over the wildcard'],
  ['TEXT/HTML', 'html', 'case does not count'],
  ['image/png', 'neither', 'nothing that we have'],
  ['text/html;q=0, application/json;q=0', 'neither', 'both refused'],
  ['*/*;q=0', 'neither', 'all refused'],
  ['text/html;q=x', 'neither', 'a weight that is no number is none'],
  [',;,=', 'neither', 'nothing but separators'],
]

for (const [header, expected, what] of cases) {
  test(`${what}: ${expected} (RFC 9110 §12.5.1)`, () => assert.equal(preferred(header), expected))
}

test('a header of 64 kB is answered at once', () => {
  const started = performance.now()
  preferred('text/html;q=0.1,'.repeat(4_096))
  preferred(';'.repeat(65_536))
  assert.ok(performance.now() - started < 500)
})

test('a type of its own is for whoever names it and likes it no less than JSON (RFC 9110 §12.5.1)', () => {
  const type = 'application/x+jwt'
  for (const [accept, expected] of [
    [undefined, false],
    ['*/*', false],
    ['application/*', false],
    ['application/json', false],
    [type, true],
    ['Application/X+JWT', true],
    [`${type}, */*;q=0.1`, true],
    [`application/json, ${type}`, true],
    [`application/json, ${type};q=0.5`, false],
    [`${type};q=0`, false],
    [`${type}2`, false],
  ] as const) {
    assert.equal(wants(accept, type), expected, accept ?? 'no header')
  }
})
