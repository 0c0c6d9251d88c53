// What a redirect URI is to a reader and to a page's policy.
import { formActionSource } from '@latchkey/protocol'

/** Where a form may end that leads, at last, to this address (CSP `form-action`). */
export function formTargetsOf(redirectUri: string): readonly string[] {
  const source = formActionSource(redirectUri)
  return source === undefined ? [] : [source]
}

export function describeRedirect(uri: string): {
  readonly host: string
  readonly uri: string
  readonly isLoopback: boolean
} {
  const url = URL.parse(uri)
  const host = url === null || url.host === '' ? uri.slice(0, uri.indexOf(':') + 1) : url.host
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '')
  return { host, uri, isLoopback }
}
