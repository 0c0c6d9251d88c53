import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sourceOf } from './source.ts'

test('an IPv4 address is its own source, also when it comes mapped into IPv6', () => {
  for (const spelling of ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:192.0.2.7'])
    assert.equal(sourceOf(spelling), '192.0.2.7')
  assert.notEqual(sourceOf('192.0.2.7'), sourceOf('192.0.2.8'))
})

test('all addresses of one /64 are one source, however they are spelled', () => {
  const spellings = [
    '2001:db8:1:2::1',
    '2001:DB8:1:2::1',
    '2001:0db8:0001:0002:0000:0000:0000:0001',
    '2001:db8:1:2:ffff:ffff:ffff:ffff',
    '2001:db8:1:2::',
    '2001:db8:1:2::1%eth0',
    '2001:db8:1:2:3::192.0.2.1',
  ]
  assert.deepEqual([...new Set(spellings.map(sourceOf))], ['2001:db8:1:2::/64'])
})

test('the next /64 is another source', () => {
  const sources = ['2001:db8:1:2::1', '2001:db8:1:3::1', '2001:db8:2:2::1', '::1', 'fe80::1', '1::', '0:0:0:1::'].map(
    sourceOf,
  )
  assert.equal(new Set(sources).size, sources.length)
})

test('an address written in hexadecimal inside ::ffff: is the IPv4 address that it is', () => {
  assert.equal(sourceOf('::ffff:c000:207'), '192.0.2.7')
  assert.equal(sourceOf('0:0:0:0:0:ffff:192.0.2.7'), '192.0.2.7')
})

test('what cannot be read is counted together and never goes uncounted', () => {
  for (const text of [
    '',
    'unknown',
    'localhost',
    ':::',
    '2001:db8::1::2',
    '[::1]',
    '/run/socket',
    'a'.repeat(10_000),
    '::1/128',
    '\0',
  ]) {
    assert.equal(sourceOf(text), 'unreadable', JSON.stringify(text.slice(0, 20)))
  }
})
