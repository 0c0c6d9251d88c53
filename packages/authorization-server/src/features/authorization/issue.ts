// What the browser carries to the client when everything is settled, as the response type wants it. A code is sealed and
// stored nowhere, so that the everyday answer costs no write; only a token that goes out by itself has a grant behind it.
// OpenID Connect Core §3.1.2.5, §3.2.2.5, §3.3.2.5; RFC 6749 §4.2.2.
import { type ResponseParts, responseParts } from '@latchkey/protocol'
import type { Client } from '../../records/clients/index.ts'
import { type Stamp, type Standing, standingAllows } from '../../records/grants/index.ts'
import type { SignedIn } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { type AccessPlan, planAccess, writeGrantAccess, writeIdToken } from '../token/index.ts'
import { writeCode } from './code.ts'
import { frontChannelGrant, frontChannelWrites } from './front-channel-apply.ts'
import type { Members } from './response.ts'
import type { AskedAuthorization } from './transaction.ts'

export interface ReliedOn {
  readonly consentEpoch: number
  readonly standing: Standing
}

/**
 * The members of the answer, or undefined when the person or the client may not have one any more.
 * @param reliedOn what the decision relied on: a consent that was withdrawn meanwhile has another epoch
 * @throws OAuthError invalid_target, where an access token for these APIs cannot be made
 */
export async function issueMembers(
  context: Context,
  client: Client,
  signedIn: SignedIn,
  asked: AskedAuthorization,
  { consentEpoch, standing }: ReliedOn,
): Promise<Members | undefined> {
  // The session's own stamps: a password changed a moment ago has voided them already.
  const { userEpoch, installationEpoch } = signedIn.session
  const stamp = { userEpoch, installationEpoch, consentEpoch, clientEpoch: standing.clientEpoch }
  if (standingAllows(stamp, standing).kind === 'refuse') return undefined
  const parts = responseParts(asked.responseType)
  const code = parts.code ? writeCode(context, client, signedIn, asked, stamp) : undefined
  const codeMembers: Members = code === undefined ? [] : [['code', code]]
  if (!parts.accessToken && !parts.idToken) return codeMembers
  const tokens = await tokenMembers(context, client, signedIn, asked, { parts, stamp, code })
  return tokens && [...codeMembers, ...tokens]
}

interface Issued {
  readonly parts: ResponseParts
  readonly stamp: Stamp
  readonly code: string | undefined
}

async function tokenMembers(
  context: Context,
  client: Client,
  signedIn: SignedIn,
  asked: AskedAuthorization,
  { parts, stamp, code }: Issued,
): Promise<Members | undefined> {
  const { session, user } = signedIn
  const access = parts.accessToken ? await planOf(context, client, asked) : undefined
  const grant = access && frontChannelGrant(context, signedIn, asked, stamp, access)
  const writes = frontChannelWrites(client, signedIn, grant, context.clock.now())
  if (writes.length > 0 && !(await context.database.commit(writes)).won) return undefined
  const accessToken =
    access && grant && (await writeGrantAccess(context, { client, user, grant: { ...grant, generation: 0 }, access }))
  const { authenticatedAt, methods } = session
  const idToken = parts.idToken
    ? await writeIdToken(context, {
        client,
        user,
        grant: { authenticatedAt, methods, sessionId: session.id, claims: asked.claims },
        nonce: asked.nonce,
        code,
        accessToken,
        state: asked.state,
        // OpenID Connect Core §5.4: where nothing comes along that could be shown at UserInfo, now or later.
        claimScopes: parts.code || parts.accessToken ? undefined : asked.scopes,
      })
    : undefined
  return [...accessMembers(access, accessToken), ...(idToken === undefined ? [] : [['id_token', idToken] as const])]
}

/** A token that nothing can refresh carries no scope that speaks of refreshing. */
function planOf(context: Context, client: Client, { scopes, audiences }: AskedAuthorization): Promise<AccessPlan> {
  const kept = scopes.filter((scope) => scope !== 'offline_access')
  return planAccess(context, client, kept.join(' '), audiences)
}

function accessMembers(access: AccessPlan | undefined, accessToken: string | undefined): Members {
  if (access === undefined || accessToken === undefined) return []
  return [
    ['access_token', accessToken],
    ['token_type', 'Bearer'],
    ['expires_in', String(access.lifetimeSeconds)],
    ['scope', access.scopes],
  ]
}
