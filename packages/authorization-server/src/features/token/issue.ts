// Turns a grant, or a client by itself, into the tokens of an answer. Nothing is written here: tokens are not stored.
import { type TokenResponse, tokenResponse } from '@latchkey/protocol'
import type { Random } from '../../platform/crypto/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { type Grant, writeAccessToken, writeRefreshToken } from '../../records/grants/index.ts'
import type { User } from '../../records/users/index.ts'
import type { Context } from '../context/index.ts'
import { writeIdToken } from './id-token.ts'
import { earnsRefreshToken } from './scopes.ts'

export interface Issue {
  readonly client: Client
  readonly user: User
  readonly grant: Pick<Grant, 'id' | 'generation' | 'scopes' | 'authenticatedAt' | 'methods'>
  /** The scopes of this access token: the grant's, or fewer of them. */
  readonly scopes: string
  /** Their number, had before the grant is written: between that and the answer nothing may fail for want of the database. */
  readonly scopeSetId: number
  readonly nonce?: string | undefined
  /** Whether a person signed in at a page for it: only then is there anything to put into an ID token. */
  readonly withIdToken: boolean
}

export async function issueTokens(context: Context, issue: Issue): Promise<TokenResponse> {
  const { client, grant } = issue
  const accessToken = grantAccessToken(context, issue)
  const idToken =
    issue.withIdToken && issue.scopes.split(' ').includes('openid')
      ? await writeIdToken(context, { ...issue, accessToken })
      : undefined
  const refreshToken = earnsRefreshToken(client, grant.scopes)
    ? writeRefreshToken(context.keys.sealer, { grantId: grant.id, generation: grant.generation })
    : undefined
  return tokenResponse({
    accessToken,
    lifetimeSeconds: client.accessTokenLifetimeSeconds,
    scopes: issue.scopes.split(' '),
    refreshToken,
    idToken,
  })
}

function grantAccessToken(context: Context, { client, grant, scopeSetId }: Issue): string {
  const issuedAt = context.clock.now()
  return writeAccessToken(context.keys.sealer, {
    kind: 'grant',
    tokenId: tokenId(context.random),
    scopeSetId,
    issuedAt,
    expiresAt: issuedAt + client.accessTokenLifetimeSeconds * 1_000,
    grantId: grant.id,
    generation: grant.generation,
  })
}

export interface ClientIssue {
  readonly client: Client
  readonly scopes: string
  readonly installationEpoch: number
}

export async function issueClientToken(context: Context, issue: ClientIssue): Promise<TokenResponse> {
  const issuedAt = context.clock.now()
  const { client } = issue
  const accessToken = writeAccessToken(context.keys.sealer, {
    kind: 'client',
    tokenId: tokenId(context.random),
    scopeSetId: await context.scopeSets.idOf(issue.scopes),
    issuedAt,
    expiresAt: issuedAt + client.accessTokenLifetimeSeconds * 1_000,
    clientRow: client.row,
    clientEpoch: client.epoch,
    installationEpoch: issue.installationEpoch,
  })
  const lifetimeSeconds = client.accessTokenLifetimeSeconds
  return tokenResponse({ accessToken, lifetimeSeconds, scopes: issue.scopes.split(' ') })
}

function tokenId(random: Random): string {
  return Buffer.from(random.bytes(12)).toString('base64url')
}
