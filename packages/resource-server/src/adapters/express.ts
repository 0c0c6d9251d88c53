// Express 4 and 5: a guard is a handler before the route's own. Types are structural, so either version's fit.

import type { Auth, TokenClaims } from '../auth.ts'
import { type InventoryLine, mark, ruleAmong } from '../inventory.ts'
import type { Decision } from '../gate.ts'
import type { Api } from '../protect.ts'
import type { GuardRequest } from '../request.ts'
import type { Rule } from '../rule.ts'
import { AuthByRequest } from './auth-by-request.ts'
import { addVary, headerOf, type NodeHeaders, type NodeResponse } from './node-message.ts'

export { type NodeHeaders, type NodeResponse } from './node-message.ts'

/**
 * The part of an Express request that is used.
 * @example
 * import type { ExpressRequest } from '@latchkey/resource-server/express'
 * const request: ExpressRequest = { method: 'GET', originalUrl: '/', headers: {}, params: {} }
 */
export interface ExpressRequest {
  readonly method: string
  readonly originalUrl: string
  readonly headers: NodeHeaders
  readonly params: GuardRequest['params']
}

/**
 * A handler as Express calls it.
 * @example
 * import type { ExpressHandler } from '@latchkey/resource-server/express'
 * const pass: ExpressHandler = (_request, _response, next) => next()
 */
export type ExpressHandler = (request: ExpressRequest, response: NodeResponse, next: (error?: unknown) => void) => void

/**
 * Makes guards for routes, and tells a handler who calls.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { expressGuard, type ExpressGuard } from '@latchkey/resource-server/express'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard: ExpressGuard<'read'> = expressGuard(api)
 */
export interface ExpressGuard<Scope extends string = string, Claims = TokenClaims> {
  (rule: Scope | Rule): ExpressHandler
  /** Who calls. @throws Error behind no guard, or a public one */
  auth(request: object): Auth<Scope, Claims>
  /** Serves the RFC 9728 document; put it at `api.metadataPath`. */
  readonly metadata: ExpressHandler
}

/**
 * Protects the routes of an Express app.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { expressGuard } from '@latchkey/resource-server/express'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard = expressGuard(api)
 * const handler = guard('read') // app.get('/items', guard('read'), …)
 */
export function expressGuard<Scope extends string, Claims>(api: Api<Scope, Claims>): ExpressGuard<Scope, Claims> {
  const callers = new AuthByRequest<Scope, Claims>()
  const guard = (wanted: Scope | Rule): ExpressHandler => {
    const rule = api.rule(wanted)
    const handler: ExpressHandler = (request, response, next) => {
      const { method, originalUrl: url, headers, params } = request
      const header = (name: string) => headerOf(headers, name)
      const apply = (decision: Decision<Scope, Claims>): void => {
        if (!decision.allowed) {
          response.writeHead(decision.status, decision.headers).end(decision.body)
          return
        }
        callers.set(request, decision.auth)
        addVary(response, decision.vary)
        next()
      }
      const decision = api.check({ method, url, header, params, native: request }, rule)
      if (decision instanceof Promise) decision.then(apply).catch(next)
      else apply(decision)
    }
    return mark(handler, rule)
  }
  const metadata: ExpressHandler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(api.metadata))
  }
  return Object.assign(guard, {
    auth: (request: object) => callers.get(request),
    metadata: mark(metadata, api.public()),
  })
}

interface Layer {
  readonly route?: { readonly path: unknown; readonly stack: readonly RouteLayer[] }
  readonly handle?: unknown
}
interface RouteLayer {
  readonly method?: string
  readonly handle: unknown
}

/**
 * Lists the routes of an Express app or router, also of routers that it uses (their paths without the mount point).
 * @param app an app of Express 4 or 5
 * @example
 * import { inventory } from '@latchkey/resource-server/express'
 * const lines = inventory({ router: { stack: [] } })
 */
export function inventory(app: object): readonly InventoryLine[] {
  return stackOf(app).flatMap(({ route, handle }) => {
    if (route === undefined) return handle !== null && typeof handle === 'function' ? inventory(handle) : []
    const methods = new Set(route.stack.map(({ method }) => method?.toUpperCase() ?? 'ALL'))
    return [...methods].map((method) => ({
      method,
      path: String(route.path),
      rule: ruleAmong(route.stack.filter((layer) => sameMethod(layer, method)).map((layer) => layer.handle)),
    }))
  })
}

function sameMethod({ method }: RouteLayer, wanted: string): boolean {
  return method === undefined || method === '_all' || method.toUpperCase() === wanted
}

/** Express 4 keeps its routes in `_router` once there are any, Express 5 in `router`, a router in itself. */
function stackOf(app: object): readonly Layer[] {
  const own = layersOf(app)
  if (own !== undefined) return own
  // The getter `router` of Express 4 throws, so `_router` is asked first.
  const router = memberOf(app, '_router') ?? ('lazyrouter' in app ? undefined : memberOf(app, 'router'))
  return typeof router === 'object' || typeof router === 'function' ? (layersOf(router ?? {}) ?? []) : []
}

function memberOf(app: object, name: string): unknown {
  return Reflect.get(app, name)
}

function layersOf(router: object): readonly Layer[] | undefined {
  const stack = memberOf(router, 'stack')
  // What Express keeps there is its own affair; the tests run both versions.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Array.isArray(stack) ? (stack as readonly Layer[]) : undefined
}
