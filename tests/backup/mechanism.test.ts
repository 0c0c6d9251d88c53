// The mechanism beneath: consistent beside a writer, whole or not at all, and nothing in a file is believed.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { createServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import {
  type Database,
  migrate,
  type Migration,
  type Row,
  sql,
  transferTools,
  unguarded,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { fixedClock, systemClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import { migrations } from '../../packages/authorization-server/src/schema.ts'
import { carryKey, engines, type Ground, layGround, printed } from './ground.ts'

const { openBackup, openSnapshot, openTarget, transfer, writeBackup } = await transferTools()

/** Every kind of column, a key of two columns, references against the order of names, and a counter. */
const odd: readonly Migration[] = [
  {
    id: '0001-odd',
    up: (c) => [
      `create table owners (id ${c.identity}, name ${c.text} not null) ${c.strict}`,
      `create table belongings (owner ${c.integer} not null references owners (id), part ${c.text} not null,
        picture ${c.bytes}, is_whole ${c.flag}, facts ${c.json}, primary key (part, owner)) ${c.strict}`,
    ],
  },
  { id: '0002-odd', up: (c) => [`alter table owners add column weight ${c.integer} not null default 7`] },
]
const texts = ['', 'ä€😀', '"\\\n\t', 'a,b;c{}', 'NULL', '\\N', "o'clock", '\u2028']

async function fillOdd(database: Database): Promise<void> {
  await migrate(database, odd.slice(0, 1), systemClock)
  await database.commit(texts.map((name) => unguarded(sql`insert into owners (name) values (${name})`)))
  await database.commit(
    texts.map((part, at) => {
      const picture = at % 2 === 0 ? Uint8Array.from({ length: at * 9 }, (_, byte) => (byte * 7) % 256) : null
      return unguarded(sql`insert into belongings (owner, part, picture, is_whole, facts)
        values (${at + 1}, ${part}, ${picture}, ${at % 2}, ${JSON.stringify({ at, part })})`)
    }),
  )
  await database.commit([
    unguarded(sql`insert into owners (id, name) values (${9_007_199_254_740_000}, 'far')`),
    unguarded(sql`delete from owners where name = 'far'`),
  ])
}

/** Without the classes that the engines make rows and bytes of. */
function comparable(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      ]),
    ),
  )
}

const head = {
  createdAt: '2027-01-15T12:00:00.000Z',
  program: '0',
  installationEpoch: 1,
  ringKeys: [1],
  masterKey: 'a',
}
const never = new AbortController().signal

async function backedUp(ground: Ground, file: string): Promise<void> {
  const snapshot = await openSnapshot(ground.place)
  const tag = (digest: string): string => `tag of ${digest}`
  await writeBackup(snapshot, { file, draftId: 'x', head, tag, progress: () => {}, stopped: never })
  await snapshot.close()
}

const isTagged = (_: unknown, digest: string, tag: string): boolean => tag === `tag of ${digest}`

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-mechanism-'))
})
after(() => rm(folder, { recursive: true }))

for (const from of engines) {
  for (const to of engines) {
    test(`every kind of column goes from ${from} to ${to} through a file, and later migrations follow`, async () => {
      const [source, goal] = [await layGround(from), await layGround(to)]
      const database = await source.open()
      await fillOdd(database)
      const sent = comparable(await database.all(sql`select * from belongings order by part, owner`))
      await database.close()
      const file = join(folder, `${from}-${to}`)
      await backedUp(source, file)
      const backup = await openBackup(file, isTagged)
      const target = await openTarget(goal.place)
      await transfer(backup, target, { migrations: odd, clock: fixedClock(5), progress: () => {} })
      await target.close()
      const arrived = await goal.open()
      assert.deepEqual(comparable(await arrived.all(sql`select * from belongings order by part, owner`)), sent)
      assert.deepEqual(
        comparable(await arrived.all(sql`select name, weight from owners order by id`)),
        texts.map((name) => ({ name, weight: 7 })),
      )
      await arrived.commit([unguarded(sql`insert into owners (name) values ('next')`)])
      const [next] = await arrived.all(sql`select id from owners where name = 'next'`)
      // PostgreSQL counts only what it gave itself; SQLite also what it was told.
      assert.equal(next?.['id'], from === 'sqlite' ? 9_007_199_254_740_001 : 9)
      assert.deepEqual(
        (await arrived.all(sql`select id from schema_migrations order by id`)).map((row) => row['id']),
        odd.map(({ id }) => id),
      )
      await arrived.close()
      await source.remove()
      await goal.remove()
    })
  }
}

