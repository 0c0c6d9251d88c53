// Readiness asks the database and says so in bounded time; liveness does not ask it.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { createServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { cuttingProxy } from '../support/cutting-proxy.ts'
import { postgresPlace } from '../support/postgres.ts'
import { startTestServer } from '../support/server.ts'

const longestMs = 2_500

async function health(url: string, kind: 'live' | 'ready'): Promise<number> {
  const start = performance.now()
  const { status } = await fetch(`${url}/health/${kind}`)
  assert.ok(performance.now() - start < longestMs, `${kind} took too long`)
  return status
}

test('a node that is cut off from PostgreSQL is alive and not ready', async () => {
  const place = await postgresPlace()
  const address = new URL(place.url)
  const proxy = await cuttingProxy({ host: address.hostname, port: Number(address.port) })
  const url = new URL(place.url)
  url.host = `127.0.0.1:${proxy.port}`
  const node = await startTestServer({ settings: { server: { databaseUrl: url.href } } })
  assert.deepEqual([await health(node.url, 'live'), await health(node.url, 'ready')], [200, 200])
  await proxy.close()
  assert.deepEqual([await health(node.url, 'live'), await health(node.url, 'ready')], [200, 503])
  await node.close()
  await place.remove()
})

test('a database that takes a request and never answers makes the node not ready within its bound', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'latchkey-ready-'))
  let hangs = false
  const server = await createServer({
    // A job of the server, too, may have asked while nobody answered; the end waits for it no longer than this.
    settings: { server: { dataDir, port: 0, shutdownDeadlineMs: 500 } },
    deps: {
      log: silentLog,
      wrapDatabase: (database) => ({
        ...database,
        all: (query) => (hangs ? Promise.withResolvers<never>().promise : database.all(query)),
      }),
    },
  })
  const url = await server.listen()
  assert.equal(await health(url, 'ready'), 200)
  hangs = true
  assert.deepEqual([await health(url, 'live'), await health(url, 'ready')], [200, 503])
  hangs = false
  assert.equal(await health(url, 'ready'), 200)
  await server.close()
  await rm(dataDir, { recursive: true })
})
