// The event log can be proved, on either engine: it is chained in the background, `latchkey audit verify` walks it while the server
// runs and when it is stopped, and the proof goes along with backups and copies.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, test } from 'node:test'
import {
  type Database,
  type Sql,
  sql,
  unguarded,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import {
  chainBatch,
  chainPurpose,
  recordEvent,
  waitingEvents,
} from '../../packages/authorization-server/src/records/events/index.ts'
import { passwordTokens, type TestServer } from '../support/server.ts'
import { carryKey, type Engine, engines, type Ground, layGround, printed } from './ground.ts'

const other: Readonly<Record<Engine, Engine>> = { sqlite: 'postgres', postgres: 'sqlite' }

function verify(ground: Ground, ...words: string[]): ReturnType<Ground['latchkey']> {
  return ground.latchkey(['audit', 'verify', '--json', ...words])
}

async function allChained({ context }: TestServer): Promise<void> {
  const deadline = performance.now() + 10_000
  while ((await waitingEvents(context.database, 1)).length > 0) {
    assert.ok(performance.now() < deadline, 'events are not chained in time')
    await delay(50)
  }
}

/** What somebody does who has the database and nothing else. */
async function tamper(ground: Ground, ...statements: readonly Sql[]): Promise<void> {
  const database = await ground.open()
  assert.ok((await database.commit(statements.map((one) => unguarded(one)))).won)
  await database.close()
}

/** What the job does, without waiting for its turn. */
async function chainNow({ context }: TestServer): Promise<void> {
  const digests = context.keys.keyedDigests(chainPurpose)
  while ((await waitingEvents(context.database, 1)).length > 0) await chainBatch(context.database, digests)
}

async function someEvents(database: Database, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, n) =>
    recordEvent({
      kind: 'session.ended',
      at: 1_000 + n,
      userId: n,
      address: '192.0.2.7',
      detail: { n, name: 'Zoë\u0000' },
    }),
  )
  assert.ok((await database.commit(events)).won)
}

