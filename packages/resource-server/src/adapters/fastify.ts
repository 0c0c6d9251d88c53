// Fastify 5: a guard is an `onRequest` hook of the route. The plugin denies every route that has none, so that one cannot
// be forgotten, and remembers them all for the inventory.

import type {
  FastifyInstance,
  FastifyPluginCallback,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
} from 'fastify'
import type { Auth, TokenClaims } from '../auth.ts'
import { type InventoryLine, mark, ruleAmong } from '../inventory.ts'
import type { Decision } from '../gate.ts'
import type { Api } from '../protect.ts'
import type { Rule } from '../rule.ts'
import { AuthByRequest } from './auth-by-request.ts'
import { headerOf, mergedVary, paramsOf } from './node-message.ts'

/**
 * A route's options with a guard in them.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { fastifyGuard, type FastifyRouteGuard } from '@latchkey/resource-server/fastify'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const options: FastifyRouteGuard = fastifyGuard(api)('read')
 */
export interface FastifyRouteGuard {
  readonly onRequest: onRequestHookHandler
}

/**
 * Makes guards for routes, and tells a handler who calls.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { fastifyGuard, type FastifyGuard } from '@latchkey/resource-server/fastify'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard: FastifyGuard<'read'> = fastifyGuard(api)
 */
export interface FastifyGuard<Scope extends string = string, Claims = TokenClaims> {
  (rule: Scope | Rule): FastifyRouteGuard
  /** Who calls. @throws Error behind no guard, or a public one */
  auth(request: FastifyRequest): Auth<Scope, Claims>
  /** Denies routes without a guard, and serves the RFC 9728 document. Register it before the routes. */
  readonly plugin: FastifyPluginCallback
}

/**
 * Protects the routes of a Fastify app.
 * @example
 * import { fastify } from 'fastify'
 * import { protect } from '@latchkey/resource-server'
 * import { fastifyGuard } from '@latchkey/resource-server/fastify'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard = fastifyGuard(api)
 * const app = fastify()
 * await app.register(guard.plugin)
 * app.get('/items', guard('read'), (request) => ({ hello: guard.auth(request).subject }))
 */
export function fastifyGuard<Scope extends string, Claims>(api: Api<Scope, Claims>): FastifyGuard<Scope, Claims> {
  const callers = new AuthByRequest<Scope, Claims>()
  const guard = (wanted: Scope | Rule): FastifyRouteGuard => {
    const rule = api.rule(wanted)
    // With a callback: a promise for each request would cost as much as the check itself.
    const onRequest: onRequestHookHandler = (request, reply, done) => {
      const { method, originalUrl: url, headers, params } = request
      const header = (name: string) => headerOf(headers, name)
      const apply = (decision: Decision<Scope, Claims>): void => {
        if (!decision.allowed) {
          void reply.code(decision.status).headers(decision.headers).send(decision.body)
          return
        }
        callers.set(request, decision.auth)
        if (decision.vary !== undefined) addVary(reply, decision.vary)
        done()
      }
      const decision = api.check({ method, url, header, params: paramsOf(params), native: request }, rule)
      if (decision instanceof Promise) decision.then(apply).catch(done)
      else apply(decision)
    }
    return { onRequest: mark(onRequest, rule) }
  }
  const plugin: FastifyPluginCallback = (app, _options, done) => {
    app.addHook('onRoute', (route) => {
      const hooks: readonly unknown[] = [route.onRequest ?? []].flat()
      const rule = ruleAmong(hooks)
      for (const method of [route.method].flat()) linesOf(app).push({ method, path: route.url, rule })
      if (rule !== undefined) return
      const deny: onRequestHookHandler = (_request, reply) =>
        void reply
          .code(403)
          .send({ title: 'Forbidden', status: 403, detail: 'Nobody has decided who may use this route.' })
      route.onRequest = deny
    })
    if (api.metadataPath !== undefined) app.get(api.metadataPath, guard(api.public()), () => api.metadata)
    done()
  }
  return Object.assign(guard, {
    auth: (request: FastifyRequest) => callers.get(request),
    // The mark of fastify-plugin: what is registered here holds for the whole app.
    plugin: Object.assign(plugin, { [Symbol.for('skip-override')]: true }),
  })
}

function addVary(reply: FastifyReply, vary: string): void {
  const known = reply.getHeader('vary')
  reply.header('vary', known === undefined ? vary : mergedVary(known, vary))
}

const lines = new WeakMap<object, InventoryLine[]>()

function linesOf(app: object): InventoryLine[] {
  const known = lines.get(app) ?? []
  lines.set(app, known)
  return known
}

/**
 * Lists the routes that were added after the plugin.
 * @param app the instance that the plugin was registered on
 * @example
 * import { fastify } from 'fastify'
 * import { inventory } from '@latchkey/resource-server/fastify'
 * const lines = inventory(fastify())
 */
export function inventory(app: FastifyInstance): readonly InventoryLine[] {
  const all = linesOf(app)
  // Fastify answers HEAD wherever it answers GET.
  return all.filter(
    ({ method, path }) => method !== 'HEAD' || !all.some((one) => one.method === 'GET' && one.path === path),
  )
}
