import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomId, systemRandom } from '../../platform/crypto/index.ts'
import { sidOf } from './sid.ts'

test('a sid is stable for a session and client, and tells neither (OpenID Connect Front-Channel Logout §3)', () => {
  const session = randomId(systemRandom)
  const sid = sidOf(session, 7)
  assert.equal(sidOf(session, 7), sid)
  assert.match(sid, /^[A-Za-z0-9_-]{22}$/)
  assert.ok(!sid.includes(session) && sid !== session)
})

test('two clients see two sids of one session, and a client two sids of two sessions', () => {
  const sessions = Array.from({ length: 20 }, () => randomId(systemRandom))
  const sids = sessions.flatMap((session) => [1, 11, 111].map((client) => sidOf(session, client)))
  assert.equal(new Set(sids).size, sids.length)
})
