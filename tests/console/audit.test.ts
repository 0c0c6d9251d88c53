// The event log in the console: reasons travel with every change, by pages and by the API; events are found by kind, people,
// address and time through an index, on both engines; and each tells what was changed and whether it is chained.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { after, before, describe, test } from 'node:test'
import { desksOf } from '../../packages/authorization-server/src/features/console/desks.ts'
import {
  type CursorSeal,
  listEntries,
  parseListQuery,
} from '../../packages/authorization-server/src/platform/console/index.ts'
import { Parameters } from '../../packages/authorization-server/src/platform/http/index.ts'
import {
  type Database,
  migrate,
  type Query,
  sql,
  unguarded,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { eventsNoun, waitingEvents } from '../../packages/authorization-server/src/records/events/index.ts'
import { migrations } from '../../packages/authorization-server/src/schema.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, type Answer, call, person } from './ground.ts'

type Item = Readonly<Record<string, unknown>>

let server: TestServer
let admin: FormBrowser

before(async () => {
  server = await startTestServer()
  admin = await administrator(server)
})
after(() => server.close())

function items({ body }: Answer): readonly Item[] {
  return body['items'] as readonly Item[]
}

async function lastEvent(of: TestServer = server, by: FormBrowser = admin): Promise<Item> {
  const listed = await call(of, by, 'GET', '/api/v1/events?limit=200')
  const newest = items(listed).toSorted((a, b) => Number(b['number']) - Number(a['number']))[0]
  return newest ?? assert.fail('there is no event')
}

describe('a reason', () => {
  test('stands in a member of the body or in a header, and is told in the history and with the event', async () => {
    const user = await person(server, 'reasons')
    const path = `/api/v1/users/${user.id}`
    const changed = await call(server, admin, 'PATCH', path, { body: { first_name: 'Zoë', _reason: 'Asked by phone' } })
    assert.equal(changed.status, 200, changed.text)
    const event = await lastEvent()
    assert.equal(event['kind'], 'user.changed')
    assert.equal(event['reason'], 'Asked by phone')
    assert.deepEqual(event['changes'], [{ field: 'first_name', before: '', after: 'Zoë' }])
    assert.deepEqual([event['noun'], event['target']], ['users', String(user.id)])
    const headers = { 'latchkey-reason': encodeURIComponent('Löschung nach Art. 17') }
    assert.equal((await call(server, admin, 'POST', `${path}/disable`, { headers })).status, 200)
    const [newest, older] = items(await call(server, admin, 'GET', `${path}/history`))
    assert.deepEqual([newest?.['reason'], older?.['reason']], ['Löschung nach Art. 17', 'Asked by phone'])
    assert.equal((await call(server, admin, 'DELETE', path, { headers })).status, 204)
    assert.equal((await lastEvent())['reason'], 'Löschung nach Art. 17')
  })

  test('goes to every row of an act on many', async () => {
    const [one, two] = [await person(server, 'many-1'), await person(server, 'many-2')]
    const body = { ids: [one.id, two.id], _reason: 'They left' }
    const done = await call(server, admin, 'POST', '/api/v1/users/actions/disable', { body })
    assert.equal(done.body['done'], 2, done.text)
    for (const { id } of [one, two]) {
      const [newest] = items(await call(server, admin, 'GET', `/api/v1/users/${id}/history`))
      assert.equal(newest?.['reason'], 'They left')
    }
  })

  test('that is too long, no text, or given twice is refused, and nothing is done', async () => {
    const user = await person(server, 'refused')
    const path = `/api/v1/users/${user.id}`
    for (const options of [
      { body: { first_name: 'X', _reason: 'x'.repeat(201) } },
      { body: { first_name: 'X', _reason: 7 } },
      { body: { first_name: 'X', _reason: 'one' }, headers: { 'latchkey-reason': 'two' } },
      { body: { first_name: 'X' }, headers: { 'latchkey-reason': '%ff' } },
    ]) {
      const answer = await call(server, admin, 'PATCH', path, options)
      assert.equal(answer.status, 400, answer.text)
      assert.ok(Object.hasOwn(Object(answer.body['errors']), '_reason'))
    }
    assert.equal((await call(server, admin, 'GET', path)).body['first_name'], '')
  })

  test('is one text in each form, without scripts: adding, changing, doing and deleting', async () => {
    const add = await admin.get('/admin/groups/add/')
    assert.match(add.body, /name="_reason"[^>]*maxlength="200"|maxlength="200"[^>]*name="_reason"/)
    const added = await admin.submit(add, { name: 'reasoned', _reason: 'A new team' }, { action: '/admin/groups/add/' })
    assert.equal(added.status, 303, added.body)
    const event = await lastEvent()
    assert.deepEqual([event['kind'], event['reason']], ['group.created', 'A new team'])
    const path = `/admin/groups/${String(event['target'])}/`
    const change = await admin.get(`${path}change/`)
    await admin.submit(change, { name: 'renamed', _reason: 'A better name' }, { action: `${path}change/` })
    const history = await admin.get(`${path}history/`)
    assert.match(history.body, /Reason: <bdi>A better name<\/bdi>/)
    const removal = await admin.get(`${path}delete/`)
    await admin.submit(removal, { _reason: 'x'.repeat(201) }, { action: `${path}delete/` })
    assert.equal((await admin.get(path)).status, 200, 'it is still there')
    await admin.submit(removal, { _reason: 'Dissolved' }, { action: `${path}delete/` })
    assert.equal((await lastEvent())['reason'], 'Dissolved')
    const shown = await admin.get(`/admin/events/${String((await lastEvent())['number'])}/`)
    assert.match(shown.body, /Dissolved/)
    assert.match(shown.body, /Group deleted/)
  })

  test('is passed on by every desk, because none writes its trail by itself', async () => {
    const folder = join(import.meta.dirname, '../../packages/authorization-server/src/features/console')
    const files = (await readdir(folder, { recursive: true })).filter(
      (name) => name.endsWith('.ts') && name !== 'trail.ts',
    )
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
    assert.ok(texts.some((text) => text.includes('changeBy(asked')))
    assert.deepEqual(
      files.filter((_, at) => texts[at]?.includes('recordChange')),
      [],
    )
  })

  test('is a name that no field of any noun has', async () => {
    for (const { noun } of await desksOf(server.context)) {
      const fields = [...noun.fields, ...(noun.add ?? []), ...noun.acts.flatMap((act) => act.fields ?? [])]
      assert.deepEqual(
        fields.filter(({ name }) => name.startsWith('_')),
        [],
        noun.name,
      )
    }
  })
})

test('where a reason is required, nothing is changed without one', async () => {
  const strict = await startTestServer({ settings: { console: { reasonRequired: true } } })
  try {
    const browser = await administrator(strict)
    const user = await person(strict, 'strict')
    const path = `/api/v1/users/${user.id}`
    for (const [method, url, body] of [
      ['PATCH', path, { first_name: 'X' }],
      ['POST', `${path}/disable`, {}],
      ['POST', '/api/v1/users/actions/disable', { ids: [user.id] }],
      ['DELETE', path, undefined],
      ['POST', '/api/v1/groups', { name: 'none', permissions: [] }],
    ] as const) {
      const answer = await call(strict, browser, method, url, { body, headers: { 'latchkey-reason': '%20' } })
      assert.equal(answer.status, 400, `${method} ${url} ${answer.text}`)
      assert.ok(Object.hasOwn(Object(answer.body['errors']), '_reason'))
    }
    const form = await browser.get(`/admin/users/${user.id}/disable/`)
    const again = await browser.submit(form, {}, { action: `/admin/users/${user.id}/disable/` })
    assert.equal(again.status, 200)
    assert.match(again.body, /Say why/)
    const changed = await call(strict, browser, 'PATCH', path, { body: { first_name: 'X', _reason: 'Marriage' } })
    assert.equal(changed.status, 200, changed.text)
    assert.equal((await call(strict, browser, 'GET', path)).status, 200, 'reading needs none')
  } finally {
    await strict.close()
  }
})

describe('events', () => {
  test('are found by kind, actor, address and time, and by number or address in the search box', async () => {
    const all = items(await call(server, admin, 'GET', '/api/v1/events?limit=200'))
    const [some] = all
    const adminId = Number(all.find(({ kind }) => kind === 'group.created')?.['actor'])
    const count = (is: (one: Item) => boolean): number => all.filter(is).length
    const found = async (query: string): Promise<number> =>
      items(await call(server, admin, 'GET', `/api/v1/events?limit=200&${query}`)).length
    assert.equal(
      await found('kind=user.changed'),
      count(({ kind }) => kind === 'user.changed'),
    )
    assert.equal(
      await found(`actor=${adminId}`),
      count(({ actor }) => actor === adminId),
    )
    assert.ok((await found(`actor=${adminId}`)) > 0)
    assert.equal(
      await found('address=192.0.2.1'),
      count(({ address }) => address === '192.0.2.1'),
    )
    assert.equal(await found('q=192.0.2.1'), await found('address=192.0.2.1'))
    assert.equal(await found(`q=${String(some?.['number'])}`), 1)
    assert.equal(await found('at=2027-01-15'), all.length)
    assert.equal(await found('at=..2027-01-14'), 0)
    assert.equal((await call(server, admin, 'GET', '/api/v1/events?kind=no.such')).status, 400)
  })

  test('offer their kinds in words, by groups, and say whether they are chained', async () => {
    const deadline = performance.now() + 10_000
    while ((await waitingEvents(server.context.database, 1)).length > 0) {
      assert.ok(performance.now() < deadline)
      await delay(50)
    }
    const { body } = await admin.get('/admin/events/')
    assert.match(body, /<optgroup label="People"><option value="user.created">Account created<\/option>/)
    assert.match(body, /Head of the log/)
    const { body: listed } = await call(server, admin, 'GET', '/api/v1/events?limit=1')
    const state = listed['state'] as Item
    assert.match(String(state['head']), /^[\w-]{43}$/)
    assert.equal(state['waiting'], 0)
    const [newest] = listed['items'] as readonly Item[]
    assert.ok(Number(newest?.['chained']) > 0 && Number(newest?.['chained']) <= Number(state['chained']))
  })
})

describe('each filter of events, with a time and without, is served by an index that also gives the order', () => {
  const seal: CursorSeal = { tag: () => '', untag: () => undefined }
  const filters = ['', 'kind=grant.created', 'actor=7', 'user=7', 'client=3', 'address=192.0.2.9', 'q=192.0.2.9']
  const times = ['', 'at=2027-01-15', 'at=..2027-01-10']
  let place: PostgresPlace
  let postgres: Database

  before(async () => {
    place = await postgresPlace()
    postgres = await place.connect()
    await migrate(postgres, migrations, server.clock)
    for (const database of [postgres, server.context.database]) await manyEvents(database)
    await place.administer('analyze events')
  })
  after(async () => {
    await postgres.close()
    await place.remove()
  })

  async function manyEvents(database: Database): Promise<void> {
    const numbers =
      database.engine === 'postgres'
        ? sql`select n from generate_series(1, 20000) as g (n)`
        : sql`with recursive g (n) as (select 1 union all select n + 1 from g where n < 20000) select n from g`
    const at = server.clock.now() - 60 * 86_400_000
    const written = await database.commit([
      unguarded(sql`
        insert into events (kind, at, actor_id, user_id, client_row, address, detail)
        select case n % 3 when 0 then 'grant.created' else 'user.signed-in' end, cast(${at} as bigint) + n * 1000, n % 50, n % 50, n % 9,
          '192.0.2.' || (n % 90), '{}' from (${numbers}) numbers`),
    ])
    assert.ok(written.won)
  }

  async function askedFor(query: string): Promise<Query> {
    let asked: Query | undefined
    const listening: Database = {
      ...server.context.database,
      all: async (one) => {
        asked ??= one
        return []
      },
    }
    const noun = await eventsNoun()
    const { query: parsed, faults } = parseListQuery(noun, new Parameters([...new URLSearchParams(query)]), seal)
    assert.deepEqual(faults, [])
    await listEntries(listening, noun, parsed, undefined)
    return asked ?? assert.fail('nothing was asked')
  }

  /** The engine's reader runs reads only, so the administrator asks. */
  async function planOnPostgres({ text, values }: Query): Promise<string> {
    const written = text.replaceAll(/\$(\d+)/g, (_, number) => {
      const value = values[Number(number) - 1]
      return typeof value === 'number' ? String(value) : `'${String(value)}'`
    })
    return (await place.administer(`explain ${written}`)).map((row) => String(row['QUERY PLAN'])).join('\n')
  }

  async function planOnSqlite({ text, sql: marked, values }: Query): Promise<string> {
    const rows = await server.context.database.all({ text, sql: `explain query plan ${marked}`, values })
    return rows.map((row) => String(row['detail'])).join('\n')
  }

  for (const filter of filters) {
    // What is searched for within a time goes the way that plans.test.ts looks at.
    for (const time of filter.startsWith('q=') ? [''] : times) {
      const query = [filter, time].filter((one) => one !== '').join('&')
      test(query === '' ? 'all' : query, async () => {
        const asked = await askedFor(query)
        const plan = await planOnSqlite(asked)
        assert.match(plan, /USING INDEX events_/)
        assert.doesNotMatch(plan, /TEMP B-TREE/)
        const other = await planOnPostgres(asked)
        assert.match(other, /Index Scan (Backward )?using events_/)
        assert.doesNotMatch(other, /Seq Scan/)
      })
    }
  }
})
