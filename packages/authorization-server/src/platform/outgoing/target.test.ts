import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTarget } from './target.ts'

test('a target is taken apart once: name in lower case, its port, path and query', () => {
  assert.deepEqual(parseTarget('https://RP.Example:8443/keys?a=1', 'internet'), {
    url: 'https://rp.example:8443/keys?a=1',
    isTls: true,
    host: 'rp.example',
    isAddress: false,
    port: 8443,
    path: '/keys?a=1',
  })
  assert.equal(parseTarget('https://rp.example', 'internet')?.port, 443)
  assert.equal(parseTarget('https://rp.example./', 'internet')?.host, 'rp.example')
  assert.equal(parseTarget('https://[2606:4700::1111]/', 'internet')?.host, '2606:4700::1111')
})

const never = [
  '',
  'rp.example',
  '//rp.example/',
  'https:rp.example',
  'https:/rp.example',
  'https:///rp.example',
  'ftp://rp.example/',
  'file:///etc/passwd',
  'data:,x',
  'javascript:alert(1)',
  'gopher://rp.example/',
  'https://',
  'https://?',
  'https://user@rp.example/',
  'https://user:pass@rp.example/',
  'https://:@rp.example/',
  'https://@rp.example/',
  'https://rp.example#x',
  'https://rp.example/#',
  'https://rp.example\\@evil.example/',
  'https://rp.example/\\x',
  ' https://rp.example/',
  'https://rp.example/ x',
  'https://rp.ex\tample/',
  'https://rp.example/\n',
  'https://rp%2eexample/',
  'https://rp。example/',
  'https://ｒp.example/',
  'https://rp.example:0/',
  'https://rp.example:65536/',
  'https://rp.example:x/',
  `https://rp.example/${'x'.repeat(2_048)}`,
  'http:\\\\rp.example\\',
  'https://rp..example/',
  'https://-rp.example/',
  'https://rp.example-/',
  'https://[::1/',
  'https://[fe80::1%25eth0]/',
]

test('what is malformed, hides something or is not https is never asked for', () => {
  for (const url of never) {
    for (const reach of ['internet', 'inside', 'loopback'] as const)
      assert.equal(parseTarget(url, reach), undefined, `${reach} ${url}`)
  }
})

const insides = [
  'https://localhost/',
  'https://LOCALHOST./',
  'https://a.localhost/',
  'https://intranet/',
  'https://printer.local/',
  'https://db.internal/',
  'https://nas.home.arpa/',
  'https://x.onion/',
  'https://wiki.lan/',
]

test('names that mean something inside only are not looked up unless the operator opened networks', () => {
  for (const url of [...insides, 'http://rp.example/']) assert.equal(parseTarget(url, 'internet'), undefined, url)
  for (const url of insides.slice(3)) assert.ok(parseTarget(url, 'inside'), url)
  for (const url of insides.slice(0, 3)) assert.equal(parseTarget(url, 'inside'), undefined, url)
  assert.equal(parseTarget('http://wiki.lan/', 'inside'), undefined)
})

test('plain http is for loopback only, and only in tests and development', () => {
  for (const url of ['http://localhost:3000/', 'http://127.0.0.1/', 'http://[::1]:1/', 'https://localhost/']) {
    assert.ok(parseTarget(url, 'loopback'), url)
    assert.equal(parseTarget(url.replace('https', 'http'), 'internet'), undefined, url)
  }
  assert.equal(parseTarget('http://rp.example/', 'loopback'), undefined)
})

test('numbers that are another spelling of an address are that address', () => {
  for (const host of ['2130706433', '0x7f000001', '0177.0.0.1', '127.1', '0x7f.1', '127.0.0.1.']) {
    assert.equal(parseTarget(`https://${host}/`, 'internet')?.host, '127.0.0.1', host)
  }
})
