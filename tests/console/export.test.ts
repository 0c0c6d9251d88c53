// Files: all of a list, in bounded memory, as fast as the reader takes it; each row that stays is in it once, whatever is written.
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import {
  createOpenFiles,
  csvOf,
  type ExportSource,
  inSteadyOrder,
  jsonOf,
  parseListQuery,
} from '../../packages/authorization-server/src/platform/console/index.ts'
import { Parameters } from '../../packages/authorization-server/src/platform/http/index.ts'
import { type Database, sql, unguarded } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { insertUser, usersNoun } from '../../packages/authorization-server/src/records/users/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, call } from './ground.ts'

const people = 2_000
let place: PostgresPlace
let servers: readonly TestServer[]
let admin: FormBrowser
let rowsRead = 0
/** How long each page takes to read. */
let pageMs = 0

function counting(database: Database): Database {
  return {
    engine: database.engine,
    commit: (writes) => database.commit(writes),
    close: () => database.close(),
    async all(query) {
      const rows = await database.all(query)
      if (!query.sql.includes('sorted_by') || !query.sql.includes('from users')) return rows
      rowsRead += rows.length
      if (pageMs > 0) await wait(pageMs)
      return rows
    },
  }
}

before(async () => {
  place = await postgresPlace()
  servers = await Promise.all([
    startTestServer({ deps: { wrapDatabase: counting } }),
    startTestServer({ settings: { server: { databaseUrl: place.url } } }),
  ])
  for (const { context } of servers) {
    const rows = Array.from({ length: people }, (_, n) =>
      insertUser(
        { subject: `subject-${n}`, email: `row${n}@example.com`, lastName: 'x'.repeat(140) },
        context.clock.now(),
      ),
    )
    for (let at = 0; at < people; at += 500) await context.database.commit(rows.slice(at, at + 500))
  }
  admin = await administrator(servers[0] as TestServer)
})
after(async () => {
  await Promise.all(servers.map((server) => server.close()))
  await place.remove()
})

async function sourceOf({ context }: TestServer): Promise<ExportSource> {
  const noun = await usersNoun()
  const { query } = parseListQuery(noun, Parameters.empty, { tag: () => '', untag: () => undefined })
  return {
    database: context.database,
    noun,
    query: inSteadyOrder(noun, query),
    owner: undefined,
    complete: async (entries) => entries,
  }
}

async function settled(): Promise<number> {
  for (let last = -1; last !== rowsRead; ) {
    last = rowsRead
    await wait(20)
  }
  return rowsRead
}

test('no more rows are read than the reader takes, but for two pages; and none after the reader left', async () => {
  const [server] = servers
  assert.ok(server)
  rowsRead = 0
  const stream = Readable.from(csvOf(await sourceOf(server)))
  const pieces = stream[Symbol.asyncIterator]()
  for (let taken = 1; taken <= 5; taken += 1) {
    await pieces.next()
    const held = (await settled()) - (taken - 1) * 201
    assert.ok(held <= 3 * 201, `${held} rows ahead of the reader`)
  }
  stream.destroy()
  const atLast = await settled()
  assert.ok(atLast < people, `${atLast} rows read`)
  assert.equal(await settled(), atLast)
})

test('a reader who goes away ends the making of the file, and a place is free again', async () => {
  const [server] = servers
  assert.ok(server)
  const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  rowsRead = 0
  pageMs = 30
  for (let round = 0; round < 3; round += 1) {
    const leave = new AbortController()
    const headers = { cookie, accept: 'application/json' }
    const reply = await fetch(`${server.url}/api/v1/users/export.csv`, { headers, signal: leave.signal })
    assert.equal(reply.status, 200)
    await reply.body?.getReader().read()
    leave.abort()
    await wait(100)
  }
  pageMs = 0
  assert.ok((await settled()) < 2 * people, String(rowsRead))
})

