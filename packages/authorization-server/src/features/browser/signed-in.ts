// Pages and forms that belong to whoever is signed in. Anybody else signs in first and comes back to where they were.
import { type Incoming, type Parameters, type Reply, type Route, seeOther } from '../../platform/http/index.ts'
import type { Context } from '../context/index.ts'
import { requireForm } from './form-guard.ts'
import { toSignIn } from './pages.ts'
import { type SignedIn, visitorOf } from './visitor.ts'

export interface OwnRequest {
  readonly visitor: SignedIn
  readonly request: Incoming
}

export interface OwnForm extends OwnRequest {
  /** The fields; the form came from one of our pages, for this session. */
  readonly form: Parameters
}

export function ownPage(context: Context, handle: (own: OwnRequest) => Promise<Reply>): Route['handle'] {
  return async (request) => {
    const visitor = await visitorOf(context, request)
    return visitor.kind === 'signed-in' ? handle({ visitor, request }) : toSignIn(request.url)
  }
}

/** @param back the page of the form, where it is not at the form's own address */
export function ownForm(context: Context, handle: (own: OwnForm) => Promise<Reply>, back?: string): Route['handle'] {
  return async (request) => {
    const visitor = await visitorOf(context, request)
    // 303: the sign-in page is fetched anew, without the fields that were sent.
    if (visitor.kind !== 'signed-in')
      return seeOther(`/accounts/login/?next=${encodeURIComponent(back ?? request.path)}`)
    return handle({ visitor, request, form: requireForm(context, request, visitor) })
  }
}
