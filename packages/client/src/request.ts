// What the core sees of a request, whatever framework it came through.

/**
 * A request, as an adapter hands it to the core.
 * @example
 * import type { LoginRequest } from '@latchkey/client'
 * const request: LoginRequest = {
 *   method: 'GET',
 *   url: '/auth/login?next=/me',
 *   scheme: 'https',
 *   header: (name) => (name === 'host' ? 'app.example' : undefined),
 *   form: async () => new URLSearchParams(),
 * }
 */
export interface LoginRequest {
  readonly method: string
  /** Path and query, as sent. */
  readonly url: string
  /** As this machine sees it; only to explain a failure. */
  readonly scheme: 'http' | 'https'
  /** One header, by its name in lower case. */
  header(name: string): string | undefined
  /** The form that was posted; empty when there is none. */
  form(): Promise<URLSearchParams>
}

const MOST_FORM_BYTES = 65_536

/** The core's view of a web-standard request. */
export function requestOf(request: Request): LoginRequest {
  const { protocol, pathname, search } = new URL(request.url)
  return {
    method: request.method,
    url: pathname + search,
    scheme: protocol === 'https:' ? 'https' : 'http',
    header(name) {
      if (name === 'host') return request.headers.get('host') ?? new URL(request.url).host
      return request.headers.get(name) ?? undefined
    },
    form: async () => formOf(request.headers.get('content-type') ?? undefined, await limitedText(request)),
  }
}

/** A body that is a form; anything else is an empty one. */
export function formOf(contentType: string | undefined, body: string): URLSearchParams {
  return new URLSearchParams(/^application\/x-www-form-urlencoded\b/i.test(contentType ?? '') ? body : '')
}

async function limitedText(request: Request): Promise<string> {
  if (request.body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  const parts: AsyncIterable<Uint8Array> = request.body
  for await (const part of parts) {
    bytes += part.byteLength
    if (bytes > MOST_FORM_BYTES) return ''
    text += decoder.decode(part, { stream: true })
  }
  return text + decoder.decode()
}

/** The path of a request, without its query. */
export function pathOf({ url }: LoginRequest): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/** The query of a request. */
export function queryOf({ url }: LoginRequest): URLSearchParams {
  const start = url.indexOf('?')
  return new URLSearchParams(start < 0 ? '' : url.slice(start))
}

/** Tells whether a browser sent a request from a page of this app. OWASP CSRF prevention, "Fetch Metadata". */
export function isSameOrigin(request: LoginRequest, origin: string): boolean {
  const sent = request.header('origin')
  if (sent !== undefined) return sent === origin
  const site = request.header('sec-fetch-site')
  // Neither header: no browser of this decade, and SameSite=Lax keeps our cookies from cross-site posts.
  return site === undefined || site === 'same-origin' || site === 'none'
}