test('each row that stays is in the file once, on both engines, whatever is written while it is made', async () => {
  for (const server of servers) {
    const { database, clock } = server.context
    const emails: string[] = []
    let pieces = 0
    for await (const piece of jsonOf(await sourceOf(server), ({ id }) => id)) {
      pieces += 1
      emails.push(
        ...piece
          .split('\n')
          .map((line) => line.replaceAll(/\D/g, ''))
          .filter((line) => line !== ''),
      )
      await database.commit([
        insertUser({ subject: `late-${pieces}`, email: `late-${pieces}@example.com` }, clock.now()),
        unguarded(sql`delete from users where email_key = ${`row${people - 100 + pieces}@example.com`}`),
        unguarded(
          sql`update users set email_key = ${`aaa${pieces}`}, last_name = '' where email_key = ${`row${people - 300 + pieces}@example.com`}`,
        ),
      ])
    }
    assert.equal(new Set(emails).size, emails.length)
    const stayed = await database.all(sql`select count(*) as n from users where subject like 'subject-%'`)
    assert.ok(emails.length >= Number(stayed[0]?.['n']))
    assert.ok(pieces >= 10)
  }
})

test('everybody else has a turn while a file is made', async () => {
  const [server] = servers
  assert.ok(server)
  let turns = 0
  const timer = setInterval(() => (turns += 1), 1)
  let pieces = 0
  for await (const piece of csvOf(await sourceOf(server))) pieces += piece === '' ? 0 : 1
  clearInterval(timer)
  assert.ok(turns >= pieces / 2, `${turns} turns between ${pieces} pieces`)
})

test('the answer says how many rows will come, and the page before it about how large the file gets', async () => {
  const [server] = servers
  assert.ok(server)
  const file = await call(server, admin, 'GET', '/api/v1/users/export.csv')
  const lines = file.text.trimEnd().split('\r\n').length - 1
  assert.equal(file.headers['latchkey-rows'], String(lines))
  assert.ok(lines > people - 100)
  const [found] = await server.context.database.all(sql`select count(*) as n from users where email_key like 'row1%'`)
  const narrowed = await call(server, admin, 'GET', '/api/v1/users/export.csv?q=row1')
  assert.equal(narrowed.headers['latchkey-rows'], String(found?.['n']))
  const page = await admin.get('/admin/users/export/?is_staff=no')
  assert.match(page.text, new RegExp(`Rows that the file will hold ${(lines - 1).toLocaleString('en')}`))
  const size = Number(/CSV ([\d.,]+) kB/.exec(page.text)?.[1]?.replaceAll(',', ''))
  assert.ok(Math.abs(size - file.text.length / 1_000) < file.text.length / 5_000, `${size} kB`)
  for (const query of ['sort=email', 'limit=10', 'before=x', 'x=y']) {
    assert.equal((await call(server, admin, 'GET', `/api/v1/users/export.json?${query}`)).status, 400, query)
  }
})

test('HEAD makes no file', async () => {
  const [server] = servers
  assert.ok(server)
  rowsRead = 0
  const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { cookie, host: new URL(server.url).host, accept: 'application/json' }
  const reply = await server.server.app.http.inject({ method: 'HEAD', url: '/api/v1/users/export.csv', headers })
  assert.equal(reply.statusCode, 200)
  assert.ok((await settled()) <= 1)
})

test('too many files at once are refused, a place is free again when a file is through or its reader gone', async () => {
  const files = createOpenFiles({ most: 3, mostOfOne: 2, stallMs: 30 })
  async function* file(): AsyncGenerator<string> {
    yield 'a'
    yield 'b'
  }
  const [one, two] = [files.open(1, file()), files.open(1, file())]
  assert.ok(one && two)
  assert.equal(files.open(1, file()), undefined, 'two of one person')
  const three = files.open(2, file())
  assert.ok(three)
  assert.equal(files.open(3, file()), undefined, 'three in all')
  assert.deepEqual(await Array.fromAsync(one), ['a', 'b'])
  const left = Readable.from(two)
  await left[Symbol.asyncIterator]().next()
  left.destroy()
  await wait(5)
  assert.ok(files.open(1, file()))
  const stalled = three[Symbol.asyncIterator]()
  assert.deepEqual(await stalled.next(), { done: false, value: 'a' })
  await wait(60)
  await assert.rejects(async () => stalled.next(), /too long/)
  assert.ok(files.open(3, file()))
})
