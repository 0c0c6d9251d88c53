// Two processes over one database count as one.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { postgresPlace } from '../support/postgres.ts'
import { postForm } from '../support/server.ts'
import { type Node, startNode } from './node.ts'
import { passwordGrant, range, tally } from './place.ts'

async function guessOver(server: Readonly<Record<string, string>>): Promise<Readonly<Record<string, number>>> {
  const nodes: Node[] = [await startNode(server), await startNode(server)]
  try {
    // Each process proves the client's secret once.
    for (const { url } of nodes) await postForm(`${url}/o/token/`, passwordGrant('somebody', 'wrong'))
    const statuses = await Promise.all(
      range(200).map(async (n) => {
        const { url = '' } = nodes[n % nodes.length] ?? {}
        return (await postForm(`${url}/o/token/`, passwordGrant('alice@example.com', `guess ${n}`))).status
      }),
    )
    return tally(statuses)
  } finally {
    await Promise.all(nodes.map((node) => node.stop()))
  }
}

test('of 200 parallel guesses over two processes on one SQLite file 10 are evaluated', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-nodes-'))
  assert.deepEqual(await guessOver({ dataDir }), { 400: 10, 429: 190 })
  await rm(dataDir, { recursive: true, force: true })
})

test('of 200 parallel guesses over two processes on one PostgreSQL 10 are evaluated', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-nodes-'))
  const place = await postgresPlace()
  assert.deepEqual(await guessOver({ dataDir, databaseUrl: place.url }), { 400: 10, 429: 190 })
  await place.remove()
  await rm(dataDir, { recursive: true, force: true })
})
