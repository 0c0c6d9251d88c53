import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { describeDifference } from './redirect-uri-difference.ts'

const differences = (sent: string, ...registered: string[]): readonly string[] | undefined =>
  describeDifference(sent, registered)?.differences

test('the part that differs is named', () => {
  const registered = 'http://localhost:3000/cb?x=1'
  assert.deepEqual(differences('http://localhost:3001/cb?x=1', registered), ['port'])
  assert.deepEqual(differences('https://localhost:3000/cb?x=1', registered), ['scheme'])
  assert.deepEqual(differences('http://127.0.0.1:3000/cb?x=1', registered), ['host'])
  assert.deepEqual(differences('http://localhost:3000/callback?x=1', registered), ['path'])
  assert.deepEqual(differences('http://localhost:3000/cb', registered), ['query'])
  assert.deepEqual(differences('http://localhost:3000/cb?x=1#', registered), ['fragment'])
  assert.deepEqual(differences('http://me@localhost:3000/cb?x=1', registered), ['userinfo'])
  assert.deepEqual(differences('http://localhost:3000/cb/?x=1', registered), ['trailing-slash'])
  assert.deepEqual(differences('http://localhost:3000/CB?x=1', registered), ['case'])
  assert.deepEqual(differences('https://localhost/cb?x=1', registered), ['scheme', 'port'])
  assert.deepEqual(differences(registered, registered), [])
})

test('the closest of several registered URIs is shown', () => {
  const registered = ['https://other.example/cb', 'https://app.example/login', 'https://app.example/cb']
  assert.deepEqual(describeDifference('https://app.example/cb/', registered), {
    registered: 'https://app.example/cb',
    differences: ['trailing-slash'],
  })
  assert.equal(describeDifference('https://app.example/logout', registered)?.registered, 'https://app.example/login')
  assert.equal(describeDifference('https://app.example/cb', []), undefined)
})

test('two different texts always differ in some part', () => {
  const piece = fc.constantFrom('a', 'B', ':', '/', '//', '?', '#', '@', '[', ']', '1', '.', '\n')
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(text, text, (sent, registered) => {
      assert.equal(differences(sent, registered)?.length === 0, sent === registered)
    }),
    { numRuns: 2000 },
  )
})
