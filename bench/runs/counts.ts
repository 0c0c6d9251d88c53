// What needs no clock: statements of each operation, and rows that refreshes leave. The server runs in this process, over a
// database that counts.
import { createServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import {
  type Database,
  faulty,
  type FaultyDatabase,
  raw,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { countedLoop, Pool, type Source } from '../load/loops.ts'
import type { Ground } from '../servers/latchkey.ts'
import { fillThrough } from '../servers/material.ts'
import { freePort } from '../../tests/support/port.ts'
import type { Engine, Material } from '../servers/target.ts'
import { exactly, type Figure } from './bars.ts'
import {
  authorize,
  clientCredentials,
  codeExchange,
  introspectGarbage,
  introspectValid,
  ourPaths,
  refresh,
} from './operations.ts'

const asked = 20
const warmUpRefreshes = 500

function sources(material: Material): Readonly<Record<string, Source>> {
  return {
    'client-credentials': clientCredentials(material, ourPaths),
    'introspect-valid': introspectValid(material, ourPaths),
    'introspect-garbage': introspectGarbage(material, ourPaths),
    refresh: refresh(material, ourPaths),
    code: codeExchange(material, ourPaths),
    authorize: authorize(material, ourPaths),
  }
}

export async function countStatements(ground: Ground, refreshes: number): Promise<readonly Figure[]> {
  const place = await ground.place()
  const port = await freePort()
  let counting: FaultyDatabase | undefined
  const server = await createServer({
    settings: {
      server: {
        host: '127.0.0.1',
        port,
        dataDir: place.dataDir,
        ...(place.databaseUrl ? { databaseUrl: place.databaseUrl } : {}),
      },
    },
    deps: {
      log: silentLog,
      wrapDatabase: (database) => {
        counting = faulty(database)
        return counting
      },
    },
  })
  if (counting === undefined) throw new Error('The database was not wrapped.')
  const material = await fillThrough(server.app.context, { people: 100, asked: 100, codes: 100 })
  await server.listen()
  const pool = new Pool(port, 8)
  try {
    const figures: Figure[] = []
    for (const [name, source] of Object.entries(sources(material))) {
      figures.push(await statementsOf(counting, pool, ground.engine, name, source))
    }
    return [...figures, await rowsLeft(counting, pool, ground.engine, material, refreshes)]
  } finally {
    pool.close()
    await server.close()
  }
}

async function statementsOf(
  counting: FaultyDatabase,
  pool: Pool,
  engine: Engine,
  name: string,
  source: Source,
): Promise<Figure> {
  // The first one fills the caches that stand for a second.
  await verified(pool, source, 1)
  counting.arm()
  await verified(pool, source, asked)
  const { reads, writes, commits } = counting.counts()
  // Housekeeping may add one now and then: a part of a statement is none of ours.
  const each = (count: number): number => Math.floor(count / asked)
  const note = `${each(reads)} read, ${each(writes)} written in ${each(commits)} commits`
  return { id: `statements:${name}`, engine, value: exactly(each(reads) + each(writes)), note }
}

async function verified(pool: Pool, source: Source, count: number): Promise<void> {
  const { faultCount, faults } = await countedLoop(pool, source, 1, count)
  if (faultCount > 0) throw new Error(`An answer was wrong: ${faults[0]}`)
}

async function rowsLeft(
  database: Database,
  pool: Pool,
  engine: Engine,
  material: Material,
  refreshes: number,
): Promise<Figure> {
  // The tokens that the statements left begin new chains. The first refreshes make what connections and jobs keep once.
  const source = refresh({ ...material, refreshTokens: material.refreshTokens.slice(asked + 1) }, ourPaths)
  await countedLoop(pool, source, 8, warmUpRefreshes)
  const before = await countRows(database)
  const { faultCount, faults } = await countedLoop(pool, source, 8, refreshes)
  if (faultCount > 0) throw new Error(`A refresh was wrong: ${faults[0]}`)
  return { id: 'rows', engine, value: exactly((await countRows(database)) - before), note: `${refreshes} refreshes` }
}

/** What jobs write of earlier events, and of an hour, however much is asked in it. */
const ofJobs: readonly unknown[] = ['leases', 'event_chain', 'usage_hours']

async function countRows(database: Database): Promise<number> {
  const tables = await database.all(
    raw(
      database.engine === 'sqlite'
        ? `select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`
        : `select tablename as name from pg_tables where schemaname = 'public'`,
    ),
  )
  let total = 0
  for (const table of tables.filter(({ name }) => !ofJobs.includes(name))) {
    const [row] = await database.all(raw(`select count(*) as n from ${String(table['name'])}`))
    total += Number(row?.['n'])
  }
  return total
}
