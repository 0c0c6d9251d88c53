// Lists: each row once, in one order, whatever page it is on; searches and sorts go through indexes; files hold all of a list.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Database, Query } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { insertUser } from '../../packages/authorization-server/src/records/users/index.ts'
import { afterPrefix } from '../../packages/authorization-server/src/platform/console/list-query.ts'
import { csvCell } from '../../packages/authorization-server/src/platform/console/export-file.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, call } from './ground.ts'

let server: TestServer
let admin: FormBrowser
const asked: Query[] = []
const people = 137

function listening(database: Database): Database {
  return {
    engine: database.engine,
    commit: (writes) => database.commit(writes),
    close: () => database.close(),
    all(query) {
      asked.push(query)
      return database.all(query)
    },
  }
}

before(async () => {
  server = await startTestServer({ deps: { wrapDatabase: listening } })
  const { database, clock } = server.context
  const rows = Array.from({ length: people }, (_, n) => {
    const number = String(n).padStart(3, '0')
    const [email, username] = [`row${number}@example.com`, n % 3 === 0 ? undefined : `name${number}`]
    const lastName = n % 5 === 0 ? '' : `Last ${number}`
    return insertUser({ subject: `subject-${number}`, email, username, firstName: '=cmd()', lastName }, clock.now())
  })
  await database.commit(rows)
  admin = await administrator(server)
})
after(() => server.close())

type Item = Readonly<Record<string, unknown>>

async function walk(address: string): Promise<readonly Item[]> {
  const all: Item[] = []
  let next: string | undefined
  do {
    const url = next === undefined ? address : `${address}&after=${encodeURIComponent(next)}`
    const { status, body } = await call(server, admin, 'GET', url)
    assert.equal(status, 200, url)
    all.push(...(body['items'] as readonly Item[]))
    next = typeof body['next'] === 'string' ? body['next'] : undefined
  } while (next !== undefined)
  return all
}

const sorts = ['created_at', '-created_at', 'email', '-email', 'username', '-username', 'last_name', '-last_name']

test('every sort brings each row once, over pages of any size', async () => {
  for (const sort of sorts) {
    const [small, large] = [
      await walk(`/api/v1/users?sort=${sort}&limit=7`),
      await walk(`/api/v1/users?sort=${sort}&limit=200`),
    ]
    const ids = small.map(({ id }) => id)
    assert.equal(new Set(ids).size, people + 2, sort)
    assert.deepEqual(
      ids,
      large.map(({ id }) => id),
      sort,
    )
  }
})

test('backwards, a list brings the same rows in the same order, and its first page is where it began', async () => {
  const searches = ['q=row&', 'q=r&', 'is_staff=no&']
  for (const query of [...sorts.map((sort) => `sort=${sort}&`), ...searches]) {
    const address = `/api/v1/users?${query}limit=13`
    const all = (await walk(address)).map(({ id }) => id)
    const seen: unknown[] = []
    let [url, previous] = [address, '']
    for (;;) {
      const { body } = await call(server, admin, 'GET', url)
      if (typeof body['next'] !== 'string') break
      url = `${address}&after=${encodeURIComponent(body['next'])}`
    }
    do {
      const { body } = await call(server, admin, 'GET', url)
      seen.unshift(...(body['items'] as readonly Item[]).map(({ id }) => id))
      previous = typeof body['previous'] === 'string' ? body['previous'] : ''
      url = `${address}&before=${encodeURIComponent(previous)}`
    } while (previous !== '')
    assert.deepEqual(seen, all, query)
  }
})

test('a search finds by e-mail, username, names, id and subject, each row once, best matches first', async () => {
  const found = async (q: string): Promise<readonly unknown[]> =>
    (await walk(`/api/v1/users?q=${encodeURIComponent(q)}&limit=10`)).map(({ email }) => email)
  assert.equal((await found('row')).length, people)
  assert.equal((await found('ROW01')).length, 10)
  assert.deepEqual(await found('name004'), ['row004@example.com'])
  assert.deepEqual(await found('last 007'), ['row007@example.com'])
  assert.deepEqual(await found('subject-009'), ['row009@example.com'])
  assert.deepEqual(await found('1'), ['admin@email.com'])
  assert.deepEqual(await found('%'), [])
  assert.deepEqual(await found("' or 1=1 --"), [])
  assert.equal((await call(server, admin, 'GET', '/api/v1/users?q=row&is_staff=yes')).body['count'], 0)
})

test('filters narrow the list, together and with their counts', async () => {
  const count = async (query: string): Promise<unknown> =>
    (await call(server, admin, 'GET', `/api/v1/users?${query}`)).body['count']
  assert.equal(await count('is_staff=yes'), 1)
  assert.equal(await count('is_active=no'), 0)
  assert.equal(await count('is_staff=no&is_superuser=no'), people + 1)
  assert.equal(await count('group=1'), 1)
})

