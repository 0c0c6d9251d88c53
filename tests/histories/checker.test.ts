import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explain } from './checker.ts'
import type { Act, Operation, Outcome, Policy } from './history.ts'

const strict: Policy = { hasGrace: false, endsAccessTokens: true }
const lenient: Policy = { hasGrace: true, endsAccessTokens: false }

type Timed = readonly [start: number, end: number, act: Act, outcome?: Outcome]

const give = (generation: number, access = `a${generation}`) => ({ refresh: `r${generation}`, access })
const redeem = (given = give(0)): Act => ({ kind: 'redeem', given })
const refresh = (from: number, to?: number, access?: string): Act => ({
  kind: 'refresh',
  token: `r${from}`,
  ...(to === undefined ? {} : { given: give(to, access) }),
})
const introspect = (token: string): Act => ({ kind: 'introspect', token })
const begun: readonly Timed[] = [
  [0, 1, { kind: 'sign in', session: 's' }],
  [2, 3, { kind: 'issue', session: 's' }],
  [4, 5, redeem()],
]

function operations(...timed: readonly Timed[]): readonly Operation[] {
  return timed.map(([start, end, act, outcome = 'ok']) => ({
    ...act,
    outcome,
    start,
    end: outcome === 'unknown' ? Number.POSITIVE_INFINITY : end,
  }))
}

const explained: Readonly<Record<string, readonly [Policy, ...Timed[]]>> = {
  'a chain of refreshes': [strict, ...begun, [6, 7, refresh(0, 1)], [8, 9, refresh(1, 2)], [10, 11, introspect('a2')]],
  'two redemptions at once, the later one refused, and the grant ended': [
    strict,
    ...begun,
    [4, 6, redeem(), 'refused'],
    [7, 8, introspect('a0'), 'refused'],
  ],
  'a replay that is answered before the end is seen, while the end is still under way': [
    strict,
    ...begun,
    [6, 20, redeem(), 'refused'],
    [7, 8, introspect('a0')],
    [9, 10, introspect('a0'), 'refused'],
  ],
  'a refresh whose answer was lost, without grace: its retry ends the grant': [
    strict,
    ...begun,
    [6, 7, refresh(0), 'unknown'],
    [8, 9, refresh(0), 'refused'],
    [10, 11, introspect('a0'), 'refused'],
  ],
  'a refresh whose answer was lost and that never arrived': [
    strict,
    ...begun,
    [6, 7, refresh(0), 'unknown'],
    [8, 9, refresh(0, 1)],
    [10, 11, introspect('a1')],
  ],
  'a refresh that a stopped node carries out long after it was given up': [
    strict,
    ...begun,
    [6, 7, refresh(0), 'unknown'],
    [8, 9, introspect('a0')],
    [10, 11, introspect('a0'), 'refused'],
  ],
  'two refreshes at once within the grace, with one successor': [
    lenient,
    ...begun,
    [6, 9, refresh(0, 1)],
    [6, 9, refresh(0, 1, 'b1')],
    [10, 11, introspect('a0')],
  ],
  'a repeat after a lost answer names the successor': [
    lenient,
    ...begun,
    [6, 7, refresh(0), 'unknown'],
    [8, 9, refresh(0, 1)],
    [10, 11, refresh(1, 2)],
    [12, 13, refresh(0), 'refused'],
    [14, 15, introspect('a2'), 'refused'],
  ],
  'nothing of before a disable works, and a new code does not come back for it': [
    lenient,
    ...begun,
    [6, 7, { kind: 'disable' }],
    [8, 9, introspect('a0'), 'refused'],
    [10, 11, { kind: 'enable' }],
    [12, 13, introspect('a0'), 'refused'],
    [14, 15, refresh(0), 'refused'],
  ],
  'a token that works while the person is being disabled': [
    lenient,
    ...begun,
    [6, 12, { kind: 'disable' }],
    [7, 8, introspect('a0')],
    [9, 11, refresh(0), 'refused'],
  ],
  'a code that ran out': [strict, ...begun.slice(0, 2), [60_000, 60_001, { kind: 'redeem', isLate: true }, 'refused']],
  'a revocation that was given up, and happened or did not': [
    strict,
    ...begun,
    [6, 7, { kind: 'revoke' }, 'unknown'],
    [8, 9, introspect('a0')],
    [10, 11, refresh(0), 'refused'],
  ],
}

