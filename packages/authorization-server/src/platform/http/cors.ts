// Cross-origin reads for the endpoints that browsers' apps call. No credentials are ever allowed with them.
import { emptyReply, varyByOrigin, withHeaders } from './reply.ts'
import type { Incoming, Reply } from './message.ts'

const day = 86_400

/** The answer to a preflight: it knows no client yet, so `allowed` is the union of all registered origins. */
export function preflight(request: Incoming, allowed: readonly string[], methods: readonly string[]): Reply {
  const allow = [...methods, 'OPTIONS'].join(', ')
  const reply = emptyReply(200, { allow, vary: 'Origin' })
  const origin = request.headers.origin
  if (origin === undefined || !allowed.includes(origin)) return reply
  return withHeaders(reply, {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': allow,
    'access-control-allow-headers': 'accept, authorization, content-type',
    'access-control-max-age': String(day),
  })
}

/** Lets the page that asked read the reply, if its origin is one of `origins`. */
export function shareWith(reply: Reply, request: Pick<Incoming, 'headers'>, origins: readonly string[]): Reply {
  const origin = request.headers.origin
  if (origin === undefined || !origins.includes(origin)) return varyByOrigin(reply)
  return withHeaders(reply, {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'WWW-Authenticate, Latchkey-Incident, Retry-After',
  })
}

/** Public documents: anybody may read them. */
export function shareWithAll(reply: Reply): Reply {
  return withHeaders(reply, { 'access-control-allow-origin': '*' })
}
