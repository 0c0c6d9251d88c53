import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createUsage, hourOf } from './usage.ts'

test('what is counted is taken once', () => {
  const usage = createUsage()
  usage.signedIn('page')
  usage.signedIn('page')
  usage.signedIn('password-grant')
  usage.refused('unknown-account')
  usage.gaveToken(7, 'client_credentials')
  usage.gaveToken(7, 'client_credentials')
  usage.introspected(8)
  assert.deepEqual(usage.take(1), [
    { kind: 'sign-in', reason: 'page', clientRow: 0, count: 2 },
    { kind: 'sign-in', reason: 'password-grant', clientRow: 0, count: 1 },
    { kind: 'refusal', reason: 'unknown-account', clientRow: 0, count: 1 },
    { kind: 'token', reason: 'client_credentials', clientRow: 7, count: 2 },
    { kind: 'introspection', reason: '', clientRow: 8, count: 1 },
  ])
  assert.deepEqual(usage.take(1), [])
})

test('ten thousand refusals are one number for each reason', () => {
  const usage = createUsage()
  for (let n = 0; n < 10_000; n += 1) usage.refused(n % 2 === 0 ? 'unknown-account' : 'throttled')
  assert.deepEqual(
    usage.take(1).map(({ count }) => count),
    [5_000, 5_000],
  )
})

test('clients beyond the most that are counted are counted together, over all flushes of an hour', () => {
  const usage = createUsage(3)
  const seen = new Set<number>()
  for (let client = 1; client <= 1_000; client += 1) {
    usage.gaveToken(client, 'refresh_token')
    if (client % 100 === 0) for (const { clientRow } of usage.take(5)) seen.add(clientRow)
  }
  assert.deepEqual(
    [...seen].toSorted((a, b) => a - b),
    [0, 1, 2, 3],
  )
  // Another hour may name others.
  usage.take(6)
  usage.gaveToken(999, 'refresh_token')
  assert.equal(usage.take(6)[0]?.clientRow, 999)
})

test('what could not be written is counted again, with what came meanwhile', () => {
  const usage = createUsage()
  usage.signedIn('page')
  usage.introspected(3)
  usage.gaveToken(3, 'password')
  const taken = usage.take(1)
  usage.signedIn('page')
  usage.putBack(taken)
  assert.deepEqual(usage.take(1), [
    { kind: 'sign-in', reason: 'page', clientRow: 0, count: 2 },
    { kind: 'introspection', reason: '', clientRow: 3, count: 1 },
    { kind: 'token', reason: 'password', clientRow: 3, count: 1 },
  ])
})

test('an hour begins where it begins', () => {
  assert.equal(hourOf(Date.UTC(2027, 0, 15, 12, 59, 59, 999)), Date.UTC(2027, 0, 15, 12))
  assert.equal(hourOf(Date.UTC(2027, 0, 15, 12)), Date.UTC(2027, 0, 15, 12))
})
