// Hands an answer to the browser, for the client: a redirect, or the page whose form carries it.
import { type Reply, withHeaders } from '../../platform/http/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { page, pageContext, type SignedIn, sessionState, type Visitor } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { formTargetsOf } from './addresses.ts'
import { formPostPage } from './form-post-page.ts'
import { deliveryOf, type Members, type ResponseTarget, travel } from './response.ts'
import type { AskedAuthorization } from './transaction.ts'

export interface Recipient {
  readonly clientId: string
  readonly applicationName: string
  readonly target: ResponseTarget
}

export function recipientOf(
  { issuer }: Pick<Context, 'issuer'>,
  { clientId, name }: Pick<Client, 'clientId' | 'name'>,
  { redirectUri, responseMode, state }: Pick<AskedAuthorization, 'redirectUri' | 'responseMode' | 'state'>,
): Recipient {
  return { clientId, applicationName: name, target: { redirectUri, responseMode, state, issuer } }
}

/** What was issued, and beside it what lets the client watch the session, where that is switched on. */
export function deliverSuccess(
  context: Context,
  signedIn: SignedIn,
  method: string,
  recipient: Recipient,
  members: Members,
): Reply {
  const { clientId, target } = recipient
  const state = sessionState(context, { clientId, redirectUri: target.redirectUri, sessionId: signedIn.session.id })
  if (state === undefined) return deliver(context, signedIn, method, recipient, members)
  const reply = deliver(context, signedIn, method, recipient, [...members, ['session_state', state.sessionState]])
  return withHeaders(reply, { 'set-cookie': state.cookies })
}

/** @param method of the request that is answered: after a POST a redirect is 303 */
export function deliver(
  context: Context,
  visitor: Visitor,
  method: string,
  { applicationName, target }: Recipient,
  members: Members,
): Reply {
  const delivery = deliveryOf(target, members)
  if (delivery.kind === 'redirect') return travel(method, delivery.location)
  const { action, fields } = delivery
  const markup = formPostPage(pageContext(context, visitor), { applicationName, action, fields })
  // Where the client leads on from its address is its own matter, but Chromium holds that against this page as well.
  const onwards = action.startsWith('https:') ? ['https:'] : []
  const reply = page(context, visitor, markup, { formTargets: [...formTargetsOf(action), ...onwards] })
  // Without a referrer policy that names us, the form would come with `Origin: null`, which clients refuse with reason.
  return withHeaders(reply, { 'referrer-policy': 'strict-origin' })
}
