// Strikes the n-th write of each request, for every n and in every way that a database can fail. Nothing is half done, nobody
// is told of a success that was none, the answer is one that the catalogue has, and the next request works.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { createServer, type LatchkeyServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import {
  type Database,
  faulty,
  type FaultyDatabase,
  sql,
  unguarded,
  type Write,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { fixedClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import { injecting, registerClient, signedIn, times } from '../races/ground.ts'
import { foreground } from '../support/foreground.ts'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'
import { pageScenarios } from './page-scenarios.ts'
import { type Attempt, type Ground, type Scenario, scenarios } from './scenarios.ts'

/** Between the server and its engine: the engine is not asked, or its answer is lost. */
const betweenWays = ['failed', 'busy', 'lost', 'unanswered'] as const
/** PostgreSQL itself refuses the write in the midst of its list, and undoes what stood before it. By SQLSTATE. */
const insideWays = { 'disk full': '53100', 'input/output error': '58030', 'serialization failure': '40001' } as const

export type Way = (typeof betweenWays)[number] | keyof typeof insideWays

export const waysOf: Readonly<Record<Database['engine'], readonly Way[]>> = {
  sqlite: ['failed', 'lost', 'busy', 'unanswered'],
  postgres: ['disk full', 'lost', 'unanswered', 'input/output error', 'serialization failure'],
}
/** Forms that hash passwords for every fault, and commit what a request of callers commits: the first two ways are enough. */
const costly: ReadonlySet<string> = new Set(['POST /account/password/', 'POST /accounts/signup/'])

const mostWrites = 40
const scopes = times(900, (n) => `scope-${n}`)

/** Raises what it is told; a serialization failure only every second time, so that the same list goes through when it is sent again. */
const strikeFunction = `
  create sequence strikes;
  create function strike(code text) returns boolean language plpgsql as $$
  begin
    if code <> '40001' or nextval('strikes') % 2 = 1 then raise exception 'struck' using errcode = code; end if;
    return true;
  end $$`

let folder: string
let place: PostgresPlace | undefined
let server: LatchkeyServer
let database: FaultyDatabase
let ground: Ground
/** The writes of the request under test, in their order. */
let written: Write[] = []
let inside: { readonly nth: number; readonly code: string } | undefined
let usedScopes = 0

/** Writes down what is to be written, so that a test knows what its fault strikes. */
function watched(inner: Database): Database {
  database = faulty(inner)
  return foreground(inner, {
    engine: database.engine,
    all: (query) => database.all(query),
    commit: (writes) => {
      const at = inside === undefined ? -1 : inside.nth - 1 - written.length
      written.push(...writes)
      return database.commit(
        inside !== undefined && at in writes ? writes.toSpliced(at, 0, raise(inside.code)) : writes,
      )
    },
    close: () => database.close(),
  })
}

function raise(code: string): Write {
  return unguarded(sql`update installation set epoch = epoch where strike(${code})`)
}

async function prepare(engine: Database['engine']): Promise<void> {
  folder = await mkdtemp(path.join(tmpdir(), 'latchkey-anomaly-'))
  place = engine === 'postgres' ? await postgresPlace() : undefined
  const limits = { signInAttemptsPerAccount: 1_000, signInAttemptsPerSource: 100_000 }
  server = await createServer({
    development: true,
    settings: { server: { dataDir: folder, ...(place === undefined ? {} : { databaseUrl: place.url }) }, limits },
    deps: { clock: fixedClock(Date.UTC(2027, 0, 15, 12)), log: silentLog, wrapDatabase: watched },
  })
  await place?.administer(strikeFunction)
  const { context } = server.app
  const client = await registerClient(context, 'app', {
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials', 'password'],
    scopes: ['read', 'write', ...scopes],
    refreshGraceSeconds: 0,
  })
  ground = {
    server,
    context,
    client,
    post: injecting({ server }),
    person: await signedIn(context, 'alice@example.com'),
    newScope: () => scopes[usedScopes++] ?? 'read',
  }
}

function arm(way: Way, nth: number): void {
  written = []
  if (way in insideWays) inside = { nth, code: insideWays[way as keyof typeof insideWays] }
  else database.arm({ on: 'write', nth, as: way as (typeof betweenWays)[number] })
}

function disarm(): void {
  inside = undefined
  database.arm()
}

/** False when the request had fewer writes than that. */
async function strike(scenario: Scenario, nth: number, way: Way): Promise<boolean> {
  const attempt = await scenario(ground)
  arm(way, nth)
  const answer = await attempt.send()
  disarm()
  const struck = written[nth - 1]
  if (struck === undefined) {
    assert.ok(attempt.isSuccess(answer), `untroubled, it answered ${answer.status}`)
    await attempt.succeeded?.(answer)
    return false
  }
  // A write that may touch any number of rows cannot be lost: there is nothing that it waits for.
  if (way === 'lost' && struck.rows === 'any') return true
  assert.ok(answer.status < 500 || answer.status === 503, `answered ${answer.status}`)
  if (way === 'serialization failure') assert.ok(attempt.isSuccess(answer), `it was not sent again: ${answer.status}`)
  if (attempt.isSuccess(answer)) await attempt.succeeded?.(answer)
  else if (way === 'unanswered') assert.equal(answer.status, 503)
  else {
    await attempt.refused(answer)
    if (way !== 'lost') assert.equal(answer.status, 503)
    await retry(attempt)
  }
  return true
}

async function retry(attempt: Attempt): Promise<void> {
  const again = await attempt.send()
  assert.ok(attempt.isSuccess(again), `the retry answered ${again.status} ${JSON.stringify(again.body)}`)
  await attempt.succeeded?.(again)
}

/** Requests of callers, or forms of pages. */
export const kinds: Readonly<Record<'callers' | 'pages', Readonly<Record<string, Scenario>>>> = {
  callers: scenarios,
  pages: pageScenarios,
}

/** The tests of one engine: one for each scenario. */
export function everyWriteFails(engine: Database['engine'], kind: keyof typeof kinds): void {
  before(() => prepare(engine))
  after(async () => {
    await server.close()
    await place?.remove()
    await rm(folder, { recursive: true })
  })
  for (const [name, scenario] of Object.entries(kinds[kind])) {
    test(`${name} on ${engine}: whichever write fails, and however, nothing is half done`, async (t) => {
      const ways = costly.has(name) ? waysOf[engine].slice(0, 2) : waysOf[engine]
      let struck = 0
      for (const way of ways) {
        for (let nth = 1; nth <= mostWrites; nth += 1) {
          if (!(await strike(scenario, nth, way))) break
          struck += 1
        }
      }
      t.diagnostic(`faults ${struck}`)
      assert.ok(struck >= ways.length, 'no write was struck')
    })
  }
}
