// The choice of account that prompt=select_account asks for (OpenID Connect Core §3.1.2.1). That the person chose to go on is
// kept in the tag of the request's path, bound to the session, and given for a form that only our own page can send.
import {
  HttpFault,
  type Incoming,
  MalformedForm,
  Parameters,
  parseForm,
  type Reply,
  seeOther,
} from '../../platform/http/index.ts'
import type { Client } from '../../records/clients/index.ts'
import { displayIdentifier } from '../../records/users/index.ts'
import { localPath, page, pageContext, requireForm, type SignedIn, visitorOf } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { accountPage } from './account-page.ts'
import { formTargetsOf } from './addresses.ts'
import { beginningOf, choiceOf, returnPath } from './beginning.ts'

export const choiceField = 'latchkey_continue'

/** @param path of the request, under its tag */
export function askAccount(
  context: Context,
  visitor: SignedIn,
  client: Client,
  redirectUri: string,
  path: string,
): Reply {
  const markup = accountPage(pageContext(context, visitor), {
    applicationName: client.name,
    signedInAs: displayIdentifier(visitor.user),
    request: path,
    otherHref: `/accounts/login/?next=${encodeURIComponent(path)}`,
  })
  return page(context, visitor, markup, { formTargets: formTargetsOf(redirectUri) })
}

export async function answerAccount(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const form = requireForm(context, request, visitor)
  const sent = requestIn(localPath(form.get(choiceField)) ?? '')
  const { parameters, beginning, isTagged } = beginningOf(context.keys.sealer, sent, context.clock.now())
  if (visitor.kind !== 'signed-in' || !isTagged) {
    const detail = { rule: 'account-choice-foreign' }
    throw new HttpFault('forbidden', 'This request has expired or was changed on the way.', { detail })
  }
  return seeOther(returnPath(context.keys.sealer, parameters, { ...beginning, chosen: choiceOf(visitor.session.id) }))
}

function requestIn(path: string): Parameters {
  try {
    return parseForm(path.slice(path.indexOf('?') + 1))
  } catch (error) {
    // What cannot be read carries no tag of ours.
    if (error instanceof MalformedForm) return Parameters.empty
    throw error
  }
}
