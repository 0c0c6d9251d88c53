// What becomes of secrets, and of what was issued, when a client turns from one that proves itself to one that does not, or back.
import type { Random } from '../../platform/crypto/index.ts'
import type { Write } from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { type Client, type ClientSettings, needsSecret } from './client.ts'
import { generateSecret } from './secrets.ts'
import { dropOldSecrets, insertSecret, raiseClientEpoch } from './store.ts'

export interface SecretTurn {
  readonly writes: readonly Write[]
  /** To be shown once. */
  readonly secret?: string
}

/**
 * A client that loses its secret, or gets its first one, is another client to whoever trusted it: what was issued ends.
 * A refresh token that asked for a secret must not start to work without one.
 * One that only turns to a secret, and has none, gets one.
 * @param live how many secrets it has now
 */
export function turnOfSecret(
  client: Client,
  next: ClientSettings,
  live: number,
  { random, now }: { readonly random: Random; readonly now: Instant },
): SecretTurn {
  const turns = client.isConfidential !== next.isConfidential
  const ending = turns ? [dropOldSecrets(client.row, 0), raiseClientEpoch(client.row, now)] : []
  const gets = needsSecret(next) && (turns || (!needsSecret(client) && live === 0))
  if (!gets) return { writes: ending }
  const { secret, stored } = generateSecret(random)
  return { writes: [...ending, insertSecret(client.clientId, stored, now)], secret }
}
