// Pages and forms that belong to whoever is signed in. Anybody else signs in first and comes back to where they were.
import { type Incoming, type Parameters, type Reply, type Route, seeOther } from '../../platform/http/index.ts'
import type { Context } from '../context/index.ts'
import { requireForm } from './form-guard.ts'
import { pageFace, signInPath, toSignIn } from './pages.ts'
import { type SignedIn, visitorOf } from './visitor.ts'

export interface OwnRequest {
  readonly visitor: SignedIn
  readonly request: Incoming
}

export interface OwnForm extends OwnRequest {
  /** The fields; the form came from one of our pages, for this session. */
  readonly form: Parameters
}

/** Routes that only a signed-in person reaches. */
export interface OwnRoutes {
  page(path: string, handle: (own: OwnRequest) => Promise<Reply>): Route
  /** @param back the page of the form, where it is not at the form's own address */
  form(path: string, handle: (own: OwnForm) => Promise<Reply>, back?: string): Route
}

export function ownRoutes(context: Context): OwnRoutes {
  const face = pageFace(context)
  return {
    page: (path, handle) => ({
      method: 'GET',
      path,
      face,
      handle: async (request) => {
        const visitor = await visitorOf(context, request)
        return visitor.kind === 'signed-in' ? handle({ visitor, request }) : toSignIn(request.url)
      },
    }),
    form: (path, handle, back) => ({
      method: 'POST',
      path,
      face,
      handle: async (request) => {
        const visitor = await visitorOf(context, request)
        // 303: the sign-in page is fetched anew, without the fields that were sent.
        if (visitor.kind !== 'signed-in') return seeOther(signInPath(back ?? request.path))
        return handle({ visitor, request, form: requireForm(context, request, visitor) })
      },
    }),
  }
}
