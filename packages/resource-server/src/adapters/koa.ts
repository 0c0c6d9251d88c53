// Koa 2 and 3: a guard is a middleware before the route's own; whoever calls is also in `ctx.state.auth`.

import type { Auth, TokenClaims } from '../auth.ts'
import { type InventoryLine, mark, ruleAmong } from '../inventory.ts'
import type { Api } from '../protect.ts'
import type { Rule } from '../rule.ts'
import { AuthByRequest } from './auth-by-request.ts'
import { headerOf, mergedVary, type NodeHeaders, paramsOf } from './node-message.ts'

/**
 * The part of a Koa context that is used.
 * @example
 * import type { KoaContext } from '@latchkey/resource-server/koa'
 * const pathOf = (context: KoaContext): string => context.originalUrl
 */
export interface KoaContext {
  readonly method: string
  readonly originalUrl: string
  readonly headers: NodeHeaders
  readonly req: object
  readonly response: { get(name: string): string | string[] }
  state: object
  status: number
  body: unknown
  set(fields: Record<string, string>): void
}

/**
 * A middleware as Koa calls it.
 * @example
 * import type { KoaMiddleware } from '@latchkey/resource-server/koa'
 * const pass: KoaMiddleware = (_context, next) => next()
 */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown>

/**
 * Makes guards for routes, and tells a middleware who calls.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { koaGuard, type KoaGuard } from '@latchkey/resource-server/koa'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard: KoaGuard<'read'> = koaGuard(api)
 */
export interface KoaGuard<Scope extends string = string, Claims = TokenClaims> {
  (rule: Scope | Rule): KoaMiddleware
  /** Who calls. @throws Error behind no guard, or a public one */
  auth(context: { readonly req: object }): Auth<Scope, Claims>
  /** Serves the RFC 9728 document; put it at `api.metadataPath`. */
  readonly metadata: KoaMiddleware
}

/**
 * Protects the routes of a Koa app.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { koaGuard } from '@latchkey/resource-server/koa'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard = koaGuard(api)
 * const middleware = guard('read') // router.get('/items', guard('read'), …)
 */
export function koaGuard<Scope extends string, Claims>(api: Api<Scope, Claims>): KoaGuard<Scope, Claims> {
  const callers = new AuthByRequest<Scope, Claims>()
  const guard = (wanted: Scope | Rule): KoaMiddleware => {
    const rule = api.rule(wanted)
    return mark(async (context: KoaContext, next: () => Promise<unknown>) => {
      const { method, originalUrl: url, headers, req } = context
      const params: unknown = Reflect.get(context, 'params')
      const header = (name: string) => headerOf(headers, name)
      const decision = await api.check({ method, url, header, params: paramsOf(params), native: context }, rule)
      if (!decision.allowed) {
        context.status = decision.status
        context.body = decision.body
        return context.set(decision.headers)
      }
      callers.set(req, decision.auth)
      if (decision.auth !== undefined) Object.assign(context.state, { auth: decision.auth })
      if (decision.vary !== undefined) context.set({ vary: mergedVary(context.response.get('vary'), decision.vary) })
      return next()
    }, rule)
  }
  const metadata: KoaMiddleware = async (context) => {
    context.set({ 'content-type': 'application/json' })
    context.body = JSON.stringify(api.metadata)
  }
  return Object.assign(guard, {
    auth: ({ req }: { readonly req: object }) => callers.get(req),
    metadata: mark(metadata, api.public()),
  })
}

/**
 * The part of `@koa/router` that an inventory reads.
 * @example
 * import type { KoaRouter } from '@latchkey/resource-server/koa'
 * const router: KoaRouter = { stack: [{ path: '/items', methods: ['GET'], stack: [] }] }
 */
export interface KoaRouter {
  readonly stack: readonly {
    readonly path: unknown
    readonly methods: readonly string[]
    readonly stack: readonly unknown[]
  }[]
}

/**
 * Lists the routes of a `@koa/router`; Koa itself has none.
 * @example
 * import { inventory } from '@latchkey/resource-server/koa'
 * const lines = inventory({ stack: [{ path: '/items', methods: ['GET'], stack: [] }] })
 */
export function inventory(router: KoaRouter): readonly InventoryLine[] {
  return router.stack.flatMap(({ path, methods, stack }) => {
    // The router answers HEAD wherever it answers GET.
    const own = methods.filter((method) => method !== 'HEAD' || !methods.includes('GET'))
    return own.map((method) => ({ method, path: String(path), rule: ruleAmong(stack) }))
  })
}
