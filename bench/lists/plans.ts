// How each list is found: the statements that it and its count come to, and what the engine says of them.
import { Client } from 'pg'
import { countEntries, listEntries } from '../../packages/authorization-server/src/platform/console/index.ts'
import type { Database, Query } from '../../packages/authorization-server/src/platform/storage/index.ts'
import type { Case } from './cases.ts'

export interface Plan {
  /** The indexes that are read, and what is done besides, in short. */
  readonly ways: readonly string[]
}

export async function plansOf(
  database: Database,
  url: string | undefined,
  cases: readonly Case[],
): Promise<ReadonlyMap<Case, Plan>> {
  const client = url === undefined ? undefined : new Client({ connectionString: url })
  await client?.connect()
  try {
    const plans = new Map<Case, Plan>()
    for (const one of cases) {
      const asked = await statementsOf(database, one)
      const ways: string[] = []
      for (const query of asked) {
        ways.push(...(await (client === undefined ? sqliteWays(database, query) : postgresWays(client, query))))
      }
      plans.set(one, { ways: [...new Set(ways)] })
    }
    return plans
  } finally {
    await client?.end()
  }
}

async function statementsOf(database: Database, { noun, parsed, middle }: Case): Promise<readonly Query[]> {
  const asked: Query[] = []
  const listening: Database = {
    engine: database.engine,
    commit: (writes) => database.commit(writes),
    close: () => database.close(),
    all: (query) => {
      asked.push(query)
      return database.all(query)
    },
  }
  await listEntries(listening, noun, { ...parsed, after: middle }, undefined)
  await countEntries(listening, noun, parsed, undefined)
  return asked
}

async function sqliteWays(database: Database, query: Query): Promise<readonly string[]> {
  const rows = await database.all({ ...query, sql: `explain query plan ${query.sql}` })
  return rows.flatMap(({ detail }) => {
    const text = String(detail)
    const index = /USING (?:COVERING )?INDEX (\w+)/.exec(text)?.[1]
    if (index !== undefined) return [index]
    if (/INTEGER PRIMARY KEY/.test(text)) return ['primary key']
    if (/TEMP B-TREE/.test(text)) return ['sorts']
    return /^SCAN (?!CONSTANT)/.test(text) && !text.includes('some_rows') ? [text.toLowerCase()] : []
  })
}

async function postgresWays(client: Client, query: Query): Promise<readonly string[]> {
  const { rows } = await client.query<Record<string, unknown>>(`explain ${query.text}`, [...query.values])
  return rows.flatMap((row) => {
    const text = String(row['QUERY PLAN'])
    const index = /(?:Index (?:Only )?Scan(?: Backward)? using|Bitmap Index Scan on) (\w+)/.exec(text)?.[1]
    if (index !== undefined) return [index]
    if (/Incremental Sort/.test(text)) return ['sorts runs']
    if (/\bSort {2}\(/.test(text)) return ['sorts']
    const scanned = /Seq Scan on (\w+)/.exec(text)?.[1]
    return scanned === undefined ? [] : [`scan ${scanned}`]
  })
}
