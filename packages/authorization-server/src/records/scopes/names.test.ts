import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { audienceFault, scopeNameFault } from './names.ts'

const retired = { scopes: new Set(['old']), audiences: new Set(['https://old.example']) }

describe('the audience of a new API', () => {
  const known = { issuer: 'https://id.example/o', taken: new Set(['https://api.example']), retired }
  const faultOf = (audience: string): unknown => audienceFault(audience, known)

  test('is an absolute URI without a fragment (RFC 8707 §2)', () => {
    for (const wrong of ['', 'api', '/api', 'https://new.example#part', `https://new.example/${'x'.repeat(512)}`]) {
      assert.equal(faultOf(wrong), 'form', wrong)
    }
    for (const right of ['https://new.example', 'https://new.example/v1', 'urn:new']) {
      assert.equal(faultOf(right), undefined, right)
    }
  })

  test('is not the server’s own, for which tokens of no API are', () => {
    assert.equal(faultOf('https://id.example/o'), 'own')
  })

  test('is nobody else’s, and never was', () => {
    assert.equal(faultOf('https://api.example'), 'taken')
    assert.equal(faultOf('https://old.example'), 'retired')
  })
})

describe('the name of a new scope', () => {
  const faultOf = (name: string): unknown => scopeNameFault(name, { taken: new Set(['read']), retired })

  test('is printable ASCII without spaces, quotation marks and backslashes (RFC 6749 §3.3)', () => {
    for (const wrong of ['', 'two words', 'quo"te', 'back\\slash', 'ümlaut', 'x'.repeat(129)]) {
      assert.equal(faultOf(wrong), 'form', wrong)
    }
    for (const right of ['items:read', 'https://api.example/items', 'x'.repeat(128)]) {
      assert.equal(faultOf(right), undefined, right)
    }
  })

  test('is no address that the console has for its own pages', () => {
    for (const own of ['add', 'actions', 'export', 'export.csv', 'export.json', '.', '..']) {
      assert.equal(faultOf(own), 'own', own)
    }
  })

  test('is nobody else’s, and never was', () => {
    assert.equal(faultOf('read'), 'taken')
    assert.equal(faultOf('old'), 'retired')
  })
})
