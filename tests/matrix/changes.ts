// Every change that must end what was issued before it, as a row of the matrix. Changes are made where the pages, the
// APIs and the command line make them: in the records, in one commit.
import { endCurrentSession } from '../../packages/authorization-server/src/features/browser/index.ts'
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import type { Context } from '../../packages/authorization-server/src/features/context/index.ts'
import { randomId } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import { sql, unguarded, type Write } from '../../packages/authorization-server/src/platform/storage/index.ts'
import {
  deleteClient,
  raiseClientEpoch,
  setClientEnabled,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import {
  findConsent,
  giveConsent,
  withdrawConsent,
} from '../../packages/authorization-server/src/records/consents/index.ts'
import { changePassword } from '../../packages/authorization-server/src/records/credentials/index.ts'
import { endOwnGrant, readRefreshToken } from '../../packages/authorization-server/src/records/grants/index.ts'
import { findUser, insertUser, setUserActive } from '../../packages/authorization-server/src/records/users/index.ts'
import { type Pair, type Post, refresh, registerClient, signedIn, type TestClient } from '../races/ground.ts'

/** One person, one client, one session; nobody else's business is touched by what happens here. */
export interface Scene {
  readonly context: Context
  readonly post: Post
  readonly person: SignedIn
  readonly client: TestClient
}

let scenes = 0

export async function newScene(context: Context, post: Post): Promise<Scene> {
  scenes += 1
  const email = `person-${scenes}@example.com`
  await context.database.commit([insertUser({ subject: randomId(context.random), email }, context.clock.now())])
  const client = await registerClient(context, `client-${scenes}`, {
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials', 'password'],
    scopes: ['openid', 'offline_access', 'read', 'write'],
  })
  const person = await signedIn(context, email)
  await commit(context, [giveConsent(person.user.id, client.row, ['read', 'write'], undefined, context.clock.now())])
  return { context, post, person, client }
}

/** All writes in one commit, which must be met. */
export async function commit(context: Context, writes: readonly Write[]): Promise<void> {
  const result = await context.database.commit(writes)
  if (!result.won) throw new Error(`Write ${result.at} of the change was not met.`)
}

export interface Change {
  readonly name: string
  /** What it reaches: everything of the person and the client, what hangs on the session, or the one grant. */
  readonly reach: 'all' | 'session' | 'grant'
  apply(scene: Scene, pair: Pair): Promise<void>
}

const now = ({ context }: Scene): number => context.clock.now()
const setUser = (scene: Scene, active: boolean): Promise<void> =>
  commit(scene.context, [setUserActive(scene.person.user.id, active, now(scene))])
const setClient = (scene: Scene, enabled: boolean): Promise<void> =>
  commit(scene.context, [setClientEnabled(scene.client.row, enabled, now(scene))])
const withdraw = (scene: Scene): Promise<void> =>
  commit(scene.context, [withdrawConsent(scene.person.user.id, scene.client.row, now(scene))])
const revoke = async ({ post, client }: Scene, token: string): Promise<void> => {
  const { status } = await post('/o/revoke_token/', { token, ...client.credentials })
  if (status !== 200) throw new Error(`Revocation answered ${status}.`)
}

export async function setPassword(scene: Scene, kept: { grantId?: string; sessionId?: string } = {}): Promise<void> {
  const user = await findUser(scene.context.database, scene.person.user.id)
  if (user === undefined) throw new Error('The person is gone.')
  const changed = await changePassword(scene.context, user, `new-password-${user.epoch}`, kept, {})
  if (!changed) throw new Error('The password was not changed.')
}

export const changes: readonly Change[] = [
  { name: 'user disabled', reach: 'all', apply: (scene) => setUser(scene, false) },
  {
    name: 'user disabled, then enabled',
    reach: 'all',
    async apply(scene) {
      await setUser(scene, false)
      await setUser(scene, true)
    },
  },
  { name: 'password changed', reach: 'all', apply: (scene) => setPassword(scene) },
  { name: 'client disabled', reach: 'all', apply: (scene) => setClient(scene, false) },
  {
    name: 'client disabled, then enabled',
    reach: 'all',
    async apply(scene) {
      await setClient(scene, false)
      await setClient(scene, true)
    },
  },
  {
    name: 'all that the client holds voided',
    reach: 'all',
    apply: (scene) => commit(scene.context, [raiseClientEpoch(scene.client.row, now(scene))]),
  },
  {
    name: 'client deleted',
    reach: 'all',
    apply: (scene) => commit(scene.context, [deleteClient(scene.client.row)]),
  },
  { name: 'consent withdrawn', reach: 'all', apply: withdraw },
  {
    name: 'consent withdrawn, then given again',
    reach: 'all',
    async apply(scene) {
      await withdraw(scene)
      const { context, person, client } = scene
      const known = await findConsent(context.database, person.user.id, client.row)
      await commit(context, [giveConsent(person.user.id, client.row, ['read', 'write'], known, now(scene))])
    },
  },
  {
    name: 'installation epoch raised (a backup was restored)',
    reach: 'all',
    apply: async ({ context }) => {
      await commit(context, [unguarded(sql`update installation set epoch = epoch + 1`)])
      // A backup is restored while nothing runs: what starts after it knows.
      await context.installation.refresh()
    },
  },
  {
    name: 'signed out of the session',
    reach: 'session',
    async apply({ context, person }) {
      await endCurrentSession(context, person)
    },
  },
  {
    name: 'grant revoked by its user',
    reach: 'grant',
    async apply(scene, pair) {
      const grantId = readRefreshToken(scene.context.keys.sealer, pair.refresh)?.grantId ?? ''
      await commit(scene.context, [endOwnGrant(grantId, scene.person.user.id, now(scene))])
    },
  },
  { name: 'refresh token revoked by its client', reach: 'grant', apply: (scene, pair) => revoke(scene, pair.refresh) },
  { name: 'access token revoked by its client', reach: 'grant', apply: (scene, pair) => revoke(scene, pair.access) },
  {
    name: 'refresh token used again after its successor',
    reach: 'grant',
    async apply({ post, client }, pair) {
      const second = await refresh(post, client, pair.refresh)
      await refresh(post, client, String(second.body['refresh_token']))
      await refresh(post, client, pair.refresh)
    },
  },
]
