// Loads what a logout request speaks of, and answers one that cannot be followed: plain words for the person, the difference
// for the owner of the client, and a way to sign out all the same. Strangers never see registered addresses.
import type { OAuthError } from '@latchkey/protocol'
import { type Incoming, type Reply, withHeaders } from '../../platform/http/index.ts'
import { page, pageContext, type Visitor } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { hintFrom } from './hint.ts'
import { logoutRefusedPage } from './page.ts'
import type { LogoutRequest } from './params.ts'
import { type LogoutParty, partyTo } from './party.ts'

export async function loadParty(context: Context, asked: LogoutRequest): Promise<LogoutParty> {
  const { idTokenHint } = asked
  const verified = idTokenHint === undefined ? undefined : await context.keys.verify(idTokenHint)
  const hint = verified && hintFrom(verified, context.issuer)
  const clientId = hint?.clientId ?? asked.clientId
  const known = clientId === undefined ? undefined : await context.clients.find(clientId)
  return partyTo(asked, hint, known?.client.enabled === true ? known.client : undefined)
}

export async function refuseLogout(
  context: Context,
  request: Incoming,
  visitor: Visitor,
  error: OAuthError,
): Promise<Reply> {
  const incident = context.incidents.report(error, request)
  const markup = logoutRefusedPage(pageContext(context, visitor), {
    reason: error.rule === 'logout-address-not-registered' ? 'address' : 'other',
    code: error.code,
    description: error.message,
    incident,
    isSignedIn: visitor.kind === 'signed-in',
    developer: await explain(context, visitor, error),
  })
  return withHeaders(page(context, visitor, markup, { status: error.status }), { 'latchkey-incident': incident })
}

async function explain(context: Context, visitor: Visitor, { detail }: OAuthError) {
  const { client_id: clientId, sent, registered } = detail
  if (visitor.kind === 'anonymous' || clientId === undefined || sent === undefined) return undefined
  const known = await context.clients.find(clientId)
  if (known === undefined || !(visitor.user.isSuperuser || known.client.ownerId === visitor.user.id)) return undefined
  return { sent, registered, settingsHref: `/o/applications/${known.client.row}/` }
}
