import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readOrigins, readPostLogoutUris, readRedirectUris } from './addresses.ts'

test('addresses stand on lines or between spaces, and each is kept once', () => {
  const text = ' https://a.example/cb\r\nhttps://b.example/cb\thttps://a.example/cb \n\n'
  assert.deepEqual(readRedirectUris(text, false), {
    addresses: ['https://a.example/cb', 'https://b.example/cb'],
    errors: [],
  })
})

test('every wrong address is named with what is wrong about it', () => {
  const { errors } = readRedirectUris('http://a.example/cb https://ok.example/ https://b.example/#x', false)
  assert.equal(errors.length, 2)
  assert.match(errors[0] ?? '', /^http:\/\/a\.example\/cb: Plain http/)
  assert.match(errors[1] ?? '', /^https:\/\/b\.example\/#x: .*fragment/)
})

test("a native app's own scheme is for public clients (RFC 8252 §7.1)", () => {
  assert.equal(readRedirectUris('com.example.app:/cb', true).errors.length, 0)
  assert.equal(readRedirectUris('com.example.app:/cb', false).errors.length, 1)
  assert.equal(readPostLogoutUris('com.example.app:/bye', true).errors.length, 0)
})

test('origins are written as browsers send them', () => {
  assert.equal(readOrigins('https://a.example http://localhost:3000').errors.length, 0)
  assert.equal(readOrigins('https://a.example/ https://A.example *').errors.length, 3)
})

test('a list has an end', () => {
  const many = Array.from({ length: 101 }, (_, i) => `https://a.example/${i}`).join('\n')
  assert.match(readRedirectUris(many, false).errors[0] ?? '', /At most 100/)
})