for (const engine of engines) {
  void describe(`on ${engine}`, () => {
    test('it is whole while the server runs and when it is stopped, and the head of before is part of it', async () => {
      const ground = await layGround(engine)
      const server = await ground.serve()
      await passwordTokens(server.url)
      await allChained(server)
      const running = printed(await verify(ground))
      assert.equal(running['whole'], true)
      assert.ok(Number(running['chained']) > 0)
      assert.equal(running['notYetChained'], 0)
      await passwordTokens(server.url)
      await allChained(server)
      await server.close()
      printed(await ground.latchkey(['user', 'create', '--email', 'late@example.com', '--generate', '--json']))
      const head = String(running['head'])
      const stopped = printed(await verify(ground, '--head', head))
      assert.ok(Number(stopped['chained']) > Number(running['chained']))
      assert.ok(Number(stopped['notYetChained']) >= 1, 'what the command line wrote waits for a server')
      assert.match(String(stopped['notYetChainedSince']), /^20\d\d-/)
      const again = printed(await verify(ground))
      assert.equal(again['notYetChained'], stopped['notYetChained'], 'it chains nothing itself')
      await tamper(ground, sql`delete from users where email = 'late@example.com'`)
      assert.equal((await verify(ground)).code, 0, 'who is deleted is not deleted from the log')
      const wrong = await verify(ground, '--head', 'short')
      assert.equal(wrong.code, 2)
      await writeFile(join(ground.dataDir, 'master.key'), 'ab'.repeat(15) + '0123456789abcdef0123456789abcdef01', {
        mode: 0o600,
      })
      const strange = await verify(ground)
      assert.equal(strange.code, 3, strange.stdout)
      assert.match(strange.stdout, /"code":"master_key"/)
      await ground.remove()
    })

    test('nodes that chain at once make one chain, and an event that became visible late is not missed', async () => {
      const ground = await layGround(engine)
      const server = await ground.serve()
      const { database, keys } = server.context
      await chainNow(server)
      const digests = keys.keyedDigests(chainPurpose)
      await someEvents(database, 400)
      // A number that was given before those, whose commit comes after them.
      const [row] = await database.all(sql`select max(id) as last from events`)
      const late = Number(row?.['last']) + 100
      await database.commit([
        unguarded(
          sql`insert into events (id, kind, at, address, detail) values (${late + 5}, 'user.created', 1, '', '{}')`,
        ),
      ])
      const racing = async (): Promise<void> => {
        for (let round = 0; round < 12; round += 1) await chainBatch(database, digests, 60)
      }
      await Promise.all([racing(), racing(), racing()])
      await chainNow(server)
      await database.commit([
        unguarded(
          sql`insert into events (id, kind, at, address, detail) values (${late}, 'user.created', 2, '', '{}')`,
        ),
      ])
      await chainNow(server)
      await server.close()
      const found = printed(await verify(ground))
      const [count] = await withDatabase(ground, (one) => one.all(sql`select count(*) as n from events`))
      assert.deepEqual([found['chained'], found['notYetChained'], found['late']], [Number(count?.['n']), 0, 1])
      await ground.remove()
    })

    test('whoever has only the database changes nothing unseen', async () => {
      const ground = await layGround(engine)
      const server = await ground.serve()
      await someEvents(server.context.database, 20)
      await chainNow(server)
      await server.close()
      const head = String(printed(await verify(ground))['head'])
      const fault = async (...words: string[]): Promise<unknown> => {
        const outcome = await verify(ground, ...words)
        assert.equal(outcome.code, 8, outcome.stdout)
        const { fault: found } = JSON.parse(outcome.stdout) as { fault: { kind: string; position: number } }
        return [found.kind, found.position]
      }
      const fifth = sql`(select event_id from event_chain where position = 5)`
      await tamper(ground, sql`update events set address = '198.51.100.1' where id = ${fifth}`)
      assert.deepEqual(await fault(), ['changed', 5])
      await tamper(ground, sql`delete from events where id = ${fifth}`)
      assert.deepEqual(await fault(), ['removed', 5])
      const said = await ground.latchkey(['audit', 'verify'])
      assert.match(said.stderr, /Event \d+ at position 5 is missing: it was removed\./)
      await tamper(ground, sql`delete from event_chain where position >= 5`)
      assert.equal((await verify(ground)).code, 0, 'without a head a shorter log is as good')
      assert.equal(JSON.stringify(await fault('--head', head)), '["truncated",5]')
      await ground.remove()
    })

    test(`it goes along with a backup, and with a copy to ${other[engine]}`, async () => {
      const [from, restored, copied] = [
        await layGround(engine),
        await layGround(engine),
        await layGround(other[engine]),
      ]
      const server = await from.serve()
      await someEvents(server.context.database, 30)
      await chainNow(server)
      await server.close()
      const { head, chained } = printed(await verify(from))
      const file = join(from.dataDir, 'a.backup')
      printed(await from.latchkey(['backup', '--to', file, '--json']))
      await carryKey(from, restored)
      await carryKey(from, copied)
      printed(await restored.latchkey(['restore', file, '--json']))
      const address = copied.place.engine === 'postgres' ? copied.place.url : `sqlite:${copied.place.file}`
      printed(await from.latchkey(['db', 'copy', '--to-stdin', '--json'], { stdin: `${address}\n` }))
      for (const ground of [restored, copied]) {
        const found = printed(await verify(ground, '--head', String(head)))
        assert.equal(found['chained'], chained)
        const next = await ground.serve()
        await passwordTokens(next.url)
        await chainNow(next)
        await next.close()
        assert.ok(Number(printed(await verify(ground, '--head', String(head)))['chained']) > Number(chained))
      }
      for (const ground of [from, restored, copied]) await ground.remove()
    })
  })
}

async function withDatabase<T>(ground: Ground, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await ground.open()
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}
