// Decides whether a browser sent a request from our own pages, for requests that change something and are carried by a
// cookie. OWASP CSRF prevention, "Fetch Metadata"; RFC 6454 §7. Clients that are no browsers send neither header.

import type { GuardRequest } from './request.ts'

/** Tells whether a request may be believed to come from a page of ours. */
export function isSameOrigin(request: GuardRequest): boolean {
  const site = request.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = request.header('origin')
  if (origin === undefined) return true
  return URL.canParse(origin) && new URL(origin).host === request.header('host')
}
