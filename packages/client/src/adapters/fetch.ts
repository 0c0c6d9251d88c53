// Any server of the kind (Request) => Response: Deno, Bun, Workers, and frameworks over them.

import type { Login } from '../login.ts'
import { requestOf } from '../request.ts'
import type { Session } from '../session.ts'
import type { User } from '../user.ts'
import { guardedBy, seenBy, withCookies } from './visited-response.ts'

/**
 * What a handler is given besides the request; `user` throws when nobody is signed in.
 * @example
 * import type { FetchVisit } from '@latchkey/client/fetch'
 * const name = ({ session }: FetchVisit): string => session?.user.username ?? 'world'
 */
export interface FetchVisit {
  readonly session: Session | undefined
  /** @throws Error when nobody is signed in */
  readonly user: User
}

/**
 * A handler that knows who is signed in.
 * @example
 * import type { VisitHandler } from '@latchkey/client/fetch'
 * const handler: VisitHandler = (_request, { session }) => new Response(session?.user.username)
 */
export type VisitHandler = (request: Request, visit: FetchVisit) => Response | Promise<Response>

/**
 * The sign-in of a web-standard server: wraps the handler of the whole app.
 * @example
 * import { login } from '@latchkey/client'
 * import { fetchLogin, type FetchLogin } from '@latchkey/client/fetch'
 * const secret = 'at least 32 characters, kept secret'
 * const auth: FetchLogin = fetchLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 */
export interface FetchLogin {
  (handler: VisitHandler): (request: Request) => Promise<Response>
  /** Wraps a handler for those who are signed in. */
  required(handler: VisitHandler): VisitHandler
}

/**
 * Puts the sign-in around the handler of a web-standard server.
 * @example
 * import { login } from '@latchkey/client'
 * import { fetchLogin } from '@latchkey/client/fetch'
 * const secret = 'at least 32 characters, kept secret'
 * const auth = fetchLogin(
 *   login({ issuer: 'https://id.example', clientId: 'web', secret, baseUrl: 'https://app.example' }),
 * )
 * const handle = auth(auth.required((_request, { user }) => Response.json(user)))
 */
export function fetchLogin(login: Login): FetchLogin {
  return Object.assign(
    (handler: VisitHandler) => async (request: Request) => {
      const asked = requestOf(request)
      const answer = await login.handle(asked)
      if (answer !== undefined) return answer
      const visit = await login.open(asked)
      return withCookies(await handler(request, seenBy(visit)), visit)
    },
    { required: (handler: VisitHandler) => guardedBy(login, handler) },
  )
}
