// Express 4 and 5: the sign-in is a middleware that answers its own paths and knows who is signed in on all others. Types
// are structural, so either version's fit.

import type { Login } from '../login.ts'
import type { LoginRequest } from '../request.ts'
import type { Session } from '../session.ts'
import type { User } from '../user.ts'
import {
  loginRequest,
  type NodeRequest,
  type NodeResponse,
  sendResponse,
  setVisitCookies,
  withVary,
} from './node-message.ts'
import { Visits } from './visits.ts'

export { type NodeHeaders, type NodeRequest, type NodeResponse } from './node-message.ts'

/**
 * The part of an Express request that is used.
 * @example
 * import type { ExpressRequest } from '@latchkey/client/express'
 * const pathOf = (request: ExpressRequest): string => request.originalUrl
 */
export interface ExpressRequest extends NodeRequest {
  readonly method: string
  readonly originalUrl: string
  readonly body?: unknown
}

/**
 * A handler as Express calls it.
 * @example
 * import type { ExpressHandler } from '@latchkey/client/express'
 * const pass: ExpressHandler = (_request, _response, next) => next()
 */
export type ExpressHandler = (request: ExpressRequest, response: NodeResponse, next: (error?: unknown) => void) => void

/**
 * The sign-in of an Express app: itself the middleware to `use`.
 * @example
 * import { login } from '@latchkey/client'
 * import { expressLogin, type ExpressLogin } from '@latchkey/client/express'
 * const secret = 'at least 32 characters, kept secret'
 * const auth: ExpressLogin = expressLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 */
export interface ExpressLogin {
  (request: ExpressRequest, response: NodeResponse, next: (error?: unknown) => void): void
  /** Lets only those pass who are signed in; browsers go to the login, programs get 401. */
  readonly required: ExpressHandler
  /** Who is signed in. @throws Error behind no guard */
  user(request: object): User
  /** The session, or undefined when nobody is signed in. */
  session(request: object): Session | undefined
}

/**
 * Mounts the sign-in on an Express app.
 * @example
 * import { login } from '@latchkey/client'
 * import { expressLogin } from '@latchkey/client/express'
 * const secret = 'at least 32 characters, kept secret'
 * const auth = expressLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 * // app.use(auth); app.get('/me', auth.required, (request, response) => response.json(auth.user(request)))
 */
export function expressLogin(login: Login): ExpressLogin {
  const visits = new Visits(login)
  const read = (request: ExpressRequest): LoginRequest =>
    loginRequest(request, request.method, request.originalUrl, request.body)
  const open = (request: ExpressRequest, response: NodeResponse) =>
    visits.open(
      request,
      () => read(request),
      (visit) => setVisitCookies(response, visit.setCookie),
    )
  async function mount(request: ExpressRequest, response: NodeResponse): Promise<boolean> {
    const answer = await login.handle(read(request))
    if (answer !== undefined) {
      await sendResponse(response, answer)
      return false
    }
    await open(request, response)
    return true
  }
  async function guard(request: ExpressRequest, response: NodeResponse): Promise<boolean> {
    const { session } = await open(request, response)
    if (session === undefined) {
      await sendResponse(response, login.refuse(read(request)))
      return false
    }
    response.setHeader('vary', withVary(response.getHeader('vary'), 'Cookie'))
    response.setHeader('cache-control', 'private, no-cache')
    return true
  }
  const handler =
    (pass: (request: ExpressRequest, response: NodeResponse) => Promise<boolean>): ExpressHandler =>
    (request, response, next) => {
      pass(request, response).then((goesOn) => (goesOn ? next() : undefined), next)
    }
  return Object.assign(handler(mount), {
    required: handler(guard),
    user: (request: object) => visits.user(request),
    session: (request: object) => visits.session(request),
  })
}
