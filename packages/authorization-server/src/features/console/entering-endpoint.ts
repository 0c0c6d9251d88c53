// Who comes in: the session of the console's pages, or of a script with its form token, or a bearer token of a person with the
// scope `console`. What the person may do is read anew at every request.
import { OAuthError } from '@latchkey/protocol'
import type { Actor } from '../../platform/console/index.ts'
import type { Html } from '../../platform/html/index.ts'
import {
  found,
  HttpFault,
  type Incoming,
  Parameters,
  type Reply,
  seeOther,
  withHeaders,
} from '../../platform/http/index.ts'
import { groupsOf } from '../../records/groups/index.ts'
import type { User } from '../../records/users/index.ts'
import { requireBearerUser } from '../bearer/index.ts'
import { page, requireForm, type SignedIn, signInPath, visitorOf } from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { permissionsOf } from './authority.ts'
import type { Console, Entered } from './console.ts'
import { isProven, type Presence, presenceCookie, presenceOf, renewMs } from './presence.ts'

/** The scope with which a person's token may do in the API what the person may do in the console. */
export const consoleScope = 'console'
export const proofPath = '/admin/confirm/'

async function actorOf(context: Context, user: User): Promise<Actor> {
  const { id, epoch, isStaff, isSuperuser } = user
  const permissions = isStaff ? permissionsOf(await groupsOf(context.database, id)) : new Set<string>()
  return { id, epoch, isStaff, isSuperuser, permissions }
}

/** By the session. */
function againBySession(context: Context, request: Incoming): Entered['again'] {
  return async () => {
    const visitor = await visitorOf(context, request)
    return visitor.kind === 'signed-in' ? actorOf(context, visitor.user) : undefined
  }
}

/** By the token: it may have been revoked. */
function againByToken(context: Context, request: Incoming): Entered['again'] {
  return async () => {
    try {
      const { view } = await requireBearerUser(context, request, [consoleScope])
      return await actorOf(context, view.user)
    } catch (error) {
      if (error instanceof OAuthError) return undefined
      throw error
    }
  }
}

export interface EnteredPage extends Entered {
  readonly visitor: SignedIn
  readonly request: Incoming
  /** To be sent with the answer, now and then. */
  readonly cookie: string | undefined
}

export function toProof(request: Incoming, next: string): Reply {
  const address = `${proofPath}?next=${encodeURIComponent(next)}`
  return request.method === 'GET' ? found(address) : seeOther(address)
}

/** @param back where to come back to from a detour; a form's fields do not survive one */
export async function enterPage(here: Console, request: Incoming, back: string): Promise<EnteredPage | Reply> {
  const { context, settings } = here
  const visitor = await visitorOf(context, request)
  if (visitor.kind !== 'signed-in')
    return request.method === 'GET' ? found(signInPath(back)) : seeOther(signInPath(back))
  const now = context.clock.now()
  const presence = presenceOf(context, settings, request, visitor.session, now)
  if (presence === undefined) return toProof(request, back)
  const actor = await actorOf(context, visitor.user)
  return {
    asked: { actor, address: request.remoteAddress, at: now },
    isFresh: isProven(settings, presence.provenAt, now),
    again: againBySession(context, request),
    visitor,
    request,
    cookie: renewed(context, visitor, presence, now),
  }
}

function renewed(context: Context, { session }: SignedIn, presence: Presence, now: number): string | undefined {
  if (now - presence.seenAt < renewMs) return undefined
  return presenceCookie(context, session, { ...presence, seenAt: now })
}

export function pageReply(here: Console, { visitor, cookie }: EnteredPage, markup: Html, status = 200): Reply {
  const reply = page(here.context, visitor, markup, { status })
  return cookie === undefined ? reply : withHeaders(reply, { 'set-cookie': cookie })
}

export async function enterApi(here: Console, request: Incoming): Promise<Entered> {
  const { context, settings } = here
  const now = context.clock.now()
  if (request.headers.authorization !== undefined) {
    const { view } = await requireBearerUser(context, request, [consoleScope])
    return {
      asked: { actor: await actorOf(context, view.user), address: request.remoteAddress, at: now },
      isFresh: isProven(settings, view.grant.authenticatedAt, now),
      again: againByToken(context, request),
    }
  }
  const visitor = await visitorOf(context, request)
  if (visitor.kind !== 'signed-in') throw unknownCaller('token-missing', 'Sign in, or send a bearer token.')
  const presence = presenceOf(context, settings, request, visitor.session, now)
  if (presence === undefined)
    throw unknownCaller('console-idle', 'The console was left alone for too long: give the password again.')
  if (request.method !== 'GET') requireScript(context, request, visitor)
  return {
    asked: { actor: await actorOf(context, visitor.user), address: request.remoteAddress, at: now },
    isFresh: isProven(settings, presence.provenAt, now),
    again: againBySession(context, request),
  }
}

function unknownCaller(rule: string, message: string): OAuthError {
  return new OAuthError('invalid_token', message, { rule })
}

/** A script of one of our pages shows the page's form token in a header: no other site can send one. */
function requireScript(context: Context, request: Incoming, visitor: SignedIn): void {
  const token = request.headers['x-csrf-token']
  if (typeof token !== 'string') {
    throw new HttpFault('forbidden', 'With a session, the header X-CSRF-Token carries the form token of a page.', {
      detail: { rule: 'form-token-missing' },
    })
  }
  const { method, path, url, query, params, headers, cookies, remoteAddress } = request
  const body = { kind: 'form', parameters: new Parameters([['csrf_token', token]]) } as const
  requireForm(context, { method, path, url, query, params, headers, cookies, remoteAddress, body }, visitor)
}
