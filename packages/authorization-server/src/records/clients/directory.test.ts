import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { systemRandom } from '../../platform/crypto/index.ts'
import { type Database, migrate, openSqlite } from '../../platform/storage/index.ts'
import { fixedClock } from '../../platform/time/index.ts'
import { usersMigrations } from '../users/index.ts'
import { defaultClientSettings } from './client.ts'
import { createClientDirectory } from './directory.ts'
import { clientsMigrations } from './migrations.ts'
import { generateSecret } from './secrets.ts'
import { findClient, insertClient, insertSecret, setClientEnabled } from './store.ts'

const clock = fixedClock(1_000_000)
let folder: string
let real: Database
let reads = 0
let broken = false
const database: Database = {
  engine: 'sqlite',
  all: (query) => {
    reads += 1
    return broken ? Promise.reject(new Error('the disk is gone')) : real.all(query)
  },
  commit: (writes) => real.commit(writes),
  close: () => real.close(),
}

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latchkey-directory-'))
  real = await openSqlite({ file: path.join(folder, 'test.db') })
  await migrate(real, [...usersMigrations, ...clientsMigrations], clock)
})
after(async () => {
  await real.close()
  await rm(folder, { recursive: true })
})

async function register(clientId: string, origins: readonly string[] = []): Promise<number> {
  const settings = {
    ...defaultClientSettings({ clientId, name: clientId, isConfidential: true }),
    allowedOrigins: origins,
  }
  const secret = insertSecret(clientId, generateSecret(systemRandom).stored, clock.now())
  await real.commit([insertClient(settings, clock.now()), secret])
  return (await findClient(real, clientId))?.row ?? 0
}

async function readsOf(act: () => Promise<unknown>): Promise<number> {
  reads = 0
  await act()
  return reads
}

test('a client is found by its id and by its row, with its secrets, and read once in a second', async () => {
  const directory = createClientDirectory(database, clock)
  const row = await register('web')
  for (const find of [() => directory.find('web'), () => directory.findByRow(row)]) {
    const known = await find()
    assert.deepEqual([known?.client.clientId, known?.client.row, known?.secrets.length], ['web', row, 1])
    assert.equal(await readsOf(find), 0)
  }
})

test('a change from elsewhere is seen after a second, one of our own at once', async () => {
  const directory = createClientDirectory(database, clock)
  const row = await register('changing')
  assert.equal((await directory.find('changing'))?.client.enabled, true)
  await real.commit([setClientEnabled(row, false, clock.now())])
  clock.advance(999)
  assert.equal((await directory.find('changing'))?.client.enabled, true)
  clock.advance(1)
  assert.equal((await directory.find('changing'))?.client.enabled, false)
  await real.commit([setClientEnabled(row, true, clock.now())])
  directory.forget()
  assert.equal((await directory.find('changing'))?.client.enabled, true)
})

test('many who ask at once share one load', async () => {
  await register('busy')
  const directory = createClientDirectory(database, clock)
  assert.equal(await readsOf(() => Promise.all(Array.from({ length: 50 }, () => directory.find('busy')))), 2)
})

test('a client that does not exist is not remembered: once registered it is there', async () => {
  const directory = createClientDirectory(database, clock)
  assert.equal(await directory.find('late'), undefined)
  assert.equal(await directory.findByRow(987_654), undefined)
  await register('late')
  assert.equal((await directory.find('late'))?.client.clientId, 'late')
})

test('a load that failed is not remembered either, and its failure reaches whoever asked', async () => {
  await register('unlucky')
  const directory = createClientDirectory(database, clock)
  broken = true
  await assert.rejects(directory.find('unlucky'), /disk/)
  broken = false
  assert.equal((await directory.find('unlucky'))?.client.clientId, 'unlucky')
})

test('ids are told apart by every character, and an id never finds by row', async () => {
  const directory = createClientDirectory(database, clock)
  const row = await register('Case')
  for (const near of ['case', 'Case ', 'CASE', String(row), `row:${row}`, 'id:Case', '%', '_ase', '']) {
    assert.equal(await directory.find(near), undefined, near)
  }
})

test('the origins are those of every enabled client, each once', async () => {
  const directory = createClientDirectory(database, clock)
  await register('one', ['https://a.example', 'https://b.example'])
  await register('two', ['https://b.example', 'https://c.example'])
  const off = await register('off', ['https://off.example'])
  await real.commit([setClientEnabled(off, false, clock.now())])
  assert.deepEqual((await directory.origins()).toSorted(), [
    'https://a.example',
    'https://b.example',
    'https://c.example',
  ])
})

test('a flood of unknown ids does not pile up in memory', async () => {
  const directory = createClientDirectory(database, clock)
  await Promise.all(Array.from({ length: 200 }, (_, n) => directory.find(`unknown-${n}`)))
  assert.equal(await readsOf(() => directory.find('unknown-1')), 1)
})
