import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codesOnce, fieldOf, refreshesAgree, refreshesOnce } from './exactly-once.ts'
import { ground, withNodes } from './nodes.ts'

const count = 2_000
const parallel = 32

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`${count} codes and ${count} refresh tokens, ${parallel} attempts each, over three processes on ${engine}`, async (t) => {
    const place = await ground(engine)
    try {
      await withNodes(place, [{}, {}, {}], async (nodes) => {
        const field = await fieldOf(
          place,
          nodes.map(({ url }) => url),
          'long',
        )
        const codes = await codesOnce(field, count)
        assert.deepEqual(codes, { attempts: count * parallel, successes: count })
        const refreshes = await refreshesOnce(field, count)
        assert.deepEqual(refreshes, { attempts: count * parallel, successes: count })
        const graced = await refreshesAgree(field, count / 4)
        t.diagnostic(`codes ${codes.successes}, refreshes ${refreshes.successes}, with grace ${graced.successes}`)
      })
    } finally {
      await place.remove()
    }
  })
}
