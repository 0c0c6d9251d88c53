// Other servers on the same work with the same durability, from a package folder of their own that is installed when it is first wanted.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Peer } from '../runs/floors.ts'
import { clientCredentials, codeExchange, introspectValid, type Paths, refresh } from '../runs/operations.ts'
import { challenge, verifier } from './material.ts'
import { startModule, stopProcess } from './process.ts'
import type { Material } from './target.ts'

const folder = join(import.meta.dirname, '../peers')
const names = ['oidc-provider', 'better-auth'] as const
/** Codes are made one by one at their own endpoints, and none of them spends as many as we do. */
const mostCodes = 8_000

/** For the page: what was configured. */
export const peersText: readonly string[] = [
  '## Peers',
  '',
  'Versions stand in `bench/peers/package.json`. Each runs in one process on the core of the server, on SQLite in WAL mode with `synchronous = FULL`, keep-alive, no rate limits, no access log, ES256 ID tokens, rotation of refresh tokens, confidential client with `client_secret_basic`.',
  '',
  '- `oidc-provider`: a storage adapter on `node:sqlite` written to its documented contract (`bench/peers/oidc-provider.mjs`), one table, prepared statements; opaque access tokens; static client.',
  '- `better-auth`: its own SQLite support with `node:sqlite`, the JWT plugin and the OAuth provider plugin (`bench/peers/better-auth.mjs`); opaque access tokens; consent skipped for the client.',
  '',
  'Both do more and other things than the four operations that are compared here; the figures speak of these alone.',
]

interface Ready {
  readonly port: number
  readonly material: Material
  readonly paths: Paths
}

export interface Peers {
  readonly list: readonly Peer[]
  stop(): Promise<void>
}

function install(): void {
  if (existsSync(join(folder, 'node_modules'))) return
  console.log('The peers are installed (npm ci in bench/peers).')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder, stdio: 'inherit' })
}

export async function startPeers(codes: number): Promise<Peers> {
  install()
  const place = await mkdtemp(join(tmpdir(), 'latchkey-peers-'))
  const list: Peer[] = []
  for (const name of names) {
    const args = [join(place, `${name}.db`), String(Math.min(codes, mostCodes)), challenge, verifier]
    const { child, ready } = await startModule(join(folder, `${name}.mjs`), args)
    const { port, material, paths } = ready as Ready
    list.push({
      target: { name, port, pids: [child.pid ?? 0], stop: () => stopProcess(child) },
      sources: {
        'client-credentials': clientCredentials(material, paths),
        'introspect-valid': introspectValid(material, paths),
        refresh: refresh(material, paths),
        code: codeExchange(material, paths),
      },
    })
  }
  return {
    list,
    async stop() {
      for (const { target } of list) await target.stop()
      await rm(place, { recursive: true, force: true })
    },
  }
}
