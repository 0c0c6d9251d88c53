// What a presented access token stands for now. Opening the seal costs no I/O; only a token of ours reaches the database.
import type { Database } from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import {
  type AccessToken,
  findClientTokenStanding,
  findGrantFacts,
  gate,
  type GrantFacts,
  readAccessToken,
} from '../../records/grants/index.ts'
import { withoutRetired } from '../../records/scopes/index.ts'
import type { Context } from '../context/index.ts'
import { isJwt, openAccessToken } from './presented.ts'

interface Carried {
  readonly token: AccessToken
  readonly scopes: string
  /** The APIs that it is for, separated by spaces; '' when it names none. */
  readonly audiences: string
}

export type TokenAuthority<View extends GrantFacts = GrantFacts> =
  | (Carried & { readonly kind: 'user'; readonly view: View })
  | (Carried & { readonly kind: 'client'; readonly clientId: string })
  | { readonly kind: 'none'; readonly why: 'unknown' | 'expired' | 'revoked' }

const none = (why: 'unknown' | 'expired' | 'revoked') => ({ kind: 'none', why }) as const

/** Reads the grant behind a token: the facts are enough to judge it; who needs the person reads more. */
export type ReadGrant<View extends GrantFacts> = (database: Database, grantId: string) => Promise<View | undefined>

type Needs = Pick<Context, 'apis' | 'keys' | 'clock' | 'database' | 'scopeSets' | 'audienceSets'>

export async function authorityOf(context: Needs, text: string): Promise<TokenAuthority> {
  return authorityWith(context, text, findGrantFacts)
}

export async function authorityWith<View extends GrantFacts>(
  context: Needs,
  text: string,
  readGrant: ReadGrant<View>,
): Promise<TokenAuthority<View>> {
  const token = isJwt(text) ? await openAccessToken(context.keys, text) : readAccessToken(context.keys.sealer, text)
  const now = context.clock.now()
  if (token === undefined) return none('unknown')
  if (token.expiresAt <= now) return none('expired')
  const carried = await carriedBy(context, token)
  if (carried === undefined) return none('unknown')
  const retired = await context.apis.retired()
  const scopes = withoutRetired(carried.scopes, retired.scopes)
  const audiences = withoutRetired(carried.audiences, retired.audiences)
  // A token that was for one API only is for none now: without this it would be for all.
  if (isEmptied(carried.scopes, scopes) || isEmptied(carried.audiences, audiences)) return none('revoked')
  return token.kind === 'grant'
    ? underGrant(await readGrant(context.database, token.grantId), { token, scopes, audiences }, now)
    : underClient(context.database, { token, scopes, audiences })
}

async function carriedBy(
  { scopeSets, audienceSets }: Needs,
  { scopeSetId, audienceSetId }: AccessToken,
): Promise<{ readonly scopes: string; readonly audiences: string } | undefined> {
  const scopes = await scopeSets.scopesOf(scopeSetId)
  const audiences = audienceSetId === 0 ? '' : await audienceSets.audiencesOf(audienceSetId)
  return scopes === undefined || audiences === undefined ? undefined : { scopes, audiences }
}

function isEmptied(before: string, after: string): boolean {
  return before !== '' && after === ''
}

function underGrant<View extends GrantFacts>(
  view: View | undefined,
  carried: Carried & { readonly token: Extract<AccessToken, { kind: 'grant' }> },
  now: Instant,
): TokenAuthority<View> {
  const { token } = carried
  if (view === undefined) return none('unknown')
  const { grant } = view
  // A generation that the grant has not reached was issued after the backup that this database was restored from.
  const outdated = token.generation < grant.accessNotBeforeGeneration || token.generation > grant.generation
  if (outdated || gate(grant, view.standing, now).kind === 'refuse') return none('revoked')
  return { kind: 'user', ...carried, view }
}

async function underClient(
  database: Database,
  carried: Carried & { readonly token: Extract<AccessToken, { kind: 'client' }> },
): Promise<TokenAuthority<never>> {
  const { token } = carried
  const standing = await findClientTokenStanding(database, token.clientRow, token.tokenId)
  const holds =
    standing?.clientIsEnabled &&
    !standing.isRevoked &&
    standing.clientEpoch === token.clientEpoch &&
    standing.installationEpoch === token.installationEpoch
  return holds ? { kind: 'client', ...carried, clientId: standing.clientId } : none('revoked')
}
