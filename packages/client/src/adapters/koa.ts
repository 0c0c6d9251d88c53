// Koa 2 and 3: the sign-in is a middleware for the whole app; who is signed in is also in `ctx.state.session`.

import type { Login } from '../login.ts'
import type { LoginRequest } from '../request.ts'
import type { Session } from '../session.ts'
import type { User } from '../user.ts'
import {
  loginRequest,
  type NodeRequest,
  type NodeResponse,
  appendCookies,
  setVisitCookies,
  withVary,
} from './node-message.ts'
import { Visits } from './visits.ts'

/**
 * The part of a Koa context that is used.
 * @example
 * import type { KoaContext } from '@latchkey/client/koa'
 * const pathOf = (context: KoaContext): string => context.originalUrl
 */
export interface KoaContext {
  readonly method: string
  readonly originalUrl: string
  readonly req: NodeRequest
  readonly res: NodeResponse
  readonly response: { get(name: string): string | string[] }
  readonly request: { readonly body?: unknown }
  state: object
  status: number
  body: unknown
  set(fields: Record<string, string>): void
}

/**
 * A middleware as Koa calls it.
 * @example
 * import type { KoaMiddleware } from '@latchkey/client/koa'
 * const pass: KoaMiddleware = (_context, next) => next()
 */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>

/**
 * The sign-in of a Koa app: itself the middleware to `use`.
 * @example
 * import { login } from '@latchkey/client'
 * import { koaLogin, type KoaLogin } from '@latchkey/client/koa'
 * const secret = 'at least 32 characters, kept secret'
 * const auth: KoaLogin = koaLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 */
export interface KoaLogin {
  (context: KoaContext, next: () => Promise<unknown>): Promise<unknown>
  /** Lets only those pass who are signed in; browsers go to the login, programs get 401. */
  readonly required: KoaMiddleware
  /** Who is signed in. @throws Error behind no guard */
  user(context: { readonly req: object }): User
  /** The session, or undefined when nobody is signed in. */
  session(context: { readonly req: object }): Session | undefined
}

/**
 * Mounts the sign-in on a Koa app.
 * @example
 * import { login } from '@latchkey/client'
 * import { koaLogin } from '@latchkey/client/koa'
 * const secret = 'at least 32 characters, kept secret'
 * const auth = koaLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 * // app.use(auth); router.get('/me', auth.required, (context) => { context.body = auth.user(context) })
 */
export function koaLogin(login: Login): KoaLogin {
  const visits = new Visits(login)
  const read = (context: KoaContext): LoginRequest =>
    loginRequest(context.req, context.method, context.originalUrl, context.request.body)
  const open = (context: KoaContext) =>
    visits.open(
      context.req,
      () => read(context),
      ({ session, setCookie }) => {
        setVisitCookies(context.res, setCookie)
        Object.assign(context.state, { session })
      },
    )
  const mount: KoaMiddleware = async (context, next) => {
    const answer = await login.handle(read(context))
    if (answer !== undefined) return send(context, answer)
    await open(context)
    return next()
  }
  const required: KoaMiddleware = async (context, next) => {
    const { session } = await open(context)
    if (session === undefined) return send(context, login.refuse(read(context)))
    context.set({ vary: withVary(context.response.get('vary'), 'Cookie'), 'cache-control': 'private, no-cache' })
    return next()
  }
  return Object.assign(mount, {
    required,
    user: ({ req }: { readonly req: object }) => visits.user(req),
    session: ({ req }: { readonly req: object }) => visits.session(req),
  })
}

async function send(context: KoaContext, made: Response): Promise<void> {
  const body = await made.text()
  context.status = made.status
  // Also an empty body: without one Koa would write the name of the status.
  context.body = body
  const headers = [...made.headers].filter(([name]) => name !== 'set-cookie')
  context.set(Object.fromEntries(headers))
  appendCookies(context.res, made.headers.getSetCookie())
}
