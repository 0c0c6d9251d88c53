// Next route handlers: the guard stands beside the handler itself, because a check in the proxy can be bypassed.

import type { TokenClaims } from '../auth.ts'
import { type InventoryLine, mark, ruleOf } from '../inventory.ts'
import type { Api } from '../protect.ts'
import type { Rule } from '../rule.ts'
import type { GuardedHandler } from './fetch.ts'
import { guarded } from './guarded-response.ts'

/**
 * What Next gives a route handler besides the request.
 * @example
 * import type { NextContext } from '@latchkey/resource-server/next'
 * const context: NextContext = { params: Promise.resolve({ id: '1' }) }
 */
export interface NextContext {
  readonly params: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

/**
 * A route handler as Next calls it.
 * @example
 * import type { NextRoute } from '@latchkey/resource-server/next'
 * const GET: NextRoute = async () => new Response('hello')
 */
export type NextRoute = (request: Request, context: NextContext) => Promise<Response>

/**
 * Wraps route handlers.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { nextGuard, type NextGuard } from '@latchkey/resource-server/next'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard: NextGuard<'read'> = nextGuard(api)
 */
export interface NextGuard<Scope extends string = string, Claims = TokenClaims> {
  (rule: Scope | Rule, handler: GuardedHandler<Scope, Claims, NextContext>): NextRoute
  /** Serves the RFC 9728 document; export it as GET of the route at `api.metadataPath`. */
  readonly metadata: NextRoute
}

/**
 * Protects the route handlers of a Next app.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { nextGuard, type NextRoute } from '@latchkey/resource-server/next'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard = nextGuard(api)
 * export const GET: NextRoute = guard('read', (_request, { auth }) => Response.json({ hello: auth.subject }))
 */
export function nextGuard<Scope extends string, Claims>(api: Api<Scope, Claims>): NextGuard<Scope, Claims> {
  const guard = (wanted: Scope | Rule, handler: GuardedHandler<Scope, Claims, NextContext>): NextRoute => {
    const rule = api.rule(wanted)
    const route: NextRoute = async (request, context) =>
      guarded(api, rule, request, handler, { params: context.params }, await context.params)
    return mark(route, rule)
  }
  const metadata: NextRoute = async () => Response.json(api.metadata ?? {})
  return Object.assign(guard, { metadata: mark(metadata, api.public()) })
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * Lists the routes of an app from its route modules.
 * @param modules path → what its `route.ts` exports
 * @example
 * import { inventory } from '@latchkey/resource-server/next'
 * const lines = inventory({ '/items': { GET: () => new Response() } })
 */
export function inventory(modules: Readonly<Record<string, object>>): readonly InventoryLine[] {
  return Object.entries(modules).flatMap(([path, module]) =>
    Object.entries(module)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, route]) => ({ method, path, rule: ruleOf(route) })),
  )
}
