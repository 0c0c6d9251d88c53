import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { localPath } from './local-path.ts'

test('a path of ours stays as it is, with query and fragment', () => {
  for (const path of [
    '/',
    '/account/',
    '/o/authorize/?client_id=web&redirect_uri=https%3A%2F%2Fapp.example%2Fcb',
    '/a?next=//evil.example',
    '/a#b',
    '/%2F%2Fevil.example',
    '/@evil.example',
    '/a:b',
  ]) {
    assert.equal(localPath(path), path)
  }
})

const hostile = [
  'https://evil.example/',
  'http:evil.example',
  'HTTPS://evil.example',
  '//evil.example',
  '///evil.example',
  '////evil.example/%2e%2e',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\\/evil.example',
  '/ /evil.example',
  ' //evil.example',
  '/\t/evil.example',
  '\t//evil.example',
  '/\n/evil.example',
  '/\r\nLocation: https://evil.example',
  '/\u0000/evil.example',
  '/\u000b/evil.example',
  '/\u007f/evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/a/..//evil.example',
  '/%2e%2e//evil.example',
  '/a/../..//evil.example',
  '/.\\/evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'blob:https://evil.example/x',
  'file:///etc/passwd',
  'mailto:x@evil.example',
  'evil.example',
  '@evil.example',
  '?next=https://evil.example',
  '#//evil.example',
  '.',
  '..',
  './evil',
  '',
  'http://here.invalid//evil.example',
]

test(`${hostile.length} ways to lead a browser elsewhere lead nowhere (RFC 9700 §4.11)`, () => {
  for (const text of hostile) assert.equal(localPath(text), undefined, JSON.stringify(text))
})

test('nothing, and more than fits an address, is no path', () => {
  assert.equal(localPath(undefined), undefined)
  assert.equal(localPath(`/${'a'.repeat(8_191)}`)?.length, 8_192)
  assert.equal(localPath(`/${'a'.repeat(8_192)}`), undefined)
})

test('dots are gone from what comes back, so that every reader goes to the same place', () => {
  assert.equal(localPath('/a/../b'), '/b')
  assert.equal(localPath('/a/%2e%2e/b/./c'), '/b/c')
})

test('whatever comes back stays on the server that sends it, and comes back unchanged a second time', () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '%2e',
    '%2f',
    '%5c',
    ':',
    '@',
    '?',
    '#',
    '\t',
    '\n',
    'http',
    'evil.example',
    'é',
    '。',
    '／',
    '[::1]',
    '%00',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces, { maxLength: 8 }).map((some) => some.join('')),
        fc.webUrl(),
        fc.string(),
      ),
      (text) => {
        for (const given of [text, `/${text}`]) {
          const path = localPath(given)
          if (path === undefined) continue
          for (const origin of ['http://localhost:8000', 'https://login.example']) {
            assert.equal(new URL(path, `${origin}/accounts/login/`).origin, origin, given)
          }
          assert.ok(!path.startsWith('//') && !path.includes('\\'), given)
          assert.equal(localPath(path), path)
        }
      },
    ),
    { numRuns: 3_000 },
  )
})
