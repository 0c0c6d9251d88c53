// Whether somebody still sits at the console, and when they last gave their password. A cookie of its own, bound to the session,
// tells it: alone it opens nothing, and without it a session that was left alone must prove itself first. OWASP ASVS 5.0 V7.3, V7.5.
import type { Purpose } from '../../platform/crypto/index.ts'
import { cookieName, type Incoming, setCookie } from '../../platform/http/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { Session } from '../../records/sessions/index.ts'
import type { Context } from '../context/index.ts'
import type { ConsoleSettings } from './config.ts'

export interface Presence {
  readonly seenAt: Instant
  /** When the password was last given. */
  readonly provenAt: Instant
}

type Needs = Pick<Context, 'keys' | 'secure' | 'identity'>

const purpose: Purpose = { name: 'console presence', prefix: '' }
const idBytes = 16
const timeBytes = 6
const payloadBytes = idBytes + 2 * timeBytes
/** How old the cookie may be before it is written anew. */
export const renewMs = 30_000

function nameOf({ identity }: Needs): string {
  return `${identity.cookiePrefix}_console`
}

/** Undefined when the console was left alone for too long. */
export function presenceOf(
  context: Needs,
  settings: ConsoleSettings,
  request: Pick<Incoming, 'cookies'>,
  session: Pick<Session, 'id' | 'authenticatedAt'>,
  now: Instant,
): Presence | undefined {
  const { authenticatedAt } = session
  const kept = readCookie(context, request, session)
  const idleMs = settings.idleSeconds * 1_000
  if (kept !== undefined && kept.seenAt + idleMs > now) {
    return { seenAt: kept.seenAt, provenAt: Math.max(kept.provenAt, authenticatedAt) }
  }
  return authenticatedAt + idleMs > now ? { seenAt: authenticatedAt, provenAt: authenticatedAt } : undefined
}

function readCookie(
  context: Needs,
  request: Pick<Incoming, 'cookies'>,
  session: Pick<Session, 'id'>,
): Presence | undefined {
  const cookie = request.cookies[cookieName(nameOf(context), context.secure)]
  const opened = cookie === undefined ? undefined : context.keys.sealer.untag(purpose, cookie)
  if (opened?.length !== payloadBytes) return undefined
  const bytes = Buffer.from(opened)
  if (bytes.toString('base64url', 0, idBytes) !== session.id) return undefined
  return { seenAt: bytes.readUIntBE(idBytes, timeBytes), provenAt: bytes.readUIntBE(idBytes + timeBytes, timeBytes) }
}

/** A session cookie: it goes with the browser. */
export function presenceCookie(context: Needs, session: Pick<Session, 'id'>, presence: Presence): string {
  const bytes = Buffer.alloc(payloadBytes)
  bytes.write(session.id, 'base64url')
  bytes.writeUIntBE(presence.seenAt, idBytes, timeBytes)
  bytes.writeUIntBE(presence.provenAt, idBytes + timeBytes, timeBytes)
  return setCookie(nameOf(context), context.keys.sealer.tag(purpose, bytes), { secure: context.secure })
}

export function isProven({ proofSeconds }: ConsoleSettings, provenAt: Instant | undefined, now: Instant): boolean {
  return provenAt !== undefined && provenAt + proofSeconds * 1_000 > now
}
