// What all adapters share whose handlers answer with a Response.

import type { Auth } from '../auth.ts'
import type { Api } from '../protect.ts'
import { pathAndQuery } from '../request.ts'
import type { Rule } from '../rule.ts'
import type { GuardedHandler } from './fetch.ts'
import { mergedVary } from './node-message.ts'

/** Checks a request, then hands it on. */
export async function guarded<Scope extends string, Claims, Context extends object>(
  api: Api<Scope, Claims>,
  rule: Rule,
  request: Request,
  handler: GuardedHandler<Scope, Claims, Context>,
  context: Context,
  params: Readonly<Record<string, unknown>>,
): Promise<Response> {
  const header = (name: string) => request.headers.get(name) ?? undefined
  const { method, url } = request
  const decision = await api.check({ method, url: pathAndQuery(url), header, params, native: request }, rule)
  if (!decision.allowed) return new Response(decision.body, { status: decision.status, headers: decision.headers })
  const { auth, vary } = decision
  const known = {
    ...context,
    get auth(): Auth<Scope, Claims> {
      if (auth === undefined) throw new Error('Nobody is known here: the route is public.')
      return auth
    },
  }
  const response = await handler(request, known)
  if (vary === undefined) return response
  // The headers of a response may be sealed, so it is made anew.
  const copy = new Response(response.body, response)
  copy.headers.set('vary', mergedVary(copy.headers.get('vary'), vary))
  return copy
}