for (const engine of engines) {
  void describe(`on ${engine}`, () => {
    test('a backup beside a busy writer holds each of its commits whole or not at all', async () => {
      const ground = await layGround(engine)
      const database = await ground.open()
      const pairs: Migration = {
        id: '0001-pairs',
        up: (c) => [
          `create table lefts (id ${c.identity}, text ${c.text} not null) ${c.strict}`,
          `create table rights (id ${c.identity}, text ${c.text} not null) ${c.strict}`,
        ],
      }
      await migrate(database, [pairs], systemClock)
      const state = { isOver: false, written: 0 }
      const write = async (): Promise<void> => {
        while (!state.isOver) {
          const text = `${state.written}`.padEnd(400, 'x')
          await database.commit([
            unguarded(sql`insert into lefts (text) values (${text})`),
            unguarded(sql`insert into rights (text) values (${text})`),
          ])
          state.written += 1
        }
      }
      const writers = [write(), write(), write(), write()]
      while (state.written < 2_000) await new Promise((resolve) => setImmediate(resolve))
      const file = join(folder, `${engine}-busy`)
      const sooner = state.written
      await backedUp(ground, file)
      const later = state.written
      state.isOver = true
      await Promise.all(writers)
      const { contents, close } = await openBackup(file, isTagged)
      const [lefts, rights] = contents.tables
      assert.ok(lefts && rights)
      assert.equal(lefts.rows, rights.rows)
      assert.ok(lefts.rows >= sooner, 'nothing acknowledged before it is missing')
      assert.ok(later > sooner, 'the writer was not held up')
      close()
      const goal = await layGround(engine)
      const target = await openTarget(goal.place)
      const options = { migrations: [pairs], clock: systemClock, progress: () => {} }
      await transfer(await openBackup(file, isTagged), target, options)
      await target.close()
      await database.close()
      await ground.remove()
      await goal.remove()
    })

    test('a restore that is killed leaves a database on which no server starts, and the next one fills', async () => {
      const ground = await layGround(engine)
      await (await ground.serve()).close()
      const file = join(folder, `${engine}-killed.backup.gz`)
      printed(await ground.latchkey(['backup', '--to', file, '--json']))
      const goal = await layGround(engine)
      await carryKey(ground, goal)
      const { place, dataDir } = goal
      const address = place.engine === 'sqlite' ? place.file : place.url
      const child = spawn(process.execPath, [join(import.meta.dirname, 'interrupted-child.ts'), engine, address, file])
      child.stderr.pipe(process.stderr)
      await once(child.stdout, 'data')
      const meanwhile = await goal.latchkey(['restore', file, '--json'])
      assert.ok(meanwhile.code === 5 || meanwhile.code === 7, meanwhile.stdout)
      child.kill('SIGKILL')
      await once(child, 'exit')
      const server = { dataDir, ...(place.engine === 'postgres' ? { databaseUrl: place.url } : {}) }
      await assert.rejects(createServer({ settings: { server }, deps: { log: silentLog } }), {
        name: 'UnfinishedTransfer',
      })
      const refused = await goal.latchkey(['user', 'create', '--email', 'a@example.com', '--generate', '--json'])
      assert.equal(refused.code, 5)
      assert.match(refused.stdout, /"code":"unfinished_transfer"/)
      const backup = await goal.latchkey(['backup', '--to', join(folder, `${engine}-none`), '--json'])
      assert.match(backup.stdout, /"code":"unfinished_transfer"/)

      printed(await goal.latchkey(['restore', file, '--json']))
      await (await goal.serve()).close()
      await ground.remove()
      await goal.remove()
    })

    test('a target that does not read back what it was given is not kept', async () => {
      const [ground, goal] = [await layGround(engine), await layGround(engine)]
      const database = await ground.open()
      await fillOdd(database)
      await database.close()
      const snapshot = await openSnapshot(ground.place)
      const target = await openTarget(goal.place)
      const forgetful = new Proxy(target, {
        get: (real, name) => {
          if (name === 'insert') return async () => {}
          const member: unknown = Reflect.get(real, name)
          return typeof member === 'function' ? member.bind(real) : member
        },
      })
      const options = { migrations: odd, clock: systemClock, progress: () => {} }
      await assert.rejects(transfer(snapshot, forgetful, options), /did not arrive as it left/)
      await target.close()
      await snapshot.close()
      const again = await openTarget(goal.place)
      const whole = await openSnapshot(ground.place)
      await transfer(whole, again, options)
      await again.close()
      await whole.close()
      await ground.remove()
      await goal.remove()
    })
  })
}

