// The ID token: who signed in, when and how, for this client alone. OpenID Connect Core §2, §3.1.3.6, §3.2.2.10, §3.3.2.11.
import { halfHash, type IdTokenClaims } from '@latchkey/protocol'
import { digestFor, randomId, signJws } from '../../platform/crypto/index.ts'
import type { Client } from '../../records/clients/index.ts'
import type { Grant } from '../../records/grants/index.ts'
import { sidOf } from '../../records/sessions/index.ts'
import type { User } from '../../records/users/index.ts'
import { acrOf, claimsRequestOf, personClaims, requestedNames, subjectFor } from '../claims/index.ts'
import type { Context } from '../context/index.ts'

const lifetimeSeconds = 3_600

export interface IdTokenInput {
  readonly client: Client
  readonly user: User
  /** How the person signed in, and what was asked for by name. */
  readonly grant: Pick<Grant, 'authenticatedAt' | 'methods' | 'sessionId' | 'claims'> &
    Partial<Pick<Grant, 'originSessionId'>>
  readonly nonce?: string | undefined
  /** What comes along with it, each bound to it by a hash. */
  readonly accessToken?: string | undefined
  readonly code?: string | undefined
  readonly state?: string | undefined
  /** The granted scopes, where no access token is issued with which to ask for their claims (OpenID Connect Core §5.4). */
  readonly claimScopes?: readonly string[] | undefined
}

export async function writeIdToken(
  context: Pick<Context, 'clock' | 'issuer' | 'keys' | 'random'>,
  input: IdTokenInput,
): Promise<string> {
  const key = await context.keys.signingKey(input.client.idTokenAlgorithm)
  return signJws(key, 'JWT', idTokenClaims(context, input, digestFor(key.alg)))
}

/** What the token says, before it is signed. */
export function idTokenClaims(
  context: Pick<Context, 'clock' | 'issuer' | 'keys' | 'random'>,
  input: IdTokenInput,
  hash: (bytes: Uint8Array) => Uint8Array,
): IdTokenClaims {
  const { client, user, grant } = input
  const issuedAt = Math.floor(context.clock.now() / 1_000)
  const names = requestedNames(client, claimsRequestOf(grant.claims).idToken)
  return {
    ...personClaims(user, input.claimScopes ?? [], names),
    iss: context.issuer,
    sub: subjectFor(context, client, user),
    aud: client.clientId,
    azp: client.clientId,
    exp: issuedAt + lifetimeSeconds,
    iat: issuedAt,
    ...authenticationClaims(client, grant),
    ...(input.nonce === undefined ? {} : { nonce: input.nonce }),
    ...hashes(hash, input),
    jti: randomId(context.random),
  }
}

function authenticationClaims(client: Client, grant: IdTokenInput['grant']): Partial<IdTokenClaims> {
  const { authenticatedAt, methods } = grant
  const sessionId = grant.originSessionId ?? grant.sessionId
  const acr = acrOf(methods)
  return {
    ...(authenticatedAt === undefined ? {} : { auth_time: Math.floor(authenticatedAt / 1_000) }),
    ...(acr === undefined ? {} : { acr, amr: methods }),
    ...(sessionId === undefined ? {} : { sid: sidOf(sessionId, client.row) }),
  }
}

function hashes(
  hash: (bytes: Uint8Array) => Uint8Array,
  { accessToken, code, state }: IdTokenInput,
): Partial<IdTokenClaims> {
  return {
    ...(accessToken === undefined ? {} : { at_hash: halfHash(hash, accessToken) }),
    ...(code === undefined ? {} : { c_hash: halfHash(hash, code) }),
    ...(state === undefined ? {} : { s_hash: halfHash(hash, state) }),
  }
}
