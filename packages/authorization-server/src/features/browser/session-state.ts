// What lets a client see by itself that the session at this browser changed: a value beside each authorization response, and a
// cookie that a frame of ours compares it with. OpenID Connect Session Management §2, §3.2. Off unless it is switched on:
// the cookie is there for scripts and for frames of other sites.
import { sha256 } from '../../platform/crypto/index.ts'
import { clearFrameCookie, cookieName, setFrameCookie } from '../../platform/http/index.ts'
import type { Context } from '../context/index.ts'
import { clearedSessionCookie } from './visitor.ts'

const cookie = 'latchkey_browser_state'
const saltBytes = 9

export interface SessionStateInput {
  readonly clientId: string
  /** Where the answer goes: the client asks from a page of that origin. */
  readonly redirectUri: string
  readonly sessionId: string
}

/** What goes into an authorization response, and the cookie that goes along; undefined where it is switched off. */
export function sessionState(
  context: Context,
  { clientId, redirectUri, sessionId }: SessionStateInput,
): { readonly sessionState: string; readonly cookies: readonly string[] } | undefined {
  const origin = URL.parse(redirectUri)?.origin
  // A native app's own scheme has no origin, and no page that could ask.
  if (!context.identity.sessionManagement || origin === undefined || origin === 'null') return undefined
  const salt = Buffer.from(context.random.bytes(saltBytes)).toString('base64url')
  const hash = sha256([clientId, origin, browserState(sessionId), salt].join(' '))
  return {
    sessionState: `${Buffer.from(hash).toString('base64url')}.${salt}`,
    cookies: sessionStateCookies(context, sessionId),
  }
}

/** Says nothing of the session but that it is another one. */
function browserState(sessionId: string): string {
  return Buffer.from(sha256(`browser state ${sessionId}`)).toString('base64url', 0, 16)
}

export function browserStateCookieName(context: Pick<Context, 'secure'>): string {
  return cookieName(cookie, context.secure)
}

/** For a session that begins; nothing where it is switched off. */
export function sessionStateCookies(context: Context, sessionId: string): readonly string[] {
  const { sessionManagement, sessionLifetimeSeconds } = context.identity
  if (!sessionManagement) return []
  const options = { secure: context.secure, maxAgeSeconds: sessionLifetimeSeconds }
  return [setFrameCookie(cookie, browserState(sessionId), options)]
}

/** For a session that ended: the browser forgets it. */
export function clearedSessionCookies(context: Context): readonly string[] {
  const state = context.identity.sessionManagement ? [clearFrameCookie(cookie, context.secure)] : []
  return [clearedSessionCookie(context), ...state]
}
