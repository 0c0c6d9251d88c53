import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { revokeClientToken } from '../../records/grants/index.ts'
import { roofOver } from '../roof.ts'
import { run } from '../testing.ts'
import { command } from './housekeeping.ts'

const hourMs = 3_600_000

test('housekeeping removes what ran out more than a day ago, in batches, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-housekeeping-'))
  const roof = roofOver({
    environment: { LATCHKEY_DATA_DIR: folder },
    flags: [],
    readFile: () => assert.fail('no file is read'),
  })
  const installation = await roof.open('write')
  const now = installation.clock.now()
  const old = Array.from({ length: 1_200 }, (_, index) => revokeClientToken(`old-${index}`, now - 25 * hourMs))
  await installation.database.commit([...old, revokeClientToken('young', now - 23 * hourMs)])
  await installation.close()
  try {
    const planned = await run([command], ['housekeeping', '--dry-run', '--json'], { roof })
    assert.match(planned.stdout, /"revokedTokens":1200.*"dryRun":true/)
    const done = await run([command], ['cleartokens'], { roof })
    assert.equal(done.code, 0)
    assert.match(done.stdout, /revoked tokens +1200\n/)
    assert.equal(done.stderr.match(/rows removed, going on/g)?.length, 2)
    assert.match(done.stderr, /Removed 1200 rows\./)
    const again = await run([command], ['housekeeping', '--json'], { roof })
    assert.match(again.stdout, /"revokedTokens":0/)
    const left = await roof.open('read')
    const unmet = await left.database.commit([{ ...revokeClientToken('young', now), rows: 1 }])
    await left.close()
    assert.equal(unmet.won, false, 'the one of yesterday is there still')
  } finally {
    await rm(folder, { recursive: true })
  }
})
