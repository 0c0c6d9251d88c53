// How the API refuses: problem details, RFC 9457; what a bearer must bring instead, RFC 6750 §3 and RFC 9470 §3.
import { bearerChallenge } from '@latchkey/protocol'
import { type Face, noStore, preferred, reasonOf, type Reply } from '../../../platform/http/index.ts'
import { asOAuthError } from '../../refusals/index.ts'

export interface Problem {
  readonly status: number
  /** A full sentence. */
  readonly detail: string
  /** By field. */
  readonly errors?: Readonly<Record<string, readonly string[]>> | undefined
}

export function problemReply({ status, detail, errors }: Problem, headers: Reply['headers'] = {}): Reply {
  const body = {
    type: 'about:blank',
    title: reasonOf(status),
    status,
    detail,
    ...(errors === undefined ? {} : { errors }),
  }
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...noStore, ...headers },
    body: JSON.stringify(body),
  }
}

const problem: Face = ({ error }) => {
  const { error: refused, headers } = asOAuthError(error)
  const needed = refused.detail['scope']
  const challenge =
    refused.status === 401 || needed !== undefined
      ? { 'www-authenticate': challengeOf(refused.rule === 'token-missing' ? undefined : refused.code, needed) }
      : {}
  return problemReply({ status: refused.status, detail: refused.message }, { ...headers, ...challenge })
}

/** In a browser, which has no use for a problem as JSON, the page that it would get anywhere else. */
export function problemOr(page: Face): Face {
  return (failure, request) => {
    const isBrowsed = request.headers.authorization === undefined && preferred(request.headers.accept) === 'html'
    return isBrowsed ? page(failure, request) : problem(failure, request)
  }
}

function challengeOf(error: string | undefined, scope: string | undefined): string {
  return bearerChallenge({
    realm: 'latchkey',
    ...(error === 'invalid_token' || error === 'insufficient_scope' ? { error } : {}),
    ...(scope === undefined ? {} : { scopes: [scope] }),
  })
}

/** What is wrong with the parameters of a list. */
export function faultReply(faults: readonly { readonly parameter: string; readonly reason: string }[]): Reply {
  const errors = Object.fromEntries(faults.map(({ parameter, reason }) => [parameter, [reason]]))
  return problemReply({ status: 400, detail: 'The list cannot be had like this.', errors })
}

/** The password was given too long ago for what was asked. */
export function stepUpReply(maxAgeSeconds: number): Reply {
  return problemReply(
    { status: 403, detail: `This asks for a password that was given in the last ${maxAgeSeconds} seconds.` },
    { 'www-authenticate': `Bearer error="insufficient_user_authentication", max_age="${maxAgeSeconds}"` },
  )
}
