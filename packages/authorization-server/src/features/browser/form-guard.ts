// Every form that changes something carries a token bound to the session, or to the browser where nobody is signed in,
// and comes from one of our own pages. OWASP ASVS 5.0 V3.5.
import { type Purpose, sha256 } from '../../platform/crypto/index.ts'
import { HttpFault, type Incoming, Parameters } from '../../platform/http/index.ts'
import type { Context } from '../context/index.ts'
import type { Visitor } from './visitor.ts'

const purpose: Purpose = { name: 'form token', prefix: '' }
const digestLength = 16

/** Another session or another browser gives another digest, so a token that was lured out of one is void in any other. */
function digestOf(visitor: Visitor): Uint8Array {
  const bound = visitor.kind === 'signed-in' ? `session ${visitor.session.id}` : `browser ${visitor.browserId}`
  return sha256(bound).subarray(0, digestLength)
}

export function formToken(context: Context, visitor: Visitor): string {
  return context.keys.sealer.tag(purpose, digestOf(visitor))
}

/** The fields of a form that one of our pages sent for this visitor. */
export function requireForm(context: Context, request: Incoming, visitor: Visitor): Parameters {
  refuseForeignOrigin(context, request)
  const form = fieldsOf(request)
  const presented = form.get('csrf_token')
  const opened = presented === undefined ? undefined : context.keys.sealer.untag(purpose, presented)
  if (opened !== undefined && Buffer.compare(opened, digestOf(visitor)) === 0) return form
  throw refused(presented === undefined ? 'form-token-missing' : 'form-token-foreign')
}

/**
 * The fields of a form that one of our pages sent for whoever this browser was before it signed in; undefined for any other. It
 * proves nothing about the visitor, so nothing may be changed by it.
 */
export function earlierForm(context: Context, request: Incoming, visitor: Visitor): Parameters | undefined {
  if (visitor.kind !== 'signed-in') return undefined
  refuseForeignOrigin(context, request)
  const form = fieldsOf(request)
  const presented = form.get('csrf_token')
  const opened = presented === undefined ? undefined : context.keys.sealer.untag(purpose, presented)
  return opened !== undefined && Buffer.compare(opened, digestOf(visitor)) !== 0 ? form : undefined
}

function fieldsOf(request: Incoming): Parameters {
  if (request.body.kind === 'form') return request.body.parameters
  if (request.body.kind === 'none') return Parameters.empty
  throw new HttpFault('bad-request', 'The form could not be read.', { detail: { rule: 'form-unreadable' } })
}

/** Browsers tell where a request comes from; one that says "elsewhere" is believed. */
function refuseForeignOrigin(context: Context, request: Incoming): void {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refused('form-from-elsewhere')
  const { origin } = request.headers
  if (origin === undefined || origin === context.publicUrl) return
  // Reached by another name of ours, such as 127.0.0.1 in development: the browser then says so in Host as well.
  if (URL.parse(origin)?.host !== request.headers.host) throw refused('form-from-elsewhere')
}

function refused(rule: string): HttpFault {
  return new HttpFault('forbidden', 'The form has expired or did not come from this site.', { detail: { rule } })
}
