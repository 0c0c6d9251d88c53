import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyRing, parseMasterKey, randomId, Sealer, seededRandom, systemRandom } from '../../platform/crypto/index.ts'
import type { Context } from '../context/index.ts'
import { isProven, presenceCookie, presenceOf } from './presence.ts'

const master = parseMasterKey(Buffer.from(seededRandom('master').bytes(32)).toString('hex'))
const ring = new KeyRing(master, [{ id: 1, salt: seededRandom('s').bytes(16), createdAt: 1 }])
const context = {
  keys: { sealer: new Sealer(ring, systemRandom) },
  secure: true,
  identity: { cookiePrefix: 'latchkey' },
} as Context
const settings = {
  idleSeconds: 100,
  proofSeconds: 50,
  reasonRequired: false,
  secretAgeDays: 365,
  keyAgeDays: 365,
  unusedDays: 90,
}
const session = { id: randomId(systemRandom), authenticatedAt: 1_000_000 }

function request(cookie: string | undefined): { readonly cookies: Readonly<Record<string, string>> } {
  const [name = '', value = ''] = (cookie ?? '').split(';')[0]?.split('=') ?? []
  return { cookies: cookie === undefined ? {} : { [name]: value } }
}

test('a sign-in counts as having come to the console, for as long as it may be left alone (OWASP ASVS 5.0 V7.3.1)', () => {
  const at = (now: number) => presenceOf(context, settings, request(undefined), session, now)
  assert.deepEqual(at(1_099_999), { seenAt: 1_000_000, provenAt: 1_000_000 })
  assert.equal(at(1_100_000), undefined)
})

test('whoever comes again in time stays; the password counts from when it was given, not from the last visit', () => {
  const cookie = presenceCookie(context, session, { seenAt: 2_000_000, provenAt: 1_990_000 })
  assert.match(cookie, /^__Host-latchkey_console=.*HttpOnly/)
  const at = (now: number) => presenceOf(context, settings, request(cookie), session, now)
  assert.deepEqual(at(2_099_999), { seenAt: 2_000_000, provenAt: 1_990_000 })
  assert.equal(at(2_100_000), undefined)
  assert.equal(isProven(settings, 1_990_000, 2_039_999), true)
  assert.equal(isProven(settings, 1_990_000, 2_040_000), false)
  assert.equal(isProven(settings, undefined, 0), false)
})

test('the cookie of another session, and one that we did not make, are no presence', () => {
  const cookie = presenceCookie(context, session, { seenAt: 2_000_000, provenAt: 2_000_000 })
  const other = { ...session, id: randomId(systemRandom) }
  assert.equal(presenceOf(context, settings, request(cookie), other, 2_000_001), undefined)
  const forged = cookie.replace('=', '=A')
  assert.equal(presenceOf(context, settings, request(forged), session, 2_000_001), undefined)
})
