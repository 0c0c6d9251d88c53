// Fastify 5: the sign-in is a plugin for the whole app. It answers its own paths before any route or body parser, and
// knows who is signed in on all others; a guard is an `onRequest` hook of a route.

import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import type { Login } from '../login.ts'
import type { LoginRequest } from '../request.ts'
import type { Session } from '../session.ts'
import type { User } from '../user.ts'
import { loginRequest, PRIVATE, withVary } from './node-message.ts'
import { Visits } from './visits.ts'

/**
 * A route's options with the guard in them.
 * @example
 * import { login } from '@latchkey/client'
 * import { fastifyLogin, type FastifyRouteGuard } from '@latchkey/client/fastify'
 * const secret = 'at least 32 characters, kept secret'
 * const auth = fastifyLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 * const options: FastifyRouteGuard = auth.required
 */
export interface FastifyRouteGuard {
  readonly onRequest: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
}

/**
 * The sign-in of a Fastify app.
 * @example
 * import { login } from '@latchkey/client'
 * import { fastifyLogin, type FastifyLogin } from '@latchkey/client/fastify'
 * const secret = 'at least 32 characters, kept secret'
 * const auth: FastifyLogin = fastifyLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 */
export interface FastifyLogin {
  /** Register it before the routes. */
  readonly plugin: FastifyPluginCallback
  /** Options of a route for those who are signed in; browsers go to the login, programs get 401. */
  readonly required: FastifyRouteGuard
  /** Who is signed in. @throws Error behind no guard */
  user(request: FastifyRequest): User
  /** The session, or undefined when nobody is signed in. */
  session(request: FastifyRequest): Session | undefined
}

/**
 * Mounts the sign-in on a Fastify app.
 * @example
 * import { fastify } from 'fastify'
 * import { login } from '@latchkey/client'
 * import { fastifyLogin } from '@latchkey/client/fastify'
 * const secret = 'at least 32 characters, kept secret'
 * const auth = fastifyLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 * const app = fastify()
 * await app.register(auth.plugin)
 * app.get('/me', auth.required, (request) => auth.user(request))
 */
export function fastifyLogin(login: Login): FastifyLogin {
  const visits = new Visits(login)
  const renewed = new WeakSet<FastifyRequest>()
  const read = (request: FastifyRequest): LoginRequest =>
    loginRequest(request.raw, request.method, request.originalUrl, request.body)
  const open = (request: FastifyRequest, reply: FastifyReply) =>
    visits.open(
      request,
      () => read(request),
      ({ setCookie }) => {
        if (setCookie.length === 0) return
        renewed.add(request)
        reply.header('set-cookie', [...setCookie])
      },
    )
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const answer = await login.handle(read(request))
    if (answer !== undefined) return send(reply, answer)
    await open(request, reply)
    return undefined
  }
  const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { session } = await open(request, reply)
    if (session === undefined) return send(reply, login.refuse(read(request)))
    reply.header('vary', withVary(reply.getHeader('vary'), 'Cookie')).header('cache-control', 'private, no-cache')
    return undefined
  }
  const plugin: FastifyPluginCallback = (app: FastifyInstance, _options, done) => {
    app.addHook('onRequest', onRequest)
    // At the last moment, as handlers of files set their own.
    app.addHook('onSend', async (request, reply) => {
      if (renewed.has(request)) reply.header('cache-control', PRIVATE)
    })
    done()
  }
  return {
    // The mark of fastify-plugin: what is registered here holds for the whole app.
    plugin: Object.assign(plugin, { [Symbol.for('skip-override')]: true }),
    required: { onRequest: guard },
    user: (request) => visits.user(request),
    session: (request) => visits.session(request),
  }
}

async function send(reply: FastifyReply, made: Response): Promise<FastifyReply> {
  const body = await made.text()
  for (const [name, value] of made.headers) if (name !== 'set-cookie') reply.header(name, value)
  const cookies = made.headers.getSetCookie()
  if (cookies.length > 0) reply.header('set-cookie', cookies)
  return reply.code(made.status).send(body)
}
