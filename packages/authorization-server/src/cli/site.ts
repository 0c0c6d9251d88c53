// Where the installation of these settings is, and which key it needs: for backup, restore and copy, which open it in ways of
// their own.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerSettings } from '../config.ts'
import { embeddedFile } from '../database.ts'
import { loadOrCreateMasterKeyFile, parseMasterKey, systemRandom } from '../platform/crypto/index.ts'
import { systemClock } from '../platform/time/index.ts'
import { migrations } from '../schema.ts'
import type { Site } from './installation.ts'

export function siteOf({ databaseUrl, dataDir, masterKey, ...server }: ServerSettings): Site {
  const keyFile = join(dataDir, 'master.key')
  return {
    place:
      databaseUrl === undefined
        ? { engine: 'sqlite', file: embeddedFile({ ...server, dataDir, databaseUrl, masterKey }) }
        : { engine: 'postgres', url: databaseUrl.reveal() },
    migrations,
    clock: systemClock,
    random: systemRandom,
    masterKey: async () =>
      masterKey === undefined
        ? loadOrCreateMasterKeyFile(keyFile, systemRandom, false)
        : parseMasterKey(masterKey.reveal()),
    masterKeyFrom: masterKey === undefined ? keyFile : 'LATCHKEY_MASTER_KEY',
    version: ownVersion(),
  }
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
