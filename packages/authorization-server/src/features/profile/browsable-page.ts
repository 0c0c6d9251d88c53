// The same answer as a page, for whoever opens an API address in a browser.
import { jsonPage } from '../../platform/html/index.ts'
import {
  contentSecurityPolicy,
  htmlReply,
  type Incoming,
  reasonOf,
  type Reply,
  withHeaders,
} from '../../platform/http/index.ts'
import type { Context } from '../context/index.ts'

export interface Browsable {
  readonly title: string
  readonly allow: string
  readonly request: Incoming
  readonly reply: Reply
}

export function asPage(context: Context, { title, allow, request, reply }: Browsable): Reply {
  const markup = jsonPage(
    { locale: context.locale(), development: context.development, assetVersion: context.assets.version },
    {
      title,
      method: request.method,
      path: request.path,
      status: reply.status,
      reason: reasonOf(reply.status),
      allowedMethods: allow.split(', '),
      value: typeof reply.body === 'string' && reply.body !== '' ? (JSON.parse(reply.body) as unknown) : null,
    },
  )
  const challenge = reply.headers['www-authenticate']
  const headers = { ...contentSecurityPolicy(), allow, vary: 'Accept, Cookie' }
  const page = htmlReply(reply.status, markup, headers)
  return challenge === undefined ? page : withHeaders(page, { 'www-authenticate': challenge })
}
