// Any server of the kind (Request) => Response: Deno, Bun, Workers, and frameworks over them.

import type { Auth, TokenClaims } from '../auth.ts'
import { type InventoryLine, mark, ruleOf } from '../inventory.ts'
import type { Api } from '../protect.ts'
import type { Rule } from '../rule.ts'
import { guarded } from './guarded-response.ts'

/**
 * What a guarded handler is given besides the request; `auth` throws behind a public rule.
 * @example
 * import type { FetchContext } from '@latchkey/resource-server/fetch'
 * const subject = ({ auth }: FetchContext): string | undefined => auth.subject
 */
export interface FetchContext<Scope extends string = string, Claims = TokenClaims> {
  readonly auth: Auth<Scope, Claims>
}

/**
 * A handler behind a guard.
 * @example
 * import type { GuardedHandler } from '@latchkey/resource-server/fetch'
 * const handler: GuardedHandler = (_request, { auth }) => Response.json({ hello: auth.subject })
 */
export type GuardedHandler<Scope extends string = string, Claims = TokenClaims, Context = unknown> = (
  request: Request,
  context: FetchContext<Scope, Claims> & Context,
) => Response | Promise<Response>

/**
 * Wraps handlers.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { fetchGuard, type FetchGuard } from '@latchkey/resource-server/fetch'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard: FetchGuard<'read'> = fetchGuard(api)
 */
export interface FetchGuard<Scope extends string = string, Claims = TokenClaims> {
  (
    rule: Scope | Rule,
    handler: GuardedHandler<Scope, Claims>,
    params?: GuardParams,
  ): (request: Request) => Promise<Response>
  /** Serves the RFC 9728 document; put it at `api.metadataPath`. */
  readonly metadata: (request: Request) => Promise<Response>
}

/**
 * Reads the named parts of the path, for rules that ask about an object.
 * @example
 * import type { GuardParams } from '@latchkey/resource-server/fetch'
 * const last: GuardParams = (request) => ({ id: new URL(request.url).pathname.split('/').at(-1) })
 */
export type GuardParams = (request: Request) => Readonly<Record<string, unknown>>

/**
 * Protects handlers of a web-standard server.
 * @example
 * import { protect } from '@latchkey/resource-server'
 * import { fetchGuard } from '@latchkey/resource-server/fetch'
 * const api = protect({ issuer: 'https://id.example', audience: 'https://api.example', scopes: ['read'] })
 * const guard = fetchGuard(api)
 * const handler = guard('read', (_request, { auth }) => Response.json({ hello: auth.subject }))
 */
export function fetchGuard<Scope extends string, Claims>(api: Api<Scope, Claims>): FetchGuard<Scope, Claims> {
  const guard: FetchGuard<Scope, Claims> = Object.assign(
    (wanted: Scope | Rule, handler: GuardedHandler<Scope, Claims>, params?: GuardParams) => {
      const rule = api.rule(wanted)
      return mark((request: Request) => guarded(api, rule, request, handler, {}, params?.(request) ?? {}), rule)
    },
    { metadata: mark(async (_request: Request) => Response.json(api.metadata ?? {}), api.public()) },
  )
  return guard
}

/**
 * Lists routes by what they are called, e.g. `{ 'GET /items': handler }`.
 * @param routes method and path → handler
 * @example
 * import { inventory } from '@latchkey/resource-server/fetch'
 * const lines = inventory({ 'GET /items': () => new Response() })
 */
export function inventory(routes: Readonly<Record<string, unknown>>): readonly InventoryLine[] {
  return Object.entries(routes).map(([name, handler]) => {
    const [method = '', path = ''] = name.split(' ')
    return { method, path, rule: ruleOf(handler) }
  })
}