void describe('a backup file', () => {
  let ground: Ground
  let file = ''
  before(async () => {
    ground = await layGround('sqlite')
    await (await ground.serve()).close()
    file = join(folder, 'whole.backup.gz')
    printed(await ground.latchkey(['backup', '--to', file, '--json']))
  })
  after(() => ground.remove())

  const verified = async (path: string): Promise<{ readonly code: number; readonly stdout: string }> =>
    ground.latchkey(['restore', path, '--verify', '--json'])

  test('is for its owner only, replaces nothing, and leaves no draft', async () => {
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    const taken = await readFile(file)
    const again = await ground.latchkey(['backup', '--to', file, '--json'])
    assert.equal(again.code, 5)
    assert.match(again.stdout, /"code":"transfer_exists"/)
    assert.deepEqual(await readFile(file), taken)
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('draft')),
      [],
    )
  })

  test('says what it is in its first line, and holds no master key', async () => {
    const text = gunzipSync(await readFile(file)).toString('utf8')
    const first: unknown = JSON.parse(text.slice(0, text.indexOf('\n')))
    assert.ok(typeof first === 'object' && first !== null)
    const {
      format,
      version,
      engine,
      installationEpoch,
      ringKeys,
      masterKey,
      migrations: applied,
    } = { ...first } as Record<string, unknown>
    assert.deepEqual(
      { format, version, engine, installationEpoch, ringKeys },
      { format: 'latchkey-backup', version: 1, engine: 'sqlite', installationEpoch: 1, ringKeys: [1] },
    )
    assert.ok(Array.isArray(applied) && applied.length === migrations.length)
    assert.match(String(masterKey), /^[\w-]{16}$/)
    const key = (await readFile(join(ground.dataDir, 'master.key'), 'utf8')).trim()
    assert.ok(!text.includes(key))
    const shown = await ground.latchkey(['backup', '--to', join(folder, 'second.backup.gz')])
    assert.match(shown.stderr, /The master key is not in it: keep .*master\.key elsewhere/)
  })

  test('is verified without a database', async () => {
    const outcome = await verified(file)
    assert.equal(outcome.code, 0)
    assert.match(outcome.stdout, /"verified":true.*"users":2/)
  })

  test('is refused when it was cut off, at whatever place', async () => {
    const cut = join(folder, 'cut')
    const bytes = await readFile(file)
    for (const length of [0, 1, 20, Math.floor(bytes.length / 2), bytes.length - 9, bytes.length - 1]) {
      await writeFile(cut, bytes)
      await truncate(cut, length)
      const outcome = await verified(cut)
      assert.equal(outcome.code, 8, `${length}: ${outcome.stdout}`)
      assert.match(outcome.stdout, /"code":"transfer_damaged"/)
    }
  })

  test('is refused when a byte is another, or a line was changed, moved, added or taken away', async () => {
    const changed = join(folder, 'changed')
    const lines = gunzipSync(await readFile(file))
      .toString('utf8')
      .split('\n')
    const row = lines.findIndex((line) => line.includes('alice@example.com'))
    const changes: Readonly<Record<string, (all: string[]) => string[]>> = {
      row: (all) => all.with(row, (all[row] ?? '').replace('alice@', 'mallory@')),
      moved: (all) => all.with(row, all[row - 1] ?? '').with(row - 1, all[row] ?? ''),
      removed: (all) => all.toSpliced(row, 1),
      doubled: (all) => all.toSpliced(row, 0, all[row] ?? ''),
      epoch: (all) => all.with(0, (all[0] ?? '').replace('"installationEpoch":1', '"installationEpoch":2')),
      after: (all) => [...all.slice(0, -1), '{"more":1}', ''],
      untagged: (all) => all.map((line) => line.replace(/"tag":"[^"]*"/, '"tag":"none"')),
      noJson: (all) => all.with(row, 'not json'),
    }
    for (const [name, change] of Object.entries(changes)) {
      await writeFile(changed, gzipSync(change([...lines]).join('\n')))
      const outcome = await verified(changed)
      assert.equal(outcome.code, 8, `${name}: ${outcome.stdout}`)
      assert.match(outcome.stdout, /"code":"transfer_damaged"/, name)
      assert.doesNotMatch(outcome.stdout, /mallory|alice/, name)
    }
    await writeFile(changed, 'no gzip at all')
    assert.match((await verified(changed)).stdout, /"code":"transfer_damaged"/)
  })

  test('of a newer version is refused by name', async () => {
    const newer = join(folder, 'newer')
    const text = gunzipSync(await readFile(file)).toString('utf8')
    await writeFile(newer, gzipSync(text.replace('"0013-setup-links"', '"9999-from-the-future"')))
    const outcome = await verified(newer)
    assert.equal(outcome.code, 8)
    assert.match(outcome.stdout, /"code":"transfer_newer".*9999-from-the-future/)
    await writeFile(newer, gzipSync(text.replace('"version":1', '"version":2')))
    assert.match((await verified(newer)).stdout, /"code":"transfer_newer"/)
  })

  test('that cannot be written leaves nothing', async () => {
    const outcome = await ground.latchkey(['backup', '--to', join(folder, 'no', 'such', 'folder'), '--json'])
    assert.equal(outcome.code, 4)
    const stopped = new AbortController()
    const snapshot = await openSnapshot(ground.place)
    const stop = join(folder, 'stopped')
    const begun = writeBackup(snapshot, {
      file: stop,
      draftId: 'x',
      head,
      tag: () => '',
      progress: () => stopped.abort(),
      stopped: stopped.signal,
    }).catch(() => undefined)
    await begun
    await snapshot.close()
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('stopped')),
      [],
    )
  })
})
