import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyReply, found, htmlReply, jsonReply, noStore, seeOther, withHeaders } from './reply.ts'

test('nothing is kept by a cache unless an endpoint says so (RFC 6749 §5.1)', () => {
  for (const reply of [jsonReply(200, {}), htmlReply(200, { text: '' }), seeOther('/'), found('/'), emptyReply(200)]) {
    assert.deepEqual([reply.headers['cache-control'], reply.headers['pragma']], ['no-store', 'no-cache'])
  }
  assert.equal(jsonReply(200, {}, { 'cache-control': 'public' }).headers['cache-control'], 'public')
})

test('JSON has no charset (RFC 8259 §11), a page has', () => {
  assert.equal(jsonReply(200, {}).headers['content-type'], 'application/json')
  assert.equal(htmlReply(200, { text: '' }).headers['content-type'], 'text/html; charset=utf-8')
})

test('bodies are what they were given', () => {
  assert.equal(jsonReply(201, { a: 'é' }).body, '{"a":"é"}')
  assert.match(String(htmlReply(200, { text: '<p>x</p>' }).body), /<p>x<\/p>$/)
  assert.deepEqual([emptyReply(204).body, seeOther('/x').body, found('/x').body], ['', '', ''])
})

test('303 follows a form, 302 a link (RFC 9700 §4.12)', () => {
  assert.deepEqual([seeOther('/a').status, seeOther('/a').headers['location']], [303, '/a'])
  assert.deepEqual([found('/a').status, found('/a').headers['location']], [302, '/a'])
  assert.equal(seeOther('/a', { 'set-cookie': 'x=y' }).headers['set-cookie'], 'x=y')
})

test('more cookies and more Vary are added, any other header is replaced', () => {
  const base = emptyReply(200, { ...noStore, vary: 'Accept', 'set-cookie': 'a=1', allow: 'GET' })
  const more = withHeaders(base, { vary: 'Origin, Accept', 'set-cookie': ['b=2', 'c=3'], allow: 'POST', link: 'x' })
  assert.equal(more.headers['vary'], 'Accept, Origin')
  assert.deepEqual(more.headers['set-cookie'], ['a=1', 'b=2', 'c=3'])
  assert.deepEqual([more.headers['allow'], more.headers['link']], ['POST', 'x'])
  assert.deepEqual(withHeaders(more, { 'set-cookie': 'd=4' }).headers['set-cookie'], ['a=1', 'b=2', 'c=3', 'd=4'])
})

test('a reply is not changed by what is made from it', () => {
  const base = emptyReply(200, { vary: 'Accept' })
  withHeaders(base, { vary: 'Origin', 'set-cookie': 'x' })
  assert.deepEqual(base.headers, { vary: 'Accept' })
})
