import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { isPlainHost, splitUri } from './uri.ts'

const before = (mark: string, part: string | undefined): string => (part === undefined ? '' : mark + part)
const after = (part: string | undefined, mark: string): string => (part === undefined ? '' : part + mark)

test('joining the parts gives the same text again (RFC 3986 Appendix B)', () => {
  const piece = fc.oneof(fc.constantFrom('a:', '//', '@', '[::1]', ':', ':80', '/', '?', '#', '.'), fc.string())
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('')
      const { scheme, userinfo, host, port, path, query, fragment } = splitUri(text)
      const authority = host === undefined ? '' : `//${after(userinfo, '@')}${host}${before(':', port)}`
      const joined = after(scheme, ':') + authority + path + before('?', query) + before('#', fragment)
      assert.equal(joined, text)
    }),
    { numRuns: 2000 },
  )
})

test('a plain host is read alike by the URL parser of browsers', () => {
  const unit = fc.constantFrom(...'aZ09.-_x[]:%f'.split(''))
  fc.assert(
    fc.property(fc.string({ unit, minLength: 1, maxLength: 10 }), (host) => {
      if (host.startsWith('[') || !isPlainHost(host)) return
      // Labels that claim to be punycode are the browser's to judge.
      if (/(?:^|\.)xn--/i.test(host)) return
      assert.equal(new URL(`https://${host}/`).hostname, host.toLowerCase())
    }),
    { numRuns: 2000 },
  )
})
