// Decides how a refusal reads: status, challenge and body. RFC 6750 §3, §3.1; RFC 9728 §5.1; RFC 9457 (problem details);
// RFC 9110 §10.2.3 (Retry-After). A request without a token is told how to come again, and of no error.

import { bearerChallenge } from '@latchkey/protocol'

/** Why a request is refused. */
export type Reason =
  | { readonly kind: 'token-missing'; readonly scopes: readonly string[] }
  | { readonly kind: 'token-refused'; readonly why: string; readonly scopes: readonly string[] }
  | { readonly kind: 'scope-missing'; readonly scopes: readonly string[] }
  | { readonly kind: 'forbidden'; readonly why?: string }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number; readonly why?: string }
  | { readonly kind: 'login'; readonly location: string; readonly status: 302 | 303 }

/**
 * How the bodies of refusals look: problem details, or `{"detail": …}` as Django REST framework writes them.
 * @see RFC 9457 §3
 * @example
 * import type { RefusalBody } from '@latchkey/resource-server'
 * const body: RefusalBody = 'django'
 */
export type RefusalBody = 'problem' | 'django'

/**
 * A refusal, ready to be sent.
 * @example
 * import type { Refused } from '@latchkey/resource-server'
 * const asResponse = ({ status, headers, body }: Refused): Response => new Response(body, { status, headers })
 */
export interface Refused {
  readonly allowed: false
  readonly status: 302 | 303 | 401 | 403 | 503
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Wording {
  readonly status: Refused['status']
  readonly title: string
  readonly error?: 'invalid_token' | 'insufficient_scope' | 'temporarily_unavailable'
  readonly detail: string
  readonly django: string
}

const NOT_PROVIDED = 'Authentication credentials were not provided.'
const INCORRECT = 'Incorrect authentication credentials.'
const NO_PERMISSION = 'You do not have permission to perform this action.'
const UNREACHABLE = 'The authorization server cannot be reached, so the token cannot be checked. Try again shortly.'

/** Makes the answer for a reason. */
export function refuse(
  reason: Reason,
  style: RefusalBody,
  resourceMetadata: string | undefined,
  vary: string,
): Refused {
  const shared = { 'cache-control': 'no-store', vary }
  if (reason.kind === 'login') {
    return { allowed: false, status: reason.status, headers: { ...shared, location: reason.location }, body: '' }
  }
  const { status, title, error, detail, django } = wordingOf(reason)
  const problem = { type: 'about:blank', title, status, detail, ...(error === undefined ? {} : { error }) }
  const isDjango = style === 'django'
  return {
    allowed: false,
    status,
    headers: {
      ...shared,
      'content-type': isDjango ? 'application/json' : 'application/problem+json',
      ...challengeOf(reason, resourceMetadata),
      ...(reason.kind === 'unavailable' ? { 'retry-after': String(reason.retryAfterSeconds) } : {}),
    },
    body: JSON.stringify(isDjango ? { detail: django } : problem),
  }
}

function wordingOf(reason: Exclude<Reason, { kind: 'login' }>): Wording {
  switch (reason.kind) {
    case 'token-missing':
      return { status: 401, title: 'Unauthorized', detail: NOT_PROVIDED, django: NOT_PROVIDED }
    case 'token-refused':
      return { status: 401, title: 'Unauthorized', error: 'invalid_token', detail: reason.why, django: INCORRECT }
    case 'scope-missing': {
      const detail = `The token lacks a scope that this needs: ${reason.scopes.join(' ')}.`
      return { status: 403, title: 'Forbidden', error: 'insufficient_scope', detail, django: NO_PERMISSION }
    }
    case 'forbidden':
      return {
        status: 403,
        title: 'Forbidden',
        detail: reason.why ?? NO_PERMISSION,
        django: reason.why ?? NO_PERMISSION,
      }
    case 'unavailable': {
      const detail = reason.why ?? UNREACHABLE
      return { status: 503, title: 'Service Unavailable', error: 'temporarily_unavailable', detail, django: detail }
    }
  }
}

function challengeOf(reason: Reason, resourceMetadata: string | undefined): Readonly<Record<string, string>> {
  const places = { resourceMetadata }
  const scopesOf = (scopes: readonly string[]) => (scopes.length === 0 ? undefined : scopes)
  switch (reason.kind) {
    case 'token-missing':
      return { 'www-authenticate': bearerChallenge({ scopes: scopesOf(reason.scopes), ...places }) }
    case 'token-refused': {
      const { why: description, scopes } = reason
      const challenge = { error: 'invalid_token', description, scopes: scopesOf(scopes), ...places } as const
      return { 'www-authenticate': bearerChallenge(challenge) }
    }
    case 'scope-missing':
      return {
        'www-authenticate': bearerChallenge({
          error: 'insufficient_scope',
          description: 'The token lacks a scope that this needs.',
          scopes: scopesOf(reason.scopes),
          ...places,
        }),
      }
    default:
      return {}
  }
}
