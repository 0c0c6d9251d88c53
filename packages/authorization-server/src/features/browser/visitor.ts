// Who sits at the browser: the session that its cookie names, read anew at every request, or nobody.
// The cookie is sealed: it names a session without being one, so a copy of the database opens nobody's account.
import { type Purpose, randomId } from '../../platform/crypto/index.ts'
import { clearCookie, cookieName, type Incoming, setCookie } from '../../platform/http/index.ts'
import { decideSession, findSession, type Session, touchSession } from '../../records/sessions/index.ts'
import type { User } from '../../records/users/index.ts'
import type { Context } from '../context/index.ts'

export interface SignedIn {
  readonly kind: 'signed-in'
  readonly session: Session
  readonly user: User
}

/** Nobody is signed in; the browser is known by a random id, so that a form can be bound to it. */
export interface Anonymous {
  readonly kind: 'anonymous'
  readonly browserId: string
  /** Set when the browser had no id yet: the reply must carry it. */
  readonly isNew: boolean
}

export type Visitor = SignedIn | Anonymous

type Named = Pick<Context, 'identity' | 'secure'>

/** Never Django's `sessionid`, which an app on the same host would overwrite. */
const sessionCookie = ({ identity }: Pick<Context, 'identity'>): string => `${identity.cookiePrefix}_session`
/** As browsers have it. */
export function sessionCookieName(context: Pick<Context, 'identity' | 'secure'>): string {
  return cookieName(sessionCookie(context), context.secure)
}

const browserCookie = ({ identity }: Pick<Context, 'identity'>): string => `${identity.cookiePrefix}_browser`

const sessionPurpose: Purpose = { name: 'session cookie', prefix: '' }
const browserPurpose: Purpose = { name: 'browser cookie', prefix: '' }
const touchEveryMs = 60_000

export async function visitorOf(context: Context, request: Pick<Incoming, 'cookies'>): Promise<Visitor> {
  return (await signedInVisitor(context, request)) ?? anonymousVisitor(context, request)
}

async function signedInVisitor(context: Context, request: Pick<Incoming, 'cookies'>): Promise<SignedIn | undefined> {
  const cookie = request.cookies[cookieName(sessionCookie(context), context.secure)]
  const id = cookie === undefined ? undefined : openId(context, sessionPurpose, cookie)
  const view = id === undefined ? undefined : await findSession(context.database, id)
  if (view === undefined) return undefined
  const now = context.clock.now()
  const limits = { idleMs: context.identity.sessionIdleSeconds * 1_000 }
  if (decideSession(view.session, view.standing, limits, now).kind === 'over') return undefined
  if (now - view.session.lastSeenAt > touchEveryMs) await context.database.commit([touchSession(view.session.id, now)])
  return { kind: 'signed-in', session: view.session, user: view.user }
}

function anonymousVisitor(context: Context, request: Pick<Incoming, 'cookies'>): Anonymous {
  const cookie = request.cookies[cookieName(browserCookie(context), context.secure)]
  const known = cookie === undefined ? undefined : openId(context, browserPurpose, cookie)
  if (known !== undefined) return { kind: 'anonymous', browserId: known, isNew: false }
  return { kind: 'anonymous', browserId: randomId(context.random), isNew: true }
}

function openId(context: Context, purpose: Purpose, cookie: string): string | undefined {
  const bytes = context.keys.sealer.untag(purpose, cookie)
  return bytes && Buffer.from(bytes).toString('base64url')
}

function sealId(context: Context, purpose: Purpose, id: string): string {
  return context.keys.sealer.tag(purpose, Buffer.from(id, 'base64url'))
}

/** The Set-Cookie of a new session; the browser forgets it no later than the server does. */
export function sessionCookieFor(context: Context, sessionId: string): string {
  return setCookie(sessionCookie(context), sealId(context, sessionPurpose, sessionId), {
    secure: context.secure,
    maxAgeSeconds: context.identity.sessionLifetimeSeconds,
  })
}

export function browserCookieFor(context: Context, visitor: Anonymous): string {
  return setCookie(browserCookie(context), sealId(context, browserPurpose, visitor.browserId), {
    secure: context.secure,
  })
}

export function clearedSessionCookie(context: Named): string {
  return clearCookie(sessionCookie(context), context.secure)
}
