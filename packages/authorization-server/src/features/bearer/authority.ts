// What a presented access token stands for now. Opening the seal costs no I/O; only a token of ours reaches the database.
import type { Database } from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import {
  type AccessToken,
  findClientTokenStanding,
  findGrant,
  gate,
  type GrantView,
  readAccessToken,
} from '../../records/grants/index.ts'
import type { Context } from '../context/index.ts'

export type TokenAuthority =
  | { readonly kind: 'user'; readonly token: AccessToken; readonly scopes: string; readonly view: GrantView }
  | { readonly kind: 'client'; readonly token: AccessToken; readonly scopes: string; readonly clientId: string }
  | { readonly kind: 'none'; readonly why: 'unknown' | 'expired' | 'revoked' }

const none = (why: 'unknown' | 'expired' | 'revoked'): TokenAuthority => ({ kind: 'none', why })

export async function authorityOf(
  context: Pick<Context, 'keys' | 'clock' | 'database' | 'scopeSets'>,
  text: string,
): Promise<TokenAuthority> {
  const token = readAccessToken(context.keys.sealer, text)
  const now = context.clock.now()
  if (token === undefined) return none('unknown')
  if (token.expiresAt <= now) return none('expired')
  const scopes = await context.scopeSets.scopesOf(token.scopeSetId)
  if (scopes === undefined) return none('unknown')
  return token.kind === 'grant'
    ? underGrant(context.database, token, scopes, now)
    : underClient(context.database, token, scopes)
}

async function underGrant(
  database: Database,
  token: Extract<AccessToken, { kind: 'grant' }>,
  scopes: string,
  now: Instant,
): Promise<TokenAuthority> {
  const view = await findGrant(database, token.grantId)
  if (view === undefined) return none('unknown')
  const { grant } = view
  // A generation that the grant has not reached was issued after the backup that this database was restored from.
  const outdated = token.generation < grant.accessNotBeforeGeneration || token.generation > grant.generation
  if (outdated || gate(grant, view.standing, now).kind === 'refuse') return none('revoked')
  return { kind: 'user', token, scopes, view }
}

async function underClient(
  database: Database,
  token: Extract<AccessToken, { kind: 'client' }>,
  scopes: string,
): Promise<TokenAuthority> {
  const standing = await findClientTokenStanding(database, token.clientRow, token.tokenId)
  const holds =
    standing?.clientIsEnabled &&
    !standing.isRevoked &&
    standing.clientEpoch === token.clientEpoch &&
    standing.installationEpoch === token.installationEpoch
  return holds ? { kind: 'client', token, scopes, clientId: standing.clientId } : none('revoked')
}
