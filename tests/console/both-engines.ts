// The same tests on both engines: a server over SQLite and one over PostgreSQL, each with its administrator.
import { after, before, describe } from 'node:test'
import type { Database, Query, Write } from '../../packages/authorization-server/src/platform/storage/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { postgresPlace } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, type Answer, call, type CallOptions } from './ground.ts'

export interface Engine {
  readonly server: TestServer
  readonly admin: FormBrowser
  /** What the database was asked, and what it was to do, newest last. */
  readonly asked: Query[]
  readonly commits: (readonly Write[])[]
  /** Called before a commit, while it is set. */
  readonly hook: { beforeCommit?: ((writes: readonly Write[]) => Promise<void>) | undefined }
  api(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, options?: CallOptions): Promise<Answer>
  items(path: string): Promise<readonly Readonly<Record<string, unknown>>[]>
}

/** @param tests are given the engine once it stands, so they call it inside of a test */
export function onBothEngines(tests: (engine: () => Engine) => void): void {
  onEngine('sqlite', tests)
  onEngine('postgres', tests)
}

export function onEngine(name: Database['engine'], tests: (engine: () => Engine) => void): void {
  describe(name, () => {
    let engine: Engine | undefined
    let leave: () => Promise<void> = async () => {}
    before(async () => {
      const place = name === 'sqlite' ? undefined : await postgresPlace()
      const heard: Heard = { asked: [], commits: [], hook: {} }
      const wrapDatabase = (database: Database): Database => listening(database, heard)
      const server = await startTestServer({
        deps: { wrapDatabase },
        ...(place === undefined ? {} : { settings: { server: { databaseUrl: place.url } } }),
      })
      leave = async () => {
        await server.close()
        await place?.remove()
      }
      engine = engineOf(server, await administrator(server), heard)
    })
    after(() => leave())
    tests(() => {
      if (engine === undefined) throw new Error('The engine does not stand yet.')
      return engine
    })
  })
}

/** One server on each engine, for tests that compare them. */
export async function bothServers(): Promise<{
  readonly servers: readonly [TestServer, TestServer]
  close(): Promise<void>
}> {
  const place = await postgresPlace()
  const servers = await Promise.all([
    startTestServer(),
    startTestServer({ settings: { server: { databaseUrl: place.url } } }),
  ])
  return {
    servers,
    async close() {
      await Promise.all(servers.map((server) => server.close()))
      await place.remove()
    },
  }
}

type Heard = Pick<Engine, 'asked' | 'commits' | 'hook'>

function engineOf(server: TestServer, admin: FormBrowser, heard: Heard): Engine {
  const api: Engine['api'] = (method, path, options) => call(server, admin, method, `/api/v1/${path}`, options)
  return {
    server,
    admin,
    ...heard,
    api,
    async items(path) {
      const { body } = await api('GET', path)
      const { items } = body
      return Array.isArray(items) ? items : []
    },
  }
}

function listening(database: Database, { asked, commits, hook }: Heard): Database {
  return {
    engine: database.engine,
    async commit(writes) {
      await hook.beforeCommit?.(writes)
      commits.push(writes)
      return database.commit(writes)
    },
    close: () => database.close(),
    all(query) {
      asked.push(query)
      return database.all(query)
    },
  }
}

/** How SQLite would find the rows of the lists that were asked for last. */
export async function planOfLists({ server, asked, api }: Engine, path: string): Promise<readonly string[]> {
  asked.length = 0
  await api('GET', path)
  const lists = asked.filter((one) => one.sql.includes('sorted_by'))
  const plans = await Promise.all(
    lists.map((one) => server.context.database.all({ ...one, sql: `explain query plan ${one.sql}` })),
  )
  return plans.flat().map((row) => String(row['detail']))
}
