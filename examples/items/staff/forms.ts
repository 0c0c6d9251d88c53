// Decides whether a form that is posted came from a page of ours: the browser says from where, and the form of somebody who
// is signed in has the token of their session. OWASP CSRF prevention.
import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { fieldsOf } from '../bodies.ts'
import { fieldOf } from '../fields.ts'
import { Refusal } from '../refusal.ts'
import type { Visitor } from './visitors.ts'

/** @throws Refusal when a browser says that another site sent the form */
export function requireOwnPage({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site']
  const isOwn =
    site === undefined ? isOwnOrigin(headers.origin, headers.host) : site === 'same-origin' || site === 'none'
  if (!isOwn) throw new Refusal(403, 'CSRF Failed: the form comes from another site.')
}

/** @throws Refusal when the form does not belong to the session that sends it */
export function requireFormToken(request: FastifyRequest, visitor: Visitor): void {
  requireOwnPage(request)
  const sent = Buffer.from(String(fieldOf(fieldsOf(request.body), 'form_token')))
  const expected = Buffer.from(visitor.formToken)
  if (sent.length === expected.length && timingSafeEqual(sent, expected)) return
  throw new Refusal(403, 'CSRF Failed: the form is not of this session. Go back, reload the page and try again.')
}

/** A path of this site, where somebody may be sent back to. */
export function localPath(value: unknown, otherwise: string): string {
  return typeof value === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(value) ? value : otherwise
}

function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}
