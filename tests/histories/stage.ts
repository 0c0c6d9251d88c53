// Several servers in this process on one database, with something between each of them and the engine: a variant, and pauses, so
// that requests meet in every order.
import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sessionCookieFor } from '../../packages/authorization-server/src/features/browser/index.ts'
import { createServer, type LatchkeyServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import type { Database } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { callback, challenge, injecting, type Post, type TestClient } from '../races/ground.ts'
import { postgresPlace } from '../support/postgres.ts'
import type { Node } from './grant-history.ts'

export type Engine = Database['engine']

/** What stands between the server and the world; each server has one of its own. */
export interface Variant {
  readonly database?: (inner: Database) => Database
  readonly front?: (inner: Post) => Post
}

export interface Stage {
  readonly own: LatchkeyServer
  readonly nodes: readonly Node[]
  remove(): Promise<void>
}

/** The path of the request that a statement is asked for. */
const paths = new AsyncLocalStorage<string>()

export function currentPath(): string {
  return paths.getStore() ?? ''
}

function hesitant(inner: Database): Database {
  const pause = (): Promise<void> => delay(Math.random() * 3)
  return {
    engine: inner.engine,
    all: async (query) => {
      const rows = await inner.all(query)
      await pause()
      return rows
    },
    commit: async (writes) => {
      await pause()
      return inner.commit(writes)
    },
    close: () => inner.close(),
  }
}

/** The address that a browser is sent to with an authorization request of this client. */
export function authorizePath({ clientId }: TestClient): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: callback,
    scope: 'read write',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  return `/o/authorize/?${query.toString()}`
}

export function codeIn(location: string | null | undefined): string | undefined {
  const address = location?.startsWith(callback) ? new URL(location) : undefined
  return address?.searchParams.get('code') ?? undefined
}

function nodeOf(server: LatchkeyServer, name: string, { front }: Variant): Node {
  const inside = injecting({ server })
  const post: Post = (target, ...rest) => paths.run(target, () => inside(target, ...rest))
  return {
    name,
    post: front?.(post) ?? post,
    authorize: async ({ session }, client) => {
      const [cookie = ''] = sessionCookieFor(server.app.context, session.id).split(';')
      const reply = await server.app.http.inject({ url: authorizePath(client), headers: { cookie } })
      return codeIn(reply.headers.location)
    },
  }
}

/** @param variant made anew for each server: what one remembers the others do not */
export async function stage(engine: Engine, variant: () => Variant): Promise<Stage> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'latchkey-histories-'))
  const place = engine === 'postgres' ? await postgresPlace() : undefined
  const settings = { server: { dataDir, ...(place === undefined ? {} : { databaseUrl: place.url }) } }
  const open = async (own: Variant): Promise<LatchkeyServer> =>
    createServer({
      development: true,
      settings,
      deps: { log: silentLog, wrapDatabase: (inner) => own.database?.(hesitant(inner)) ?? hesitant(inner) },
    })
  const own = await open(variant())
  const variants = [variant(), variant()]
  const servers = await Promise.all(variants.map(open))
  return {
    own,
    nodes: servers.map((server, index) => nodeOf(server, `n${index + 1}`, variants[index] ?? {})),
    async remove() {
      await Promise.all([own, ...servers].map((server) => server.close()))
      await place?.remove()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
