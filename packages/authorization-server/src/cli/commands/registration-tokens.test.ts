import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { findInitialToken, registrationDigest } from '../../records/registrations/index.ts'
import { exitCodes } from '../exit.ts'
import type { Roof } from '../installation.ts'
import { roofOver } from '../roof.ts'
import { type Outcome, run } from '../testing.ts'
import { create, list, revoke } from './registration-tokens.ts'

let folder = ''
let roof: Roof

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-registration-tokens-'))
  const environment = { LATCHKEY_DATA_DIR: folder }
  roof = roofOver({ environment, flags: [], readFile: () => assert.fail('no file is read') })
})
after(() => rm(folder, { recursive: true }))

function latchkey(...words: readonly string[]): Promise<Outcome> {
  return run([create, list, revoke], ['registration-token', ...words], { roof })
}

async function listed(): Promise<readonly Record<string, unknown>[]> {
  const { stdout } = await latchkey('list', '--json')
  return (JSON.parse(stdout) as { tokens: readonly Record<string, unknown>[] }).tokens
}

test('a token is shown once, kept as a digest, listed with its uses and withdrawn by its number', async () => {
  const made = await latchkey('create', 'printer team', '--uses', '5', '--days', '30')
  assert.equal(made.code, exitCodes.ok, made.stderr)
  const token = /lk_iat_[\w-]{43}/.exec(made.stdout)?.[0] ?? ''
  assert.ok(token !== '' && !made.stderr.includes(token))
  const installation = await roof.open('read')
  assert.equal((await findInitialToken(installation.database, registrationDigest(token)))?.name, 'printer team')
  await installation.close()
  const [first] = await listed()
  assert.deepEqual([first?.['id'], first?.['state'], first?.['uses'], first?.['most_uses']], [1, 'open', 0, 5])
  assert.equal((await latchkey('list')).stdout.includes(token), false)
  assert.equal((await latchkey('revoke', '1')).code, exitCodes.ok)
  assert.equal((await listed())[0]?.['state'], 'revoked')
  assert.match((await latchkey('revoke', '1')).stderr, /already/)
})

test('a rehearsal makes nothing, and wrong numbers are refused with what to do', async () => {
  const known = await listed()
  assert.equal((await latchkey('create', 'nobody', '--dry-run')).code, exitCodes.ok)
  assert.deepEqual(await listed(), known)
  assert.equal((await latchkey('create', 'nobody', '--uses', '0')).code, exitCodes.usage)
  assert.equal((await latchkey('create', 'nobody', '--days', 'soon')).code, exitCodes.usage)
  const missing = await latchkey('revoke', '77')
  assert.equal(missing.code, exitCodes.notFound)
  assert.match(missing.stderr, /latchkey registration-token list/)
})
