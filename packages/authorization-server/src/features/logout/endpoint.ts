// /o/logout/ by GET or POST: a client asks to sign its person out. OpenID Connect RP-Initiated Logout 1.0.
import { OAuthError } from '@latchkey/protocol'
import { found, HttpFault, type Incoming, Parameters, type Reply, seeOther } from '../../platform/http/index.ts'
import { endCurrentSession, pageFace, type SignedIn, type Visitor, visitorOf } from '../browser/index.ts'
import { subjectFor } from '../claims/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { checkSessionPath, checkSessionRoutes, checkSessionScriptPath } from './check-session-endpoint.ts'
import { loadParty, refuseLogout } from './loading-endpoint.ts'
import { logoutParameters, type LogoutRequest, readLogoutRequest } from './params.ts'
import { type LogoutParty, namesPerson } from './party.ts'
import { askToSignOut, signOutRoutes } from './sign-out-endpoint.ts'
import { afterSignOut, signedOutReply, signOutPath } from './signed-out-endpoint.ts'
import { logoutStep, wayBack } from './steps.ts'

const path = '/o/logout/'

export function logoutFeature(context: Context): Feature {
  const face = pageFace(context)
  const withSessions = context.identity.sessionManagement
  return {
    name: 'logout',
    routes: [
      { method: 'GET', path, face, handle: (request) => logout(context, request, queryOf(request)) },
      { method: 'POST', path, face, handle: (request) => logout(context, request, formOf(request)) },
      ...signOutRoutes(context),
      ...(withSessions ? checkSessionRoutes(context) : []),
    ],
    describes: {
      [path]: {
        purpose: 'Signs a person out at the wish of a client, and sends them back to a registered address.',
        caller: 'anyone',
        spec: 'OpenID Connect RP-Initiated Logout §2',
      },
      [signOutPath]: { purpose: 'Sign out of this browser.', caller: 'anyone', spec: 'OWASP ASVS 5.0 V7.4.4' },
      ...(withSessions
        ? {
            [checkSessionPath]: {
              purpose: 'The frame that tells a client whether the session at this browser has changed.',
              caller: 'anyone',
              spec: 'OpenID Connect Session Management §3.2',
            },
            [checkSessionScriptPath]: { purpose: 'The script of that frame.', caller: 'anyone' },
          }
        : {}),
    },
    metadata: {
      end_session_endpoint: `${context.publicUrl}${path}`,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      frontchannel_logout_supported: true,
      frontchannel_logout_session_supported: true,
      ...(withSessions ? { check_session_iframe: `${context.publicUrl}${checkSessionPath}` } : {}),
    },
  }
}

function queryOf(request: Incoming): Parameters {
  if (request.queryFault === undefined) return request.query
  throw new HttpFault('bad-request', request.queryFault, { detail: { rule: 'query' } })
}

function formOf(request: Incoming): Parameters {
  if (request.body.kind === 'form') return request.body.parameters
  if (request.body.kind === 'none') return Parameters.empty
  throw new HttpFault('bad-request', 'The form could not be read.', { detail: { rule: 'form-unreadable' } })
}

async function logout(context: Context, request: Incoming, sent: Parameters): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  try {
    const asked = readLogoutRequest(sent)
    // A form of another site comes without our cookie (SameSite=Lax), which says nothing of who is signed in: the same again, by GET.
    if (request.method === 'POST' && visitor.kind === 'anonymous') return seeOther(`${path}${queryFrom(sent)}`)
    const party = await loadParty(context, asked)
    if (visitor.kind === 'anonymous') return await nothingToEnd(context, visitor, asked, party)
    return await endOrAsk(context, request, visitor, asked, party)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    return refuseLogout(context, request, visitor, error)
  }
}

function queryFrom(sent: Parameters): string {
  const query = new URLSearchParams()
  for (const name of logoutParameters) {
    const value = sent.get(name)
    if (value !== undefined) query.append(name, value)
  }
  return query.size === 0 ? '' : `?${query.toString()}`
}

async function endOrAsk(
  context: Context,
  request: Incoming,
  visitor: SignedIn,
  asked: LogoutRequest,
  party: LogoutParty,
): Promise<Reply> {
  const { client, hint } = party
  const subject = client && subjectFor(context, client, visitor.user)
  const { email, username, subject: own } = visitor.user
  const hintIsOfVisitor = hint && hint.subject === subject
  const names = [email, username, own, subject, hint?.sid]
  const nameIsOfVisitor = namesPerson(asked.logoutHint, names)
  if (logoutStep({ isSignedIn: true, hintIsOfVisitor, nameIsOfVisitor }) === 'ask') {
    const meansOther = hintIsOfVisitor === false || nameIsOfVisitor === false
    return askToSignOut(context, visitor, { asked, party, meansOther })
  }
  await endCurrentSession(context, visitor, client?.row)
  const back = wayBack(party.returnUri, asked.state, hint !== undefined)
  return afterSignOut(context, request, { sessionId: visitor.session.id, clientRow: client?.row, back })
}

/** Nobody is signed in here: the person is told so, or goes back to the client that knows them. */
async function nothingToEnd(
  context: Context,
  visitor: Visitor,
  asked: LogoutRequest,
  { client, hint, returnUri }: LogoutParty,
): Promise<Reply> {
  const back = wayBack(returnUri, asked.state, hint !== undefined)
  if (back.kind === 'redirect') return found(back.uri)
  return signedOutReply(context, visitor, { back, name: client?.name, frames: [] })
}
