import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decideSession, type Session, type SessionOver } from './session.ts'

const session: Session = {
  id: 'AAAAAAAAAAAAAAAAAAAAAA',
  userId: 1,
  userEpoch: 2,
  installationEpoch: 3,
  methods: ['pwd'],
  userAgent: '',
  address: '',
  createdAt: 0,
  authenticatedAt: 0,
  lastSeenAt: 1_000,
  expiresAt: 10_000,
  endedAt: undefined,
}
const standing = { userIsActive: true, userEpoch: 2, installationEpoch: 3 }
const limits = { idleMs: 5_000 }

function why(changed: Partial<Session>, now = 2_000, stands = standing): SessionOver | 'live' {
  const decision = decideSession({ ...session, ...changed }, stands, limits, now)
  return decision.kind === 'live' ? 'live' : decision.why
}

test('a session lives while it is used, within its absolute life (OWASP ASVS 5.0 V7.3)', () => {
  assert.equal(why({}), 'live')
  assert.equal(why({}, 5_999), 'live')
  assert.equal(why({}, 6_000), 'idle')
  assert.equal(why({ lastSeenAt: 9_000 }, 9_999), 'live')
  assert.equal(why({ lastSeenAt: 9_000 }, 10_000), 'expired')
})

test('a session that was ended is over, also when the clock is set back before its end', () => {
  for (const endedAt of [0, 2_000, 99_000]) assert.equal(why({ endedAt }), 'ended')
})

test('a session ends with what it rests on: the person, their epoch, the installation', () => {
  assert.equal(why({}, 2_000, { ...standing, userIsActive: false }), 'user-disabled')
  for (const userEpoch of [1, 3]) assert.equal(why({}, 2_000, { ...standing, userEpoch }), 'user-epoch')
  for (const installationEpoch of [2, 4]) {
    assert.equal(why({}, 2_000, { ...standing, installationEpoch }), 'installation-epoch')
  }
})
