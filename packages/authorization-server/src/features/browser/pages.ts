// Sends a page to a visitor: language, form token, cookies and headers, so that no endpoint forgets one of them.
import { busyPage, errorKindOf, errorPage, type Html, type PageContext } from '../../platform/html/index.ts'
import {
  contentSecurityPolicy,
  type Face,
  found,
  htmlReply,
  HttpFault,
  type Reply,
  withHeaders,
} from '../../platform/http/index.ts'
import { displayName } from '../../records/users/index.ts'
import type { Context } from '../context/index.ts'
import { asOAuthError } from '../refusals/index.ts'
import { formToken } from './form-guard.ts'
import { browserCookieFor, type Visitor } from './visitor.ts'

export interface PageOptions {
  readonly status?: number
  /** Origins, besides our own, at which a form of this page may end. */
  readonly formTargets?: readonly string[]
  /** Origins that the page shows in frames. */
  readonly frameSources?: readonly string[]
}

export function pageContext(context: Context, visitor: Visitor): PageContext {
  return {
    locale: context.locale(),
    csrfToken: formToken(context, visitor),
    user: visitor.kind === 'signed-in' ? { name: displayName(visitor.user), isStaff: visitor.user.isStaff } : undefined,
    development: context.development,
    assetVersion: context.assets.version,
  }
}

export function page(context: Context, visitor: Visitor, markup: Html, options: PageOptions = {}): Reply {
  const reply = htmlReply(options.status ?? 200, markup, {
    ...contentSecurityPolicy(options.formTargets, options.frameSources),
    vary: 'Cookie',
  })
  return withBrowserCookie(context, visitor, reply)
}

function withBrowserCookie(context: Context, visitor: Visitor, reply: Reply): Reply {
  if (visitor.kind === 'signed-in' || !visitor.isNew) return reply
  return withHeaders(reply, { 'set-cookie': browserCookieFor(context, visitor) })
}

/** To the sign-in page, and back to `next` afterwards. */
export function toSignIn(next: string): Reply {
  return found(signInPath(next))
}

export function signInPath(next: string): string {
  return `/accounts/login/?next=${encodeURIComponent(next)}`
}

/** The face of every page: plain words and the incident's id, nothing of the cause. */
export function pageFace(context: Pick<Context, 'development' | 'assets' | 'locale'>): Face {
  return ({ error, incident }) => {
    const { error: refused, headers } = asOAuthError(error)
    const expiredForm = error instanceof HttpFault && error.detail['rule']?.startsWith('form-') === true
    const seconds = Number(headers['retry-after'])
    const retryAfterSeconds = Number.isNaN(seconds) ? undefined : seconds
    const kind = expiredForm ? 'form-expired' : errorKindOf(refused.status)
    const shown = { locale: context.locale(), development: context.development, assetVersion: context.assets.version }
    const markup =
      kind === 'busy'
        ? busyPage(shown, { incident, retryAfterSeconds })
        : errorPage(shown, { kind, incident, retryAfterSeconds })
    return htmlReply(refused.status, markup, { ...contentSecurityPolicy(), ...headers })
  }
}
