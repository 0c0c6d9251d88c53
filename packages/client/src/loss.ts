// Decides why the cookie of a sign-in did not come along, as far as can be told from what did come. RFC 6265bis §5.6.7
// (SameSite); Fetch Metadata. Headers decide only what is explained here, nothing else.

import type { LoginCause } from './causes.ts'
import type { LoginRequest } from './request.ts'
import type { StateFacts } from './transaction.ts'

/** Finds the likeliest reason for a genuine, fresh state without its cookie. */
export function causeOfLoss(request: LoginRequest, baseUrl: string, started: StateFacts): LoginCause {
  const { host, protocol } = new URL(baseUrl)
  const scheme = seenScheme(request)
  if (request.header('host') !== undefined && hostSeen(request) !== host) return 'other-host'
  if (started.scheme !== scheme || (scheme === 'https' && protocol === 'http:')) return 'http-https'
  const destination = request.header('sec-fetch-dest')
  const isEmbedded = destination !== undefined && destination !== 'document'
  if (request.method === 'POST' || isEmbedded) return 'same-site'
  return 'other-browser'
}

/** The scheme in the browser, as far as a proxy tells it. */
export function seenScheme(request: LoginRequest): string {
  const [forwarded = ''] = (request.header('x-forwarded-proto') ?? '').split(',')
  return forwarded.trim().toLowerCase() || request.scheme
}

/** The host in the browser, as far as a proxy tells it. */
export function hostSeen(request: LoginRequest): string | undefined {
  const [forwarded = ''] = (request.header('x-forwarded-host') ?? '').split(',')
  return (forwarded.trim() || request.header('host'))?.toLowerCase()
}
