// Who may use an account: connected apps, sessions, and the seeds' /o/authorized_tokens/. Every end of access is one commit
// with its event; what is not the visitor's own is not found.
import { HttpFault, type Reply, type Route, seeOther } from '../../platform/http/index.ts'
import { consentsOf } from '../../records/consents/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { endOwnGrant, type GrantInList, liveGrantsOf, withdrawAccess } from '../../records/grants/index.ts'
import { endOtherSessionsOf, endSessionOf } from '../../records/logouts/index.ts'
import { listScopes } from '../../records/scopes/index.ts'
import { decideSession, type Session, sessionsOf } from '../../records/sessions/index.ts'
import { type OwnForm, type OwnRequest, type OwnRoutes, page, pageContext, type SignedIn } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { afterSignOut } from '../logout/index.ts'
import {
  authorizedTokenRevokePage,
  authorizedTokensPage,
  type ConnectedApp,
  connectedAppsPage,
  sessionsPage,
} from './access-page.ts'
import { connectedApps } from './connected-apps.ts'
import { deviceOf } from './device.ts'
import { accountNoticeOf } from './notices.ts'
import { rowNumber } from './params.ts'

const appsPath = '/account/apps/'
const sessionsPath = '/account/sessions/'
const tokensPath = '/o/authorized_tokens/'

export function accessRoutes(context: Context, { page: ownPage, form: ownForm }: OwnRoutes): readonly Route[] {
  const tokenPath = `${tokensPath}:id/delete/`
  return [
    ownPage(appsPath, (own) => showApps(context, own)),
    ownForm(`${appsPath}revoke/`, (own) => revokeApp(context, own), appsPath),
    ownPage(sessionsPath, (own) => showSessions(context, own)),
    ownForm(`${sessionsPath}end/`, (own) => endOneSession(context, own), sessionsPath),
    ownForm(`${sessionsPath}end-others/`, (own) => endOthers(context, own), sessionsPath),
    ownPage(tokensPath, (own) => showTokens(context, own)),
    ownPage(tokenPath, (own) => confirmToken(context, own)),
    ownForm(tokenPath, (own) => revokeToken(context, own)),
  ]
}

function notFound(): HttpFault {
  return new HttpFault('not-found', 'There is nothing of yours at this address.')
}

async function appsOf(context: Context, { user }: SignedIn): Promise<readonly ConnectedApp[]> {
  const [grants, consents, scopes] = await Promise.all([
    liveGrantsOf(context.database, user.id, context.clock.now()),
    consentsOf(context.database, user.id),
    listScopes(context.database),
  ])
  return connectedApps(grants, consents, scopes)
}

async function showApps(context: Context, { visitor, request }: OwnRequest): Promise<Reply> {
  const markup = connectedAppsPage(pageContext(context, visitor), {
    apps: await appsOf(context, visitor),
    now: context.clock.now(),
    notice: accountNoticeOf(request.query.get('done')),
  })
  return page(context, visitor, markup)
}

/** Ends what the application holds, and lets it hold nothing without being asked for again. */
async function revokeApp(context: Context, { visitor, form, request }: OwnForm): Promise<Reply> {
  const clientRow = rowNumber(form.get('app'))
  const apps = await appsOf(context, visitor)
  if (clientRow === undefined || !apps.some((app) => app.id === String(clientRow))) throw notFound()
  const now = context.clock.now()
  const userId = visitor.user.id
  await context.database.commit([
    ...withdrawAccess(userId, clientRow, now),
    recordEvent({
      kind: 'consent.withdrawn',
      at: now,
      actorId: userId,
      userId,
      clientRow,
      address: request.remoteAddress,
    }),
  ])
  return seeOther(`${appsPath}?done=app-removed`)
}

/** The visitor's sessions that would still be let in, the one used last first. */
export async function liveSessions(context: Context, { user, session }: SignedIn): Promise<readonly Session[]> {
  const now = context.clock.now()
  const limits = { idleMs: context.identity.sessionIdleSeconds * 1_000 }
  const { installationEpoch } = session
  const standing = { userIsActive: user.isActive, userEpoch: user.epoch, installationEpoch }
  const sessions = await sessionsOf(context.database, user.id)
  return sessions.filter((one) => decideSession(one, standing, limits, now).kind === 'live')
}

