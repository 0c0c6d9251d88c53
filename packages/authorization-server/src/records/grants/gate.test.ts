import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gate, type Refusal, type Standing, standingAllows } from './gate.ts'
import type { Stamp } from './grant.ts'

const stamp: Stamp = { userEpoch: 4, clientEpoch: 3, consentEpoch: 2, installationEpoch: 1 }
const standing: Standing = { ...stamp, userIsActive: true, clientIsEnabled: true }
const now = 1_000
const grant = { ...stamp, endedAt: undefined, expiresAt: 2_000 }

test('what was issued under the present standing passes', () => {
  assert.deepEqual(standingAllows(stamp, standing), { kind: 'pass' })
  assert.deepEqual(gate(grant, standing, now), { kind: 'pass' })
})

const changes: readonly (readonly [Refusal, Partial<Standing>])[] = [
  ['user-disabled', { userIsActive: false }],
  ['client-disabled', { clientIsEnabled: false }],
  ['user-epoch', { userEpoch: 5 }],
  ['client-epoch', { clientEpoch: 4 }],
  ['consent-epoch', { consentEpoch: 3 }],
  ['installation-epoch', { installationEpoch: 2 }],
]

for (const [why, change] of changes) {
  test(`one thing changed is enough: ${why}`, () => {
    const refused = { kind: 'refuse', why }
    assert.deepEqual(standingAllows(stamp, { ...standing, ...change }), refused)
    assert.deepEqual(gate(grant, { ...standing, ...change }, now), refused)
  })
}

test('an epoch below the stamp refuses as well: the database was restored from a backup', () => {
  for (const name of ['userEpoch', 'clientEpoch', 'consentEpoch', 'installationEpoch'] as const) {
    assert.equal(standingAllows(stamp, { ...standing, [name]: stamp[name] - 1 }).kind, 'refuse', name)
  }
})

test('epochs are not added up: one raised and another lowered is not the same standing', () => {
  const swapped = { ...standing, userEpoch: stamp.clientEpoch, clientEpoch: stamp.userEpoch }
  assert.equal(standingAllows(stamp, swapped).kind, 'refuse')
})

test('a grant that was ended passes never again, whatever stands', () => {
  for (const endedAt of [0, now - 1, now, now + 1]) {
    assert.deepEqual(gate({ ...grant, endedAt }, standing, now), { kind: 'refuse', why: 'grant-ended' })
  }
})

test('a grant lives until its last millisecond', () => {
  assert.equal(gate({ ...grant, expiresAt: now + 1 }, standing, now).kind, 'pass')
  for (const expiresAt of [now, now - 1]) {
    assert.deepEqual(gate({ ...grant, expiresAt }, standing, now), { kind: 'refuse', why: 'grant-expired' })
  }
})
