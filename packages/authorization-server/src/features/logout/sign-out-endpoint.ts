// /accounts/logout/: a person signs out of this browser, by themselves or because a client asked. Only a form of ours ends anything.
import { formActionSource, OAuthError } from '@latchkey/protocol'
import type { Incoming, Reply, Route } from '../../platform/http/index.ts'
import { displayIdentifier } from '../../records/users/index.ts'
import {
  endCurrentSession,
  localPath,
  page,
  pageContext,
  pageFace,
  requireForm,
  type SignedIn,
  visitorOf,
} from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { type LogoutRequest, readLogoutRequest } from './params.ts'
import type { LogoutParty } from './party.ts'
import { signOutPage } from './page.ts'
import { loadParty, refuseLogout } from './loading-endpoint.ts'
import { afterSignOut, partiesOf, showSignedOut, signOutPath } from './signed-out-endpoint.ts'
import { wayBack } from './steps.ts'

export function signOutRoutes(context: Context): readonly Route[] {
  const face = pageFace(context)
  return [
    { method: 'GET', path: signOutPath, face, handle: (request) => showSignOut(context, request) },
    { method: 'POST', path: signOutPath, face, handle: (request) => signOut(context, request) },
  ]
}

async function showSignOut(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  if (visitor.kind === 'anonymous') return showSignedOut(context, visitor, request.query.get('done'))
  return askToSignOut(context, visitor, { next: localPath(request.query.get('next')) })
}

export interface Question {
  readonly next?: string | undefined
  readonly asked?: LogoutRequest
  readonly party?: LogoutParty
  /** Whether the client's hint spoke of somebody else. */
  readonly meansOther?: boolean
}

export async function askToSignOut(context: Context, visitor: SignedIn, question: Question): Promise<Reply> {
  const { next, asked, party, meansOther = false } = question
  const name = party?.client?.name
  const parties = await partiesOf(context, visitor.session.id)
  const markup = signOutPage(pageContext(context, visitor), {
    name: displayIdentifier(visitor.user),
    next,
    askedBy: name === undefined ? undefined : { name, meansOther },
    applications: parties.map((one) => one.name),
    hidden: asked === undefined ? {} : fieldsOf(asked),
  })
  const target = party?.returnUri === undefined ? undefined : formActionSource(party.returnUri)
  return page(context, visitor, markup, { formTargets: target === undefined ? [] : [target] })
}

/** What the client sent goes through the form, to be read again as if it came for the first time. */
function fieldsOf(asked: LogoutRequest): Readonly<Record<string, string>> {
  const fields = {
    id_token_hint: asked.idTokenHint,
    client_id: asked.clientId,
    post_logout_redirect_uri: asked.postLogoutRedirectUri,
    state: asked.state,
  }
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

async function signOut(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const form = requireForm(context, request, visitor)
  try {
    const asked = readLogoutRequest(form)
    const party = await loadParty(context, asked)
    const next = localPath(form.get('next'))
    await endCurrentSession(context, visitor, party.client?.row)
    const sessionId = visitor.kind === 'signed-in' ? visitor.session.id : ''
    const back = wayBack(party.returnUri, asked.state, party.hint !== undefined)
    if (back.kind === 'none' && next !== undefined) {
      return await afterSignOut(context, request, {
        sessionId,
        clientRow: undefined,
        back: { kind: 'redirect', uri: next },
      })
    }
    return await afterSignOut(context, request, { sessionId, clientRow: party.client?.row, back })
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    return refuseLogout(context, request, visitor, error)
  }
}
