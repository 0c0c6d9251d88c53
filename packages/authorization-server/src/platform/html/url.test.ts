import assert from 'node:assert/strict'
import test from 'node:test'
import { safeUrl } from './url.ts'

test('own paths, http, https and mailto may be followed', () => {
  for (const url of [
    '/',
    '/account/?a=1#b',
    '#main',
    '?page=2',
    'https://shop.example/cb',
    'http://localhost:3000',
    'mailto:a@b.example',
  ]) {
    assert.equal(safeUrl(url), url)
  }
})

test('scripts, data, other hosts in disguise and control characters may not', () => {
  const refused = [
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    ' /account/',
    'data:text/html,<script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://a/b',
    '//evil.example/',
    '/\\evil.example/',
    'no-scheme',
    'com.example.app:/callback',
  ]
  for (const url of refused) assert.equal(safeUrl(url), undefined, url)
})
