// The clients that the two libraries play: each way to authenticate, and each algorithm of ID tokens.
import { createHash } from 'node:crypto'
import type { Context } from '../../packages/authorization-server/src/features/context/index.ts'
import { registerClient } from '../races/ground.ts'

export const alice = { username: 'alice@example.com', password: 'correct-horse-battery' }

export interface Party {
  readonly name: string
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'none'
  readonly algorithm: 'RS256' | 'ES256'
}

export const parties: readonly Party[] = (['RS256', 'ES256'] as const).flatMap((algorithm) =>
  (['client_secret_basic', 'client_secret_post', 'none'] as const).map((method) => ({
    name: `${method}, ${algorithm}`,
    method,
    algorithm,
  })),
)

export interface Identity {
  readonly clientId: string
  readonly secret: string | undefined
}

export async function registerParties(context: Context): Promise<ReadonlyMap<Party, Identity>> {
  const identities = new Map<Party, Identity>()
  for (const party of parties) identities.set(party, await register(context, party))
  return identities
}

async function register(context: Context, { method, algorithm }: Party): Promise<Identity> {
  const isConfidential = method !== 'none'
  // The id needs every kind of encoding that Basic asks for (RFC 6749 §2.3.1, Appendix B).
  const { clientId, credentials } = await registerClient(context, `${method}+${algorithm} %&:`, {
    isConfidential,
    authenticationMethod: method,
    idTokenAlgorithm: algorithm,
    introspection: isConfidential ? 'own' : 'none',
    scopes: ['openid', 'profile', 'email', 'offline_access', 'read', 'write'],
    grantTypes: ['authorization_code', 'refresh_token', ...(isConfidential ? (['client_credentials'] as const) : [])],
  })
  return { clientId, secret: credentials['client_secret'] }
}

export const scope = 'openid profile email offline_access read'

/** OpenID Connect Core §3.1.3.6: in the code flow the libraries leave this claim to whoever wants it. */
export function atHash(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')
}
