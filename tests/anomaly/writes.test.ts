// The n-th write of a request fails, for every n and in every way that a database can fail. Nothing is half done, nobody is
// told of a success that was none, the answer is one that the catalogue has, and the next request works.
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
  type Write,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { fixedClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import { injecting, registerClient, signedIn, times } from '../races/ground.ts'
import { type Attempt, type Ground, type Scenario, scenarios } from './scenarios.ts'

const ways = ['failed', 'busy', 'lost'] as const
const mostWrites = 40
const scopes = times(600, (n) => `scope-${n}`)

let folder: string
let server: LatchkeyServer
let database: FaultyDatabase
let ground: Ground
/** The writes of the request under test, in their order. */
let written: Write[] = []
let usedScopes = 0

/** Writes down what is to be written, so that a test knows what its fault strikes. */
function watched(inner: Database): Database {
  database = faulty(inner)
  return {
    engine: database.engine,
    all: (query) => database.all(query),
    commit: (writes) => {
      written.push(...writes)
      return database.commit(writes)
    },
    close: () => database.close(),
  }
}

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latchkey-anomaly-'))
  const limits = { signInAttemptsPerAccount: 1_000, signInAttemptsPerSource: 100_000 }
  server = await createServer({
    development: true,
    settings: { server: { dataDir: folder }, limits },
    deps: { clock: fixedClock(Date.UTC(2027, 0, 15, 12)), log: silentLog, wrapDatabase: watched },
  })
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
})
after(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

/** False when the request had fewer writes than that. */
async function strike(scenario: Scenario, nth: number, as: (typeof ways)[number]): Promise<boolean> {
  const attempt = await scenario(ground)
  written = []
  database.arm({ on: 'write', nth, as })
  const answer = await attempt.send()
  database.arm()
  const struck = written[nth - 1]
  if (struck === undefined) {
    assert.ok(attempt.isSuccess(answer), `untroubled, it answered ${answer.status}`)
    await attempt.succeeded?.(answer)
    return false
  }
  // A write that may touch any number of rows cannot be lost: there is nothing that it waits for.
  if (as === 'lost' && struck.rows === 'any') return true
  assert.ok(answer.status < 500 || answer.status === 503, `answered ${answer.status}`)
  if (attempt.isSuccess(answer)) await attempt.succeeded?.(answer)
  else {
    await attempt.refused(answer)
    if (as !== 'lost') assert.equal(answer.status, 503)
    await retry(attempt)
  }
  return true
}

async function retry(attempt: Attempt): Promise<void> {
  const again = await attempt.send()
  assert.ok(attempt.isSuccess(again), `the retry answered ${again.status} ${JSON.stringify(again.body)}`)
  await attempt.succeeded?.(again)
}

for (const [name, scenario] of Object.entries(scenarios)) {
  test(`${name}: whichever write fails, and however, nothing is half done`, async (t) => {
    let struck = 0
    for (const as of ways) {
      for (let nth = 1; nth <= mostWrites; nth += 1) {
        if (!(await strike(scenario, nth, as))) break
        struck += 1
      }
    }
    t.diagnostic(`faults ${struck}`)
    assert.ok(struck >= ways.length, 'no write was struck')
  })
}
