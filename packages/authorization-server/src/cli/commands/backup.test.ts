import assert from 'node:assert/strict'
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exitCodes } from '../exit.ts'
import type { Roof } from '../installation.ts'
import { roofOver } from '../roof.ts'
import { type Outcome, run } from '../testing.ts'
import { command as backup } from './backup.ts'
import { command as copy } from './db-copy.ts'
import { command as restore } from './restore.ts'
import { command as userCreate } from './user-create.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-backup-command-'))
})
after(() => rm(folder, { recursive: true }))

function roofIn(name: string): Roof {
  const environment = { LATCHKEY_DATA_DIR: join(folder, name) }
  return roofOver({ environment, flags: [], readFile: () => assert.fail('no file is read') })
}

function latchkey(roof: Roof, ...words: string[]): Promise<Outcome> {
  return run([backup, copy, restore, userCreate], words, { roof })
}

/** A user and the keys that a first start makes. */
async function installation(name: string): Promise<Roof> {
  const roof = roofIn(name)
  assert.equal((await latchkey(roof, 'user', 'create', '--email', 'ann@example.com', '--generate', '-q')).code, 0)
  const opened = await roof.open('write')
  await opened.keys()
  await opened.close()
  return roof
}

test('people read where the backup is, which key it needs and what comes next', async () => {
  const roof = await installation('told')
  const file = join(folder, 'told.backup.gz')
  const { code, stdout, stderr } = await latchkey(roof, 'backup', '--to', file)
  assert.equal(code, 0)
  assert.match(stdout, /^file +.*told\.backup\.gz\nbytes +\d+\nrows +\d+\nneeds the master key +[\w-]{16}\n$/)
  assert.match(stderr, /The master key is not in it: keep .*master\.key elsewhere/)
  assert.match(stderr, /Next: latchkey restore .*told\.backup\.gz --verify/)
  const verified = await latchkey(roof, 'restore', file, '--verify')
  assert.match(verified.stderr, /The backup is whole, and the master key fits\./)
  assert.match(
    verified.stdout,
    /^taken +\d{4}-.*\nfrom +sqlite, Latchkey \d.*\nmaster key +[\w-]{16}\n[^]*\nusers +1\n/,
  )
})

test('without --to the file has the time in its name and lies where the command runs', async () => {
  const roof = await installation('unnamed')
  const here = process.cwd()
  const there = join(folder, 'there')
  await mkdir(there)
  process.chdir(there)
  try {
    assert.equal((await latchkey(roof, 'backup', '-q')).code, 0)
  } finally {
    process.chdir(here)
  }
  const [name, ...more] = await readdir(there)
  assert.match(name ?? '', /^latchkey-\d{8}T\d{6}Z\.backup\.gz$/)
  assert.deepEqual(more, [])
})

test('a restore says what is so afterwards, and a copy how to go on', async () => {
  const roof = await installation('from')
  const file = join(folder, 'from.backup.gz')
  assert.equal((await latchkey(roof, 'backup', '--to', file, '-q')).code, 0)
  await mkdir(join(folder, 'to'))
  await copyFile(join(folder, 'from', 'master.key'), join(folder, 'to', 'master.key'))
  const done = await latchkey(roofIn('to'), 'restore', file)
  assert.equal(done.code, 0, done.stderr)
  assert.match(done.stderr, /Everybody signs in again; passwords and client secrets are those of the backup\./)
  const copied = await latchkey(roofIn('to'), 'db', 'copy', '--to', `sqlite:${join(folder, 'third', 'latchkey.db')}`)
  assert.equal(copied.code, 0, copied.stderr)
  assert.match(copied.stderr, /Start the servers with LATCHKEY_DATA_DIR and the same master key, and none on .* again/)
  assert.match(copied.stdout, /^table +rows +SHA-256\n/)
})

test('what is not there is named', async () => {
  const none = roofIn('none')
  const cases = [
    await latchkey(none, 'backup', '--json'),
    await latchkey(none, 'restore', join(folder, 'no-such-file'), '--json'),
    await latchkey(none, 'db', 'copy', '--to', 'sqlite:x', '--json'),
  ]
  for (const { code, stdout } of cases) {
    assert.equal(code, exitCodes.notFound)
    assert.match(stdout, /"code":"no_(database|backup)"/)
  }
  const aimless = await latchkey(none, 'db', 'copy', '--json')
  assert.equal(aimless.code, exitCodes.usage)
  const twice = await latchkey(none, 'db', 'copy', '--to', 'sqlite:x', '--to-stdin', '--json')
  assert.equal(twice.code, exitCodes.usage)
})
