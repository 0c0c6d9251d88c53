// /admin/confirm/: the password once more, for who left the console alone or is about to do something that asks for it.
import { proofPage } from '../../platform/console/index.ts'
import type { FieldErrors } from '../../platform/html/index.ts'
import { found, type Incoming, type Reply, seeOther, withHeaders } from '../../platform/http/index.ts'
import { confirmPassword } from '../../records/credentials/index.ts'
import { displayIdentifier } from '../../records/users/index.ts'
import {
  localPath,
  page,
  pageContext,
  requireForm,
  type SignedIn,
  signInPath,
  visitorOf,
  waitSentence,
} from '../browser/index.ts'
import type { Context } from '../context/index.ts'
import { proofPath } from './entering-endpoint.ts'
import { presenceCookie } from './presence.ts'

const home = '/admin/'

export async function showProof(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const next = localPath(request.query.get('next')) ?? home
  return visitor.kind === 'signed-in' ? proofReply(context, visitor, next) : found(signInPath(next))
}

function proofReply(context: Context, visitor: SignedIn, next: string, errors?: FieldErrors, status = 200): Reply {
  const identifier = displayIdentifier(visitor.user)
  const markup = proofPage(pageContext(context, visitor), { identifier, next, action: proofPath, errors })
  return page(context, visitor, markup, { status })
}

export async function takeProof(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  if (visitor.kind !== 'signed-in') return seeOther(signInPath(home))
  const form = requireForm(context, request, visitor)
  const next = localPath(form.get('next')) ?? home
  const attempt = { password: form.raw('password') ?? '', address: request.remoteAddress }
  const result = await confirmPassword(context, visitor.user, attempt)
  if (result.kind === 'throttled') {
    const wait = `Too many wrong passwords. ${waitSentence(result.retryAfterSeconds)}`
    const reply = proofReply(context, visitor, next, { password: [wait] }, 429)
    return withHeaders(reply, { 'retry-after': String(result.retryAfterSeconds) })
  }
  if (result.kind === 'mismatch') {
    return proofReply(context, visitor, next, {
      password: ['Your password was entered incorrectly. Please enter it again.'],
    })
  }
  const now = context.clock.now()
  const cookie = presenceCookie(context, visitor.session, { seenAt: now, provenAt: now })
  return seeOther(next, { 'set-cookie': cookie })
}