async function showSessions(context: Context, { visitor, request }: OwnRequest): Promise<Reply> {
  const sessions = await liveSessions(context, visitor)
  const markup = sessionsPage(pageContext(context, visitor), {
    sessions: sessions.map((session) => ({
      id: session.id,
      device: deviceOf(session.userAgent),
      address: session.address,
      startedAt: session.createdAt,
      lastSeenAt: session.lastSeenAt,
      isCurrent: session.id === visitor.session.id,
    })),
    now: context.clock.now(),
    notice: accountNoticeOf(request.query.get('done')),
  })
  return page(context, visitor, markup)
}

async function endOneSession(context: Context, { visitor, form, request }: OwnForm): Promise<Reply> {
  const id = form.get('session') ?? ''
  const userId = visitor.user.id
  const now = context.clock.now()
  const address = request.remoteAddress
  const result = await context.database.commit([
    ...endSessionOf(id, userId, now),
    recordEvent({
      kind: 'session.ended',
      at: now,
      actorId: userId,
      userId,
      address,
      detail: { reason: 'ended-by-user' },
    }),
  ])
  if (!result.won) throw notFound()
  // Whoever ends the session they sit in has signed out.
  if (id === visitor.session.id)
    return afterSignOut(context, request, { sessionId: id, clientRow: undefined, back: { kind: 'none' } })
  return seeOther(`${sessionsPath}?done=session-ended`)
}

async function endOthers(context: Context, { visitor, request }: OwnForm): Promise<Reply> {
  const userId = visitor.user.id
  const now = context.clock.now()
  const address = request.remoteAddress
  await context.database.commit([
    ...endOtherSessionsOf(visitor.session.id, userId, now),
    recordEvent({
      kind: 'session.ended',
      at: now,
      actorId: userId,
      userId,
      address,
      detail: { reason: 'others-ended' },
    }),
  ])
  return seeOther(`${sessionsPath}?done=other-sessions-ended`)
}

async function showTokens(context: Context, { visitor, request }: OwnRequest): Promise<Reply> {
  const now = context.clock.now()
  const grants = await liveGrantsOf(context.database, visitor.user.id, now)
  const markup = authorizedTokensPage(pageContext(context, visitor), {
    tokens: grants.map((grant) => ({
      id: grant.id,
      applicationName: grant.clientName,
      scopes: scopesOf(grant),
      issuedAt: grant.createdAt,
      lastRefreshedAt: grant.rotatedAt,
    })),
    now,
    notice: accountNoticeOf(request.query.get('done')),
  })
  return page(context, visitor, markup)
}

function scopesOf(grant: GrantInList): readonly string[] {
  return grant.scopes.split(' ').filter((scope) => scope !== '')
}

async function ownGrant(context: Context, { visitor, request }: OwnRequest): Promise<GrantInList> {
  const grants = await liveGrantsOf(context.database, visitor.user.id, context.clock.now())
  const grant = grants.find(({ id }) => id === request.params['id'])
  if (grant === undefined) throw notFound()
  return grant
}

async function confirmToken(context: Context, own: OwnRequest): Promise<Reply> {
  const { visitor } = own
  const grant = await ownGrant(context, own)
  const markup = authorizedTokenRevokePage(pageContext(context, visitor), {
    id: grant.id,
    applicationName: grant.clientName,
    scopes: scopesOf(grant),
  })
  return page(context, visitor, markup)
}

async function revokeToken(context: Context, own: OwnForm): Promise<Reply> {
  const { visitor, request } = own
  const { id, clientRow } = await ownGrant(context, own)
  const userId = visitor.user.id
  const now = context.clock.now()
  const result = await context.database.commit([
    endOwnGrant(id, userId, now),
    recordEvent({
      kind: 'grant.ended',
      at: now,
      actorId: userId,
      userId,
      clientRow,
      address: request.remoteAddress,
      detail: { reason: 'revoked-by-user' },
    }),
  ])
  if (!result.won) throw notFound()
  return seeOther(`${tokensPath}?done=token-revoked`)
}
