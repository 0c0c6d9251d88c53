import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import {
  deriveKey,
  loadOrCreateMasterKeyFile,
  type MasterKey,
  MasterKeyFault,
  parseMasterKey,
  type Random,
  seededRandom,
  systemRandom,
} from './index.ts'

const folder = await mkdtemp(join(tmpdir(), 'latchkey-master-key-'))
after(() => rm(folder, { recursive: true }))

const bytes = Buffer.from(seededRandom(1).bytes(32))
const textOf = (key: MasterKey): string => key.export().toString('hex')

test('a master key is read in hex, base64url and base64, with space around it', () => {
  for (const text of [
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64url'),
    `${bytes.toString('base64')}\n`,
  ]) {
    assert.equal(textOf(parseMasterKey(text)), bytes.toString('hex'))
  }
})

test('a master key that is short, long, foreign or plainly not random is refused with the way to make one', () => {
  const refused: readonly (readonly [text: string, reason: RegExp])[] = [
    ['', /must be 32 bytes/],
    ['changeme', /must be 32 bytes/],
    [bytes.toString('hex').slice(2), /must be 32 bytes/],
    [`${bytes.toString('hex')}00`, /must be 32 bytes/],
    [bytes.toString('base64url').replace(/./, '*'), /must be 32 bytes/],
    ['00'.repeat(32), /repeats/],
    ['0123456789abcdef'.repeat(4), /repeats/],
    [Buffer.from(Array.from({ length: 32 }, (_, index) => index + 5)).toString('hex'), /counts/],
    [Buffer.from('latchkey-development-master-key!').toString('base64url'), /readable text/],
  ]
  for (const [text, reason] of refused) {
    assert.throws(
      () => parseMasterKey(text),
      (error) =>
        error instanceof MasterKeyFault && reason.test(error.message) && error.message.includes('openssl rand'),
      text,
    )
  }
})

test('a refused or printed master key shows nothing of itself', () => {
  const weak = '0123456789abcdef'.repeat(4)
  assert.throws(
    () => parseMasterKey(weak),
    (error) => error instanceof Error && !error.message.includes('0123'),
  )
  assert.ok(!JSON.stringify(parseMasterKey(bytes.toString('hex'))).includes(bytes.toString('hex').slice(0, 8)))
})

test('the first start makes the file for its owner only, and the next one reads the same key', async () => {
  const path = join(folder, 'first', 'master.key')
  const made = await loadOrCreateMasterKeyFile(path, systemRandom, true)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.equal((await stat(join(folder, 'first'))).mode & 0o777, 0o700)
  assert.equal(textOf(await loadOrCreateMasterKeyFile(path, systemRandom, true)), textOf(made))
  assert.equal(textOf(parseMasterKey(await readFile(path, 'utf8'))), textOf(made))
  assert.deepEqual(await readdir(join(folder, 'first')), ['master.key'])
})

test('starts at the same time end with the same key, in one process and in several', async () => {
  const path = join(folder, 'race', 'master.key')
  const door = new URL('index.ts', import.meta.url).href
  const program = `import { loadOrCreateMasterKeyFile, systemRandom } from ${JSON.stringify(door)}
    console.log((await loadOrCreateMasterKeyFile(process.argv[1], systemRandom, true)).export().toString('hex'))`
  const start = async (): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, path])
    return stdout.trim()
  }
  const others = Array.from({ length: 3 }, start)
  const here = Array.from({ length: 8 }, async () => textOf(await loadOrCreateMasterKeyFile(path, systemRandom, true)))
  const keys = await Promise.all([...others, ...here])
  assert.equal(new Set(keys).size, 1)
  assert.match(keys[0] ?? '', /^[0-9a-f]{64}$/)
  assert.deepEqual(await readdir(join(folder, 'race')), ['master.key'])
})

test('a key that another process put in place meanwhile wins over the own one', async () => {
  const path = join(folder, 'meanwhile.key')
  const winner = seededRandom('winner').bytes(32)
  const slow: Random = {
    bytes(length) {
      if (length === 32) writeFileSync(path, Buffer.from(winner).toString('hex'), { mode: 0o600 })
      return systemRandom.bytes(length)
    },
  }
  assert.equal(textOf(await loadOrCreateMasterKeyFile(path, slow, true)), Buffer.from(winner).toString('hex'))
})

test('a file that others can read is refused with the command that closes it', async () => {
  const path = join(folder, 'open file.key')
  await writeFile(path, bytes.toString('hex'))
  for (const mode of [0o644, 0o640, 0o604, 0o620]) {
    await chmod(path, mode)
    await assert.rejects(loadOrCreateMasterKeyFile(path, systemRandom, true), (error) => {
      assert.ok(error instanceof MasterKeyFault)
      assert.ok(error.message.includes(`Run: chmod 600 '${path}'`), error.message)
      assert.ok(!error.message.includes(bytes.toString('hex')))
      return true
    })
  }
  await chmod(path, 0o400)
  assert.equal(textOf(await loadOrCreateMasterKeyFile(path, systemRandom, true)), bytes.toString('hex'))
})

test('an empty or damaged file is refused by name and left as it is', async () => {
  const path = join(folder, 'damaged.key')
  await writeFile(path, '', { mode: 0o600 })
  await assert.rejects(loadOrCreateMasterKeyFile(path, systemRandom, true), (error) => {
    return error instanceof MasterKeyFault && error.message.startsWith(`${path}: The master key must be 32 bytes`)
  })
  assert.equal(await readFile(path, 'utf8'), '')
})

test('keys of other purposes, salts and masters are unrelated, and the same ones come back', () => {
  const master = parseMasterKey(bytes.toString('hex'))
  const other = parseMasterKey(Buffer.from(seededRandom(2).bytes(32)).toString('hex'))
  const salt = seededRandom(3).bytes(16)
  const derived = [
    deriveKey(master, 'a', salt),
    deriveKey(master, 'b', salt),
    deriveKey(master, 'a', seededRandom(4).bytes(16)),
    deriveKey(other, 'a', salt),
  ].map((key) => Buffer.from(key).toString('hex'))
  assert.equal(new Set(derived).size, 4)
  assert.ok(derived.every((key) => key.length === 64))
  assert.equal(Buffer.from(deriveKey(master, 'a', salt)).toString('hex'), derived[0])
})

test('a key that is missing is not replaced where something was sealed already', async () => {
  const path = join(folder, 'lost', 'master.key')
  await assert.rejects(loadOrCreateMasterKeyFile(path, systemRandom, false), MasterKeyFault)
  assert.equal(existsSync(path), false)
})
