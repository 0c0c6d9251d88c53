import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { codesOnce, fieldOf, refreshesAgree, refreshesOnce } from './exactly-once.ts'
import { type Ground, ground, type NodeOptions, withNodes } from './nodes.ts'

async function onNodes(t: TestContext, place: Ground, options: readonly NodeOptions[], count: number): Promise<void> {
  try {
    await withNodes(place, options, async (nodes) => {
      const field = await fieldOf(
        place,
        nodes.map(({ url }) => url),
        'once',
      )
      const codes = await codesOnce(field, count)
      const refreshes = await refreshesOnce(field, count)
      assert.deepEqual([codes.successes, refreshes.successes], [count, count])
      const graced = await refreshesAgree(field, Math.ceil(count / 4))
      t.diagnostic(`codes: attempts ${codes.attempts}, successes ${codes.successes}`)
      t.diagnostic(`refresh without grace: attempts ${refreshes.attempts}, successes ${refreshes.successes}`)
      t.diagnostic(`refresh with grace: attempts ${graced.attempts}, successes ${graced.successes}`)
    })
  } finally {
    await place.remove()
  }
}

test('three processes, each with a writer of its own, on one SQLite file: each code and each refresh token once', async (t) =>
  onNodes(t, await ground('sqlite'), [{}, {}, {}], 60))

test('three workers behind one port, on one SQLite file', async (t) =>
  onNodes(t, await ground('sqlite'), [{ workers: 3 }], 30))

test('three processes on one PostgreSQL', async (t) => onNodes(t, await ground('postgres'), [{}, {}, {}], 30))