test('what cannot be asked is refused by name', async () => {
  const first = await call(server, admin, 'GET', '/api/v1/users?limit=3')
  const next = first.body['next'] as string
  for (const [query, name] of [
    ['is_staff=maybe', 'is_staff'],
    ['password=x', 'password'],
    ['sort=password', 'sort'],
    ['sort=email;drop table users', 'sort'],
    ['limit=0', 'limit'],
    ['limit=100000', 'limit'],
    ['before=x', 'before'],
    [`after=${next}&before=${next}`, 'before'],
    ['after=x', 'after'],
    [`after=${next.slice(0, -2)}`, 'after'],
    [`after=${next}&sort=email`, 'after'],
    [`after=${next}&q=row`, 'after'],
  ] as const) {
    const answer = await call(server, admin, 'GET', `/api/v1/users?${query}`)
    assert.equal(answer.status, 400, query)
    assert.deepEqual(Object.keys(Object(answer.body['errors'])), [name])
  }
  assert.equal((await call(server, admin, 'GET', `/api/v1/groups?after=${next}`)).status, 400)
})

test('every list of people reads through an index: no scan of the table, no sorting of all of it', async () => {
  const { database } = server.context
  const queries = [...sorts.map((sort) => `sort=${sort}`), 'q=row0', 'is_staff=yes', 'is_active=no', 'is_superuser=yes']
  for (const query of queries) {
    asked.length = 0
    await call(server, admin, 'GET', `/api/v1/users?${query}&limit=20`)
    const lists = asked.filter((one) => one.sql.includes('sorted_by') && one.sql.includes('from users'))
    assert.ok(lists.length > 0, query)
    for (const list of lists) {
      const plan = await database.all({ ...list, sql: `explain query plan ${list.sql}` })
      const steps = plan.map((row) => String(row['detail']))
      for (const step of steps) {
        // The order of ids is that of the table itself, of which no more is read than is shown.
        assert.ok(query.endsWith('created_at') || step !== 'SCAN users', `${query}: ${steps.join('; ')}`)
        assert.ok(!/USE TEMP B-TREE FOR ORDER BY/.test(step), `${query}: ${steps.join('; ')}`)
      }
    }
  }
})

describe('files', () => {
  test('CSV and JSON hold every row of the list as it is narrowed, and no cell is a formula', async () => {
    const csv = await call(server, admin, 'GET', '/api/v1/users/export.csv?q=row')
    assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8')
    assert.equal(csv.headers['content-length'], undefined)
    const lines = csv.text.trimEnd().split('\r\n')
    assert.equal(lines.length, people + 1)
    assert.match(lines[0] ?? '', /^key,email,username,first_name/)
    assert.ok(lines.slice(1).every((line) => line.includes("'=cmd()")))
    const json = await call(server, admin, 'GET', '/api/v1/users/export.json?is_staff=no')
    assert.equal((JSON.parse(json.text) as readonly unknown[]).length, people + 1)
    const none = await call(server, admin, 'GET', '/api/v1/users/export.json?q=nobody-at-all')
    assert.deepEqual(JSON.parse(none.text), [])
  })

  test('a cell with commas, quotes and lines is one cell (RFC 4180 §2)', () => {
    assert.equal(csvCell('a,"b"\nc'), '"a,""b""\nc"')
    for (const formula of ['=1', '+1', '-1', '@x', '\tx', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠x'])
      assert.match(csvCell(formula), /^"?'/, formula)
  })
})

test('the end of a prefix is the next text in the order of code points', () => {
  assert.equal(afterPrefix('ab'), 'ac')
  assert.equal(afterPrefix('a\u{10ffff}'), 'b')
  assert.equal(afterPrefix('\ud7ff'), '\ue000')
  assert.equal(afterPrefix('\u{10ffff}'), undefined)
})

test('pages: a list leads on and back to its start, and says what is narrowed', async () => {
  const first = await admin.get('/admin/users/?sort=email')
  assert.match(first.text, /139 rows/)
  const next = /rel="next" href="([^"]+)"/.exec(first.body)?.[1]?.replaceAll('&#38;', '&') ?? ''
  const second = await admin.get(next)
  assert.match(second.text, /First page/)
  const back = /rel="prev" href="([^"]+)"/.exec(second.body)?.[1]?.replaceAll('&#38;', '&') ?? ''
  const again = await admin.get(back)
  assert.equal(again.body.match(/<tbody[\s\S]*<\/tbody>/)?.[0], first.body.match(/<tbody[\s\S]*<\/tbody>/)?.[0])
  const small = await admin.get('/admin/users/?limit=25')
  assert.equal(small.form('/admin/users/').fields.find(([name]) => name === 'limit')?.[1], '25')
  const none = await admin.get('/admin/users/?q=nobody-at-all')
  assert.match(none.text, /Nothing matches/)
})

test('the API describes itself, and the same address is a page in a browser (OpenAPI 3.1)', async () => {
  const { body } = await call(server, admin, 'GET', '/api/v1/openapi.json')
  assert.equal(body['openapi'], '3.1.0')
  const paths = Object(body['paths']) as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  assert.deepEqual(Object.keys(paths['/api/v1/users/{id}'] ?? {}).toSorted(), ['delete', 'get', 'patch'])
  assert.ok(paths['/api/v1/grants/{id}/revoke']?.['post'])
  const page = await admin.get('/api/v1/users/1')
  assert.match(String(page.headers['content-type']), /text\/html/)
  assert.ok(page.text.includes('admin@email.com'))
})
