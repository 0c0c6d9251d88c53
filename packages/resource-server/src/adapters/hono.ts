// Hono 4: a guard is a middleware before the route's own; whoever calls is in `c.var.auth`, typed.

import type { Hono, MiddlewareHandler } from 'hono'
import type { Auth, TokenClaims } from '../auth.ts'
import { type InventoryLine, mark, ruleOf } from '../inventory.ts'
import type { Api } from '../protect.ts'
import { pathAndQuery } from '../request.ts'
import type { Rule } from '../rule.ts'

/**
 * What a guard puts into the context of Hono.
 * @example
 * import { Hono } from 'hono'
 * import type { HonoAuth } from '@latchkey/resource-server/hono'
 * const app = new Hono<HonoAuth<'read'>>()
 */
export interface HonoAuth<Scope extends string = string, Claims = TokenClaims> {
  Variables: { auth: Auth<Scope, Claims> }
}

/**
 * Makes guards for routes.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { honoGuard, type HonoGuard } from '@latchkey/resource-server/hono'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard: HonoGuard<'read'> = honoGuard(api)
 */
export interface HonoGuard<Scope extends string = string, Claims = TokenClaims> {
  (rule: Scope | Rule): MiddlewareHandler<HonoAuth<Scope, Claims>>
  /** Serves the RFC 9728 document; put it at `api.metadataPath`. */
  readonly metadata: MiddlewareHandler
}

/**
 * Protects the routes of a Hono app.
 * @example
 * import { Hono } from 'hono'
 * import { protect } from '@latchkey/resource-server'
 * import { honoGuard } from '@latchkey/resource-server/hono'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard = honoGuard(api)
 * const app = new Hono().get('/items', guard('read'), (c) => c.json({ hello: c.var.auth.subject }))
 */
export function honoGuard<Scope extends string, Claims>(api: Api<Scope, Claims>): HonoGuard<Scope, Claims> {
  const guard = (wanted: Scope | Rule): MiddlewareHandler<HonoAuth<Scope, Claims>> => {
    const rule = api.rule(wanted)
    const middleware: MiddlewareHandler<HonoAuth<Scope, Claims>> = async (c, next) => {
      const { method, url, headers } = c.req.raw
      const header = (name: string) => headers.get(name) ?? undefined
      const params = c.req.param()
      const decision = await api.check({ method, url: pathAndQuery(url), header, params, native: c }, rule)
      if (!decision.allowed) {
        return new Response(decision.body, { status: decision.status, headers: decision.headers })
      }
      if (decision.auth !== undefined) c.set('auth', decision.auth)
      await next()
      if (decision.vary !== undefined) c.header('vary', decision.vary, { append: true })
      return undefined
    }
    return mark(middleware, rule)
  }
  const metadata: MiddlewareHandler = async (c) => c.json(api.metadata ?? {})
  return Object.assign(guard, { metadata: mark(metadata, api.public()) })
}

/**
 * Lists the routes of a Hono app, with those of the apps that it mounts. Middleware for all methods is no route.
 * @example
 * import { Hono } from 'hono'
 * import { inventory } from '@latchkey/resource-server/hono'
 * const lines = inventory(new Hono())
 */
export function inventory(app: Pick<Hono, 'routes'>): readonly InventoryLine[] {
  const byRoute = new Map<string, InventoryLine>()
  for (const { method, path, handler } of app.routes) {
    const isMiddleware = method === 'ALL' && path.endsWith('*')
    if (isMiddleware) continue
    const key = `${method} ${path}`
    const rule = byRoute.get(key)?.rule ?? ruleOf(innermost(handler))
    byRoute.set(key, { method, path, rule })
  }
  return [...byRoute.values()]
}

/** An app with an error handler of its own has its handlers wrapped when it is mounted. */
function innermost(handler: object): unknown {
  const inside: unknown = Reflect.get(handler, '__COMPOSED_HANDLER')
  return typeof inside === 'function' ? innermost(inside) : handler
}
