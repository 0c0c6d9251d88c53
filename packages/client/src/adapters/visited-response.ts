// What all adapters share whose handlers answer with a Response.

import type { Login } from '../login.ts'
import { requestOf } from '../request.ts'
import type { User } from '../user.ts'
import type { Visit } from '../visit.ts'
import type { FetchVisit, VisitHandler } from './fetch.ts'
import { PRIVATE, withVary } from './node-message.ts'

/** What a handler sees of a visit. */
export function seenBy({ session }: Visit): FetchVisit {
  return {
    session,
    get user(): User {
      if (session === undefined) throw new Error('Nobody is signed in: wrap this handler in `required`.')
      return session.user
    },
  }
}

/** A handler that only those reach who are signed in. */
export function guardedBy(login: Login, handler: VisitHandler): VisitHandler {
  return async (request, visit) => {
    if (visit.session === undefined) return login.refuse(requestOf(request))
    return asPrivate(await handler(request, visit))
  }
}

/** The answer with the cookies of the visit. */
export function withCookies(response: Response, { setCookie }: Visit): Response {
  if (setCookie.length === 0) return response
  // The headers of a response may be sealed, so it is made anew.
  const copy = new Response(response.body, response)
  for (const line of setCookie) copy.headers.append('set-cookie', line)
  copy.headers.set('cache-control', PRIVATE)
  return copy
}

function asPrivate(response: Response): Response {
  const copy = new Response(response.body, response)
  copy.headers.set('vary', withVary(copy.headers.get('vary') ?? undefined, 'Cookie'))
  if (!copy.headers.has('cache-control')) copy.headers.set('cache-control', 'private, no-cache')
  return copy
}
