// PostgreSQL locks the rows of a list in the order of its writes. Our own lists take them in one order, so they do not meet head-on;
// lists that do are undone by the server and sent again within the budget of retries, and nobody is told of it.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import { endCurrentSession } from '../../packages/authorization-server/src/features/browser/index.ts'
import { createServer, type LatchkeyServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import {
  type Database,
  guarded,
  integer,
  raw,
  sql,
  unguarded,
  type Write,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import {
  findConsent,
  giveConsent,
  withdrawConsent,
} from '../../packages/authorization-server/src/records/consents/index.ts'
import { endGrantsOfClientForUser } from '../../packages/authorization-server/src/records/grants/index.ts'
import { setUserActive } from '../../packages/authorization-server/src/records/users/index.ts'
import { setPassword } from '../matrix/changes.ts'
import {
  codeFor,
  injecting,
  type Pair,
  pairOf,
  redeem,
  refresh,
  registerClient,
  signedIn,
  type TestClient,
  times,
} from '../races/ground.ts'
import { type PostgresPlace, postgresPlace } from '../support/postgres.ts'

async function deadlocks(place: PostgresPlace): Promise<number> {
  // The server's processes tell their figures when they are idle, at most once a second.
  await delay(1_200)
  const [seen] = await place.administer(
    'select pg_stat_force_next_flush(), deadlocks from pg_stat_database where datname = current_database()',
  )
  return Number(seen?.['deadlocks'])
}

const raise = (n: number): Write => guarded(sql`update numbers set m = m + 1 where n = ${n}`)
/** Writes nothing, slowly, so that both have their first row before either asks for its second. */
const pause = unguarded(sql`insert into numbers (n) select 0 where pg_sleep(0.3) is null`)

test('lists of two nodes that lock the same rows in opposite order are all written, within the budget of retries', async (t) => {
  const place = await postgresPlace()
  const [first, second] = [await place.connect(), await place.connect()]
  const nodes: readonly Database[] = [first, second]
  const pairs = times(3, (n) => [2 * n + 1, 2 * n + 2] as const)
  const rounds = 2
  await first.commit([unguarded(raw('create table numbers (n bigint primary key, m bigint not null default 0)'))])
  await first.commit(pairs.flat().map((n) => guarded(sql`insert into numbers (n) values (${n})`)))
  const start = performance.now()
  for (const _round of times(rounds, (n) => n)) {
    const lists = pairs.flatMap(([one, other]) => [
      [raise(one), pause, raise(other)],
      [raise(other), pause, raise(one)],
    ])
    const results = await Promise.all(lists.map((list, at) => (at % 2 === 0 ? first : second).commit(list)))
    assert.deepEqual(
      results,
      lists.map(() => ({ won: true })),
    )
  }
  t.diagnostic(`${Math.round(performance.now() - start)} ms`)
  const rows = await second.all(sql`select m from numbers`)
  assert.deepEqual(
    rows.map((row) => integer(row, 'm')),
    pairs.flat().map(() => 2 * rounds),
  )
  await Promise.all(nodes.map((node) => node.close()))
  const met = await deadlocks(place)
  t.diagnostic(`deadlocks ${met}`)
  assert.ok(met >= pairs.length, 'no two lists met')
  await place.remove()
})

interface Cast {
  readonly servers: readonly LatchkeyServer[]
  readonly person: SignedIn
  readonly other: SignedIn
  readonly client: TestClient
  readonly pairs: readonly Pair[]
  readonly codes: readonly string[]
}

/** One person with two sessions and grants from both, and codes that wait. */
async function castOf(servers: readonly LatchkeyServer[], client: TestClient): Promise<Cast> {
  const [first] = servers
  assert.ok(first)
  const { context } = first.app
  const post = injecting({ server: first })
  const [person, other] = [await signedIn(context, 'alice@example.com'), await signedIn(context, 'alice@example.com')]
  const codes = await Promise.all(times(8, (n) => codeFor(context, n % 2 === 0 ? person : other, client)))
  const pairs = await Promise.all(codes.slice(0, 6).map(async (code) => pairOf(await redeem(post, client, code))))
  return { servers, person, other, client, pairs, codes }
}

/** Everything that writes to the rows of one person, at once, on both nodes. */
function clash({ servers, person, other, client, pairs, codes }: Cast): readonly Promise<unknown>[] {
  const [a, b] = servers
  assert.ok(a !== undefined && b !== undefined)
  const [postA, postB] = [injecting({ server: a }), injecting({ server: b })]
  const { user, session } = person
  const now = Date.now()
  const { database } = b.app.context
  const asked = async (answer: Promise<{ readonly status: number }>): Promise<void> => {
    const { status } = await answer
    assert.ok(status === 200 || status === 400, `answered ${status}`)
  }
  return [
    ...pairs.map((pair, n) => asked(refresh(n % 2 === 0 ? postA : postB, client, pair.refresh))),
    ...codes.map((code, n) => asked(redeem(n % 2 === 0 ? postB : postA, client, code))),
    asked(postA('/o/revoke_token/', { token: pairs[0]?.refresh ?? '', ...client.credentials })),
    endCurrentSession(a.app.context, other),
    database.commit([withdrawConsent(user.id, client.row, now), endGrantsOfClientForUser(user.id, client.row, now)]),
    setPassword({ context: a.app.context, post: postA, person, client }, { sessionId: session.id }),
  ]
}

test('whatever writes to one person at once, on two nodes, takes its rows in one order', async (t) => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'latchkey-locks-'))
  const place = await postgresPlace()
  const settings = { server: { dataDir, databaseUrl: place.url } }
  const open = (): Promise<LatchkeyServer> => createServer({ development: true, settings, deps: { log: silentLog } })
  const servers = [await open(), await open()]
  const [{ app }] = servers as [LatchkeyServer]
  const client = await registerClient(app.context, 'locks', { refreshGraceSeconds: 0 })
  let requests = 0
  for (const _round of times(12, (n) => n)) {
    const cast = await castOf(servers, client)
    const clashing = clash(cast)
    requests += clashing.length
    await Promise.all(clashing)
    // What the next round needs again.
    const { user } = cast.person
    const known = await findConsent(app.context.database, user.id, client.row)
    await app.context.database.commit([
      setUserActive(user.id, true, Date.now()),
      giveConsent(user.id, client.row, ['read', 'write'], known, Date.now()),
    ])
  }
  await Promise.all(servers.map((server) => server.close()))
  const met = await deadlocks(place)
  t.diagnostic(`requests ${requests}, deadlocks ${met}`)
  assert.equal(met, 0)
  await place.remove()
  await rm(dataDir, { recursive: true })
})