const unexplained: Readonly<Record<string, readonly [Policy, ...Timed[]]>> = {
  'a code that gives tokens twice': [strict, ...begun, [4, 6, redeem(give(7))]],
  'a replay that leaves the grant alive': [strict, ...begun, [6, 7, redeem(), 'refused'], [8, 9, introspect('a0')]],
  'two refreshes of one token, both with success': [
    strict,
    ...begun,
    [6, 9, refresh(0, 1)],
    [6, 9, refresh(0, 1, 'b1')],
  ],
  'two successors within the grace': [lenient, ...begun, [6, 9, refresh(0, 1)], [6, 9, refresh(0, 2)]],
  'a repeat after its successor was used': [
    lenient,
    ...begun,
    [6, 7, refresh(0, 1)],
    [8, 9, refresh(1, 2)],
    [10, 11, refresh(0, 1, 'b1')],
  ],
  'reuse that leaves the grant alive': [
    strict,
    ...begun,
    [6, 7, refresh(0, 1)],
    [8, 9, refresh(0), 'refused'],
    [10, 11, introspect('a1')],
  ],
  'the newest token is refused for no reason': [strict, ...begun, [6, 7, refresh(0), 'refused']],
  'a live token is called worthless': [lenient, ...begun, [6, 7, introspect('a0'), 'refused']],
  'a revocation without effect': [strict, ...begun, [6, 7, { kind: 'revoke' }], [8, 9, introspect('a0')]],
  'a token that was dead and lives again': [
    strict,
    ...begun,
    [6, 20, { kind: 'revoke' }],
    [7, 8, introspect('a0'), 'refused'],
    [9, 10, introspect('a0')],
  ],
  'a lost answer that only comes true after the person was enabled again': [
    lenient,
    ...begun,
    [6, 7, { kind: 'disable' }],
    [8, 9, { kind: 'enable' }],
    [10, 11, introspect('a0')],
  ],
  'a code from before a new password': [
    lenient,
    ...begun.slice(0, 2),
    [4, 5, { kind: 'change password' }],
    [6, 7, redeem()],
  ],
  'a code in a session from before a new password': [
    lenient,
    ...begun.slice(0, 1),
    [2, 3, { kind: 'change password' }],
    [4, 5, { kind: 'issue', session: 's' }],
  ],
  'a refresh after consent was withdrawn': [
    lenient,
    ...begun,
    [6, 7, { kind: 'withdraw consent' }],
    [8, 9, refresh(0, 1)],
  ],
  'a refresh after all that the client holds was voided': [
    lenient,
    ...begun,
    [6, 7, { kind: 'void client' }],
    [8, 9, refresh(0, 1)],
  ],
  'an older access token that works after a refresh that ends it': [
    strict,
    ...begun,
    [6, 7, refresh(0, 1)],
    [8, 9, introspect('a0')],
  ],
  'an access token that is given twice': [lenient, ...begun, [6, 7, refresh(0, 1, 'a0')]],
}

for (const [name, [policy, ...timed]] of Object.entries(explained)) {
  test(`explained: ${name}`, () => assert.deepEqual(explain(operations(...timed), policy), { kind: 'explained' }))
}

for (const [name, [policy, ...timed]] of Object.entries(unexplained)) {
  test(`not explained: ${name}`, () => assert.equal(explain(operations(...timed), policy).kind, 'unexplained'))
}

test('the longest attempt names what it could not go on with', () => {
  const verdict = explain(operations(...begun, [6, 7, { kind: 'revoke' }], [8, 9, introspect('a0')]), strict)
  assert.deepEqual(verdict.kind === 'unexplained' && verdict.stuck.map(({ kind }) => kind), ['introspect'])
})

test('an order is found among many operations at once', () => {
  const retries = Array.from({ length: 12 }, (_, n): Timed => [6, 100 + n, refresh(0, 1, `b${n}`)])
  const looks = Array.from({ length: 12 }, (_, n): Timed => [6, 100 + n, introspect('a0')])
  assert.equal(
    explain(operations(...begun, ...retries, ...looks, [200, 201, refresh(1, 2)]), lenient).kind,
    'explained',
  )
})
