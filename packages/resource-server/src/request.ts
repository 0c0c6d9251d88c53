// What a guard sees of a request, whichever framework received it.

/**
 * A request, as a guard sees it.
 * @example
 * import type { GuardRequest } from '@latchkey/resource-server'
 * const request: GuardRequest = { method: 'GET', url: '/items/1', header: () => undefined, params: { id: '1' } }
 */
export interface GuardRequest {
  /** In upper case. */
  readonly method: string
  /** Path and query, as the client sent them. */
  readonly url: string
  /** The value of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined
  /** The parts of the path that the route names. */
  readonly params: Readonly<Record<string, unknown>>
  /** The framework's own request, where there is one. */
  readonly native?: unknown
}

/** The URL of a web-standard request as a guard sees it. */
export function pathAndQuery(url: string): string {
  const { pathname, search } = new URL(url)
  return `${pathname}${search}`
}

/** Methods that only read. RFC 9110 §9.2.1. */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}
