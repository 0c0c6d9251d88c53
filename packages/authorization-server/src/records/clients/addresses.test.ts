import assert from 'node:assert/strict'
import { test } from 'node:test'
import { originFault, postLogoutUriFault, redirectUriFault } from './addresses.ts'

const web = { applicationType: 'web', mayHaveScheme: false, isFrontChannel: false } as const

test('a wrong address is told what is wrong about it', () => {
  assert.match(redirectUriFault('http://a.example/cb', web) ?? '', /^Plain http/)
  assert.match(redirectUriFault('https://b.example/#x', web) ?? '', /fragment/)
  assert.equal(redirectUriFault('https://ok.example/', web), undefined)
})

test("a native app's own scheme is for public clients (RFC 8252 §7.1)", () => {
  assert.equal(redirectUriFault('com.example.app:/cb', { ...web, mayHaveScheme: true }), undefined)
  assert.notEqual(redirectUriFault('com.example.app:/cb', web), undefined)
  assert.equal(postLogoutUriFault('com.example.app:/bye', { mayHaveScheme: true }), undefined)
})

test('a web application with tokens in its address has https, and no localhost', () => {
  const front = { ...web, mayHaveScheme: true, isFrontChannel: true }
  assert.match(redirectUriFault('http://127.0.0.1:3000/cb', front) ?? '', /must have https/)
  assert.match(redirectUriFault('https://localhost/cb', front) ?? '', /must not have localhost/)
  assert.equal(redirectUriFault('http://localhost:3000/cb', { ...front, applicationType: 'native' }), undefined)
})

test('origins are written as browsers send them', () => {
  for (const origin of ['https://a.example', 'http://localhost:3000']) assert.equal(originFault(origin), undefined)
  for (const origin of ['https://a.example/', 'https://A.example', '*']) assert.notEqual(originFault(origin), undefined)
})
