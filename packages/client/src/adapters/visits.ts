// Who came with each request, kept beside the framework's own request object; found out once, when first asked.

import type { Login } from '../login.ts'
import type { LoginRequest } from '../request.ts'
import type { Session } from '../session.ts'
import type { User } from '../user.ts'
import type { Visit } from '../visit.ts'

/** Remembers the visit of each request for as long as the request lives. */
export class Visits {
  readonly #login: Login
  readonly #underWay = new WeakMap<object, Promise<Visit>>()
  readonly #known = new WeakMap<object, Visit>()

  constructor(login: Login) {
    this.#login = login
  }

  /** Opens the visit once; `onFirst` is told when it was found out, to set its cookies. */
  async open(request: object, make: () => LoginRequest, onFirst: (visit: Visit) => void): Promise<Visit> {
    const known = this.#underWay.get(request)
    if (known !== undefined) return known
    const visit = this.#login.open(make()).then((found) => {
      this.#known.set(request, found)
      onFirst(found)
      return found
    })
    this.#underWay.set(request, visit)
    return visit
  }

  /** The session, or undefined. @throws Error when the sign-in was not mounted before */
  session(request: object): Session | undefined {
    const visit = this.#known.get(request)
    if (visit === undefined) throw new Error('Nobody has looked who is signed in: mount the sign-in before this route.')
    return visit.session
  }

  /** Whoever is signed in. @throws Error behind no guard */
  user(request: object): User {
    const session = this.session(request)
    if (session === undefined) throw new Error('Nobody is signed in: put the guard `required` before this handler.')
    return session.user
  }
}
