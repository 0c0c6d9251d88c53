import assert from 'node:assert/strict'
import test from 'node:test'
import * as fc from 'fast-check'
import { markDifference } from './difference.ts'

test('the characters that differ are marked in both addresses', () => {
  const { sent, registered } = markDifference('http://localhost:3001/cb', 'http://localhost:3000/cb')
  assert.equal(sent.text, 'http://localhost:300<mark>1</mark>/cb')
  assert.equal(registered.text, 'http://localhost:300<mark>0</mark>/cb')
})

test('what only one of them has is marked there', () => {
  const { sent, registered } = markDifference('https://a.example/cb/', 'https://a.example/cb')
  assert.equal(sent.text, 'https://a.example/cb<mark>/</mark>')
  assert.equal(registered.text, 'https://a.example/cb')
})

test('marking loses no character and lets no markup in', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '😀', '<') })
  fc.assert(
    fc.property(letters, letters, (sent, registered) => {
      const marked = markDifference(sent, registered)
      const plain = (text: string): string => text.replace(/<\/?mark>/g, '').replaceAll('&#60;', '<')
      assert.equal(plain(marked.sent.text), sent)
      assert.equal(plain(marked.registered.text), registered)
    }),
  )
})
