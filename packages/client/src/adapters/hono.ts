// Hono 4: the sign-in is a middleware for the whole app; who is signed in is in `c.var.user`, typed.

import type { MiddlewareHandler } from 'hono'
import type { Login } from '../login.ts'
import { requestOf } from '../request.ts'
import type { Session } from '../session.ts'
import type { User } from '../user.ts'
import { PRIVATE, withVary } from './node-message.ts'

/**
 * What the sign-in puts into the context of Hono.
 * @example
 * import { Hono } from 'hono'
 * import type { HonoVisit } from '@latchkey/client/hono'
 * const app = new Hono<HonoVisit>()
 */
export interface HonoVisit {
  Variables: {
    /** Undefined when nobody is signed in. */
    session: Session | undefined
  }
}

/**
 * What the guard puts into the context of Hono.
 * @example
 * import { Hono } from 'hono'
 * import type { HonoUser } from '@latchkey/client/hono'
 * const app = new Hono<HonoUser>()
 */
export interface HonoUser {
  Variables: { session: Session; user: User }
}

/**
 * The sign-in of a Hono app: itself the middleware to `use`.
 * @example
 * import { login } from '@latchkey/client'
 * import { honoLogin, type HonoLogin } from '@latchkey/client/hono'
 * const secret = 'at least 32 characters, kept secret'
 * const auth: HonoLogin = honoLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 */
export interface HonoLogin extends MiddlewareHandler<HonoVisit> {
  /** Lets only those pass who are signed in; browsers go to the login, programs get 401. */
  readonly required: MiddlewareHandler<HonoUser>
}

/**
 * Mounts the sign-in on a Hono app.
 * @example
 * import { Hono } from 'hono'
 * import { login } from '@latchkey/client'
 * import { honoLogin } from '@latchkey/client/hono'
 * const secret = 'at least 32 characters, kept secret'
 * const auth = honoLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 * const app = new Hono()
 * app.use(auth)
 * app.get('/me', auth.required, (c) => c.json(c.var.user))
 */
export function honoLogin(login: Login): HonoLogin {
  const middleware: MiddlewareHandler<HonoVisit> = async (c, next) => {
    const request = requestOf(c.req.raw)
    const answer = await login.handle(request)
    if (answer !== undefined) return answer
    const { session, setCookie } = await login.open(request)
    c.set('session', session)
    await next()
    for (const line of setCookie) c.header('set-cookie', line, { append: true })
    if (setCookie.length > 0) c.header('cache-control', PRIVATE)
    return undefined
  }
  const required: MiddlewareHandler<HonoUser> = async (c, next) => {
    // The type says what this guard makes true; before it, nobody may be signed in.
    const session: Session | undefined = c.get('session')
    if (session === undefined) return login.refuse(requestOf(c.req.raw))
    c.set('user', session.user)
    await next()
    c.header('vary', withVary(c.res.headers.get('vary') ?? undefined, 'Cookie'))
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'private, no-cache')
    return undefined
  }
  return Object.assign(middleware, { required })
}
