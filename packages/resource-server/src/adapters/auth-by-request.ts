// Who calls, kept beside each framework's own request object, so that a handler never meets `undefined`.

import type { Auth } from '../auth.ts'

/** Remembers the caller of each request for as long as the request lives. */
export class AuthByRequest<Scope extends string, Claims> {
  readonly #callers = new WeakMap<object, Auth<Scope, Claims>>()

  set(request: object, auth: Auth<Scope, Claims> | undefined): void {
    if (auth !== undefined) this.#callers.set(request, auth)
  }

  get(request: object): Auth<Scope, Claims> {
    const auth = this.#callers.get(request)
    if (auth === undefined) throw new Error('Nobody is known here: no guard has run for this request, or a public one.')
    return auth
  }
}
