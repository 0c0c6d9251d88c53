// PostgreSQL behind a pooler in transaction mode: nothing that we rely on is kept on a connection from one transaction to the next.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storageConformance } from '../../packages/authorization-server/src/platform/storage/conformance.ts'
import { openPostgres } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { postgresPlace } from '../support/postgres.ts'
import { codesOnce, fieldOf, refreshesAgree, refreshesOnce } from './exactly-once.ts'
import { ground, withNodes } from './nodes.ts'
import { transactionPooler } from './pooler.ts'

const servers = 4

storageConformance('PostgreSQL behind a pooler', async () => {
  const place = await postgresPlace()
  const pooler = await transactionPooler(place.url, servers)
  return {
    connect: () => openPostgres({ url: pooler.url }),
    remove: async () => {
      await pooler.close()
      assert.ok(pooler.switches() > 0, 'no client ever changed its connection')
      await place.remove()
    },
  }
})

test('three nodes behind a pooler: each code and each refresh token once', async (t) => {
  const place = await ground('postgres')
  const pooler = await transactionPooler(place.databaseUrl ?? '', servers)
  const environment = { LATCHKEY_DATABASE_URL: pooler.url }
  try {
    await withNodes(place, [{ environment }, { environment }, { environment }], async (nodes) => {
      const field = await fieldOf(
        place,
        nodes.map(({ url }) => url),
        'pooled',
      )
      const codes = await codesOnce(field, 10)
      const refreshes = await refreshesOnce(field, 10)
      assert.deepEqual([codes.successes, refreshes.successes], [10, 10])
      await refreshesAgree(field, 3)
    })
    t.diagnostic(`clients changed their connection ${pooler.switches()} times`)
  } finally {
    await pooler.close()
    await place.remove()
  }
})
