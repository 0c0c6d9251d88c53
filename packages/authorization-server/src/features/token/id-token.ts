// The ID token: who signed in, when and how, for this client alone. OpenID Connect Core §2, §3.1.3.6.
import { halfHash } from '@latchkey/protocol'
import { randomId, sha256, signJws } from '../../platform/crypto/index.ts'
import type { Client } from '../../records/clients/index.ts'
import type { Grant } from '../../records/grants/index.ts'
import type { User } from '../../records/users/index.ts'
import type { Context } from '../context/index.ts'

const lifetimeSeconds = 3_600

export interface IdTokenInput {
  readonly client: Client
  readonly user: User
  readonly grant: Pick<Grant, 'authenticatedAt' | 'methods'>
  readonly nonce?: string | undefined
  readonly accessToken: string
}

export async function writeIdToken(context: Context, input: IdTokenInput): Promise<string> {
  const issuedAt = Math.floor(context.clock.now() / 1_000)
  const { authenticatedAt, methods } = input.grant
  return signJws(context.keys.signingKey(input.client.idTokenAlgorithm), 'JWT', {
    iss: context.issuer,
    sub: input.user.subject,
    aud: input.client.clientId,
    exp: issuedAt + lifetimeSeconds,
    iat: issuedAt,
    ...(authenticatedAt === undefined ? {} : { auth_time: Math.floor(authenticatedAt / 1_000) }),
    ...(input.nonce === undefined ? {} : { nonce: input.nonce }),
    ...(methods.length === 0 ? {} : { amr: methods }),
    // Both algorithms on offer hash with SHA-256.
    at_hash: halfHash(sha256, input.accessToken),
    jti: randomId(context.random),
  })
}
