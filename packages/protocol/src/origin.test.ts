import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkOrigin, formActionSource, originFaults, originOf } from './origin.ts'

test('the origin of a URI is its scheme, host and port in lower case (RFC 6454 §6)', () => {
  assert.equal(originOf('https://App.example:8443/cb?x#y'), 'https://app.example:8443')
  assert.equal(originOf('HTTPS://app.example:443'), 'https://app.example')
  assert.equal(originOf('http://127.0.0.1:54321/cb'), 'http://127.0.0.1:54321')
  assert.equal(originOf('http://[::1]:80/cb'), 'http://[::1]')
  assert.equal(originOf('com.example.app://callback'), 'com.example.app:')
})

test('what could break out of a header or mean another host has no origin', () => {
  const wrong = [
    '/cb',
    '//a.b/',
    'https:/a.b',
    'https://a.b; script-src *',
    'https://a@b.c/',
    'https://a.b:x/',
    'a b:/',
  ]
  for (const uri of wrong) assert.equal(originOf(uri), undefined, uri)
})

test('a form may lead to [::1] only by scheme, for no source expression names an IPv6 address (CSP 3)', () => {
  assert.equal(formActionSource('http://[::1]:8000/cb'), 'http:')
  assert.equal(formActionSource('http://127.0.0.1:8000/cb'), 'http://127.0.0.1:8000')
  assert.equal(formActionSource('com.example.app:/cb'), 'com.example.app:')
  assert.equal(formActionSource('/cb'), undefined)
})

test('an origin is registered as browsers send it', () => {
  for (const origin of [
    'https://app.example',
    'https://app.example:8443',
    'http://localhost:3000',
    'http://[::1]:3000',
  ]) {
    assert.equal(checkOrigin(origin), undefined, origin)
  }
})

test('each fault of an origin has its name', () => {
  const faults = {
    null: 'not-absolute',
    'app.example': 'not-absolute',
    'chrome-extension://abc': 'scheme',
    'https://me@app.example': 'userinfo',
    'https://app.example/': 'path',
    'https://app.example?': 'path',
    'https://app.example#': 'path',
    'https://*.example': 'wildcard',
    '*': 'wildcard',
    'https://app example': 'host',
    'https://': 'host',
    'https://app.example:0': 'port',
    'http://app.example': 'http-not-loopback',
    'https://App.example': 'not-serialized',
    'https://app.example:443': 'not-serialized',
    'http://LOCALHOST': 'not-serialized',
  } as const
  for (const [origin, fault] of Object.entries(faults)) assert.equal(checkOrigin(origin), fault, origin)
  assert.deepEqual(new Set(Object.keys(originFaults)), new Set(Object.values(faults)))
})
