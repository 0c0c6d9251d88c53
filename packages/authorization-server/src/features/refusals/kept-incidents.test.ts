import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Incident, KeptIncidents, mostKept } from './kept-incidents.ts'

function incident(id: string, rule: string, at: number, clientId = 'app'): Incident {
  const detail = { client_id: clientId }
  return { id, rule, at, code: 'invalid_request', description: 'It was refused.', detail, path: '/o/token/' }
}

test('a flood that is refused by one rule pushes out its own records, and no others', () => {
  const kept = new KeptIncidents()
  kept.add(incident('mine', 'redirect-uri-unknown', 1))
  for (let n = 0; n < 3 * mostKept; n += 1) kept.add(incident(`flood-${n}`, 'overload', 2, 'stranger'))
  assert.equal(kept.find('mine')?.at, 1)
  assert.equal(kept.find('flood-0'), undefined)
  assert.ok(kept.find(`flood-${3 * mostKept - 1}`))
  assert.equal(kept.where(() => true, Number.POSITIVE_INFINITY).length, mostKept)
})

test('the newest of all rules come first', () => {
  const kept = new KeptIncidents()
  for (const [id, rule, at] of [
    ['a', 'one', 1],
    ['b', 'two', 2],
    ['c', 'one', 3],
    ['d', 'two', 4],
  ] as const) {
    kept.add(incident(id, rule, at))
  }
  kept.add(incident('other', 'one', 5, 'another'))
  const found = kept.where(({ detail }) => detail['client_id'] === 'app', 3)
  assert.deepEqual(
    found.map(({ id }) => id),
    ['d', 'c', 'b'],
  )
})
