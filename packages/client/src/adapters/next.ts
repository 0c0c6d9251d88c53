// Next: route handlers for the paths of signing in, guards that stand beside the handler itself (a check in the proxy can
// be bypassed, CVE-2025-29927), and the session for server components.

import type { Login } from '../login.ts'
import { requestOf } from '../request.ts'
import type { Session } from '../session.ts'
import type { FetchVisit } from './fetch.ts'
import { guardedBy, seenBy, withCookies } from './visited-response.ts'

/**
 * What Next gives a route handler besides the request.
 * @example
 * import type { NextContext } from '@latchkey/client/next'
 * const context: NextContext = { params: Promise.resolve({ id: '1' }) }
 */
export interface NextContext {
  readonly params: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

/**
 * A route handler as Next calls it.
 * @example
 * import type { NextRoute } from '@latchkey/client/next'
 * const GET: NextRoute = async () => new Response('hello')
 */
export type NextRoute = (request: Request, context: NextContext) => Promise<Response>

/**
 * A route handler that knows who is signed in.
 * @example
 * import type { NextHandler } from '@latchkey/client/next'
 * const handler: NextHandler = (_request, { session }) => new Response(session?.user.username)
 */
export type NextHandler = (request: Request, visit: FetchVisit & NextContext) => Response | Promise<Response>

/**
 * The sign-in of a Next app.
 * @example
 * import { login } from '@latchkey/client'
 * import { nextLogin, type NextLogin } from '@latchkey/client/next'
 * const secret = 'at least 32 characters, kept secret'
 * const auth: NextLogin = nextLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 */
export interface NextLogin {
  /** Export both from `app/auth/[...step]/route.ts`. */
  readonly GET: NextRoute
  readonly POST: NextRoute
  /** Wraps a route handler: it knows who is signed in, if anybody is. */
  route(handler: NextHandler): NextRoute
  /** Wraps a route handler for those who are signed in. */
  required(handler: NextHandler): NextRoute
  /** For server components and actions: `await auth.session(await headers())`. Sealed cookies are not renewed: none can be set there. */
  session(headers: { get(name: string): string | null }): Promise<Session | undefined>
}

/**
 * Makes the route handlers of a Next app.
 * @example
 * import { login } from '@latchkey/client'
 * import { nextLogin, type NextRoute } from '@latchkey/client/next'
 * const secret = 'at least 32 characters, kept secret'
 * const auth = nextLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 * const GET: NextRoute = auth.required((_request, { user }) => Response.json(user))
 */
export function nextLogin(login: Login): NextLogin {
  const step: NextRoute = async (request) =>
    (await login.handle(requestOf(request))) ?? new Response('Not found', { status: 404 })
  const route =
    (handler: NextHandler): NextRoute =>
    async (request, context) => {
      const visit = await login.open(requestOf(request))
      const seen = Object.assign(seenBy(visit), { params: context.params })
      return withCookies(await handler(request, seen), visit)
    }
  return {
    GET: step,
    POST: step,
    route,
    required: (handler) => route((request, visit) => guardedBy(login, (same) => handler(same, visit))(request, visit)),
    async session(headers) {
      const { session } = await login.open({ header: (name) => headers.get(name) ?? undefined }, false)
      return session
    },
  }
}
