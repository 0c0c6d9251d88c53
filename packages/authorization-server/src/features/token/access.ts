// What an access token will be, decided and fetched before anything is written: between the write and the answer nothing may
// fail for want of the database. And its two envelopes: sealed by us, or a JWT for APIs that want one (RFC 9068).
import { OAuthError } from '@latchkey/protocol'
import type { Random, SigningKey } from '../../platform/crypto/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { type AccessToken, type Grant, writeAccessToken } from '../../records/grants/index.ts'
import { withoutRetired } from '../../records/scopes/index.ts'
import type { User } from '../../records/users/index.ts'
import { subjectFor } from '../claims/index.ts'
import type { Context } from '../context/index.ts'
import { namedAudiences, targetOf, type TokenTarget } from './audiences.ts'
import { writeJwtAccessToken } from './jwt-access-token.ts'

export interface AccessPlan {
  /** The scopes of this access token: the grant's, or fewer of them. */
  readonly scopes: string
  readonly scopeSetId: number
  readonly audiences: readonly string[]
  readonly audienceSetId: number
  /** Of a JWT; undefined for an opaque token. */
  readonly signingKey: SigningKey | undefined
  readonly lifetimeSeconds: number
}

/**
 * @param scopes granted to it, separated by spaces; those that were deleted since are left out
 * @param audiences the APIs that it is for; none for a token that names none
 * @throws OAuthError invalid_target, or invalid_scope when no scope is left
 */
export async function planAccess(
  context: Context,
  client: Client,
  scopes: string,
  audiences: readonly string[],
): Promise<AccessPlan> {
  // An ID token may come along: its key must be there before the grant is.
  if (scopes.includes('openid')) await context.keys.signingKey(client.idTokenAlgorithm)
  const target = await accessTarget(context, client, scopes, audiences)
  const kept = target.scopes.join(' ')
  return {
    scopes: kept,
    scopeSetId: await context.scopeSets.idOf(kept),
    audiences: target.audiences,
    audienceSetId: target.audiences.length === 0 ? 0 : await context.audienceSets.idOf(target.audiences.join(' ')),
    signingKey: target.signingAlgorithm && (await context.keys.signingKey(target.signingAlgorithm)),
    lifetimeSeconds: target.lifetimeSeconds,
  }
}

/** What it will be like; nothing is written for it. @throws OAuthError invalid_target, or invalid_scope when no scope is left */
export async function accessTarget(
  context: Pick<Context, 'apis' | 'issuer'>,
  client: Pick<Client, 'accessTokenLifetimeSeconds'>,
  granted: string,
  audiences: readonly string[],
): Promise<TokenTarget> {
  const lifetimeSeconds = client.accessTokenLifetimeSeconds
  const scopes = withoutRetired(granted, (await context.apis.retired()).scopes)
  if (scopes === '' && granted !== '') {
    throw new OAuthError('invalid_scope', undefined, { rule: 'scope-deleted', detail: { sent: granted } })
  }
  const list = scopes.split(' ')
  if (audiences.length === 0) return { audiences, scopes: list, signingAlgorithm: undefined, lifetimeSeconds }
  return targetOf({ apis: await context.apis.all(), issuer: context.issuer }, audiences, list, lifetimeSeconds)
}

/** The APIs that a first request names, each known here. @throws OAuthError invalid_target */
export async function requestedAudiences(context: Context, resources: readonly string[]): Promise<readonly string[]> {
  if (resources.length === 0) return resources
  return namedAudiences({ apis: await context.apis.all(), issuer: context.issuer }, resources)
}

export interface GrantAccess {
  readonly client: Client
  readonly user: User
  readonly grant: Pick<Grant, 'id' | 'generation' | 'authenticatedAt' | 'methods'>
  readonly access: AccessPlan
}

export async function writeGrantAccess(context: Context, issue: GrantAccess): Promise<string> {
  const { client, user, grant, access } = issue
  const pointer = { kind: 'grant', grantId: grant.id, generation: grant.generation } as const
  const token = { ...factsOf(context, access), ...pointer }
  if (access.signingKey === undefined) return writeAccessToken(context.keys.sealer, token)
  const { authenticatedAt, methods } = grant
  const subject = subjectFor(context, client, user)
  return writeJwt(context, access.signingKey, { token, client, access, subject, authenticatedAt, methods })
}

export interface ClientAccess {
  readonly client: Client
  readonly access: AccessPlan
  readonly installationEpoch: number
}

export async function writeClientAccess(
  context: Context,
  { client, access, installationEpoch }: ClientAccess,
): Promise<string> {
  const pointer = { kind: 'client', clientRow: client.row, clientEpoch: client.epoch, installationEpoch } as const
  const token = { ...factsOf(context, access), ...pointer }
  if (access.signingKey === undefined) return writeAccessToken(context.keys.sealer, token)
  // RFC 9068 §2.2: where no person stands behind a token, its subject is the client.
  return writeJwt(context, access.signingKey, { token, client, access, subject: client.clientId, methods: [] })
}

function factsOf(
  { clock, random }: Pick<Context, 'clock' | 'random'>,
  { scopeSetId, audienceSetId, lifetimeSeconds }: AccessPlan,
): Pick<AccessToken, 'tokenId' | 'scopeSetId' | 'audienceSetId' | 'issuedAt' | 'expiresAt'> {
  const issuedAt = clock.now()
  const expiresAt = issuedAt + lifetimeSeconds * 1_000
  return { tokenId: tokenId(random), scopeSetId, audienceSetId, issuedAt, expiresAt }
}

interface JwtIssue {
  readonly token: AccessToken
  readonly client: Client
  readonly access: AccessPlan
  readonly subject: string
  readonly authenticatedAt?: number | undefined
  readonly methods: readonly string[]
}

function writeJwt({ issuer }: Context, key: SigningKey, { access, client, ...facts }: JwtIssue): Promise<string> {
  const { audiences, scopes } = access
  return writeJwtAccessToken(key, { issuer, audiences, scopes, clientId: client.clientId, ...facts })
}

function tokenId(random: Random): string {
  return Buffer.from(random.bytes(12)).toString('base64url')
}
