// Decides which registered redirect URI a refused one was meant to be, and in which parts the two differ.
// For the owner of the client only: strangers never see registered URIs.

import { splitUri, type UriParts } from './uri.ts'

/**
 * A part in which two URIs differ; `trailing-slash` and `case` name the two usual slips in place of the part.
 * @see RFC 9700 §2.1
 * @example
 * import type { UriDifference } from '@latchkey/protocol'
 * const difference: UriDifference = 'port'
 */
export type UriDifference =
  | 'scheme'
  | 'userinfo'
  | 'host'
  | 'port'
  | 'path'
  | 'query'
  | 'fragment'
  | 'trailing-slash'
  | 'case'

/**
 * The registered URI that is closest to a sent one.
 * @see RFC 9700 §2.1
 * @example
 * import type { ClosestRedirectUri } from '@latchkey/protocol'
 * const closest: ClosestRedirectUri = { registered: 'https://app.example/cb', differences: ['trailing-slash'] }
 */
export interface ClosestRedirectUri {
  readonly registered: string
  /** In the order of the URI; empty when the two are equal. */
  readonly differences: readonly UriDifference[]
}

const PARTS = ['scheme', 'userinfo', 'host', 'port', 'path', 'query', 'fragment'] as const

/**
 * Finds the registered redirect URI with the fewest differences from the sent one and names them.
 * @param sent the `redirect_uri` parameter as sent
 * @param registered the client's redirect URIs
 * @returns the closest one, or undefined when none is registered
 * @see RFC 9700 §2.1
 * @example
 * import { describeDifference } from '@latchkey/protocol'
 * const closest = describeDifference('http://localhost:3001/cb', ['http://localhost:3000/cb'])
 * const differences: readonly string[] | undefined = closest?.differences // ['port']
 */
export function describeDifference(sent: string, registered: readonly string[]): ClosestRedirectUri | undefined {
  const parts = splitUri(sent)
  return registered
    .map((uri) => ({ registered: uri, differences: compare(parts, splitUri(uri)), alike: commonPrefix(sent, uri) }))
    .toSorted((a, b) => distance(a.differences) - distance(b.differences) || b.alike - a.alike)
    .map((closest) => ({ registered: closest.registered, differences: closest.differences }))
    .at(0)
}

function compare(sent: UriParts, registered: UriParts): readonly UriDifference[] {
  const differences = PARTS.flatMap((part) => {
    const [left, right] = [sent[part], registered[part]]
    if (left === right) return []
    if (left?.toLowerCase() === right?.toLowerCase()) return ['case' as const]
    if (part === 'path' && withoutSlash(sent.path) === withoutSlash(registered.path)) return ['trailing-slash' as const]
    return [part]
  })
  return [...new Set(differences)]
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

// A slip weighs less than another part, and another host more than anything else.
const WEIGHTS: Readonly<Record<UriDifference, number>> = {
  case: 1,
  'trailing-slash': 1,
  scheme: 2,
  userinfo: 2,
  port: 2,
  path: 2,
  query: 2,
  fragment: 2,
  host: 4,
}

function distance(differences: readonly UriDifference[]): number {
  return differences.reduce((sum, difference) => sum + WEIGHTS[difference], 0)
}

function commonPrefix(left: string, right: string): number {
  let length = 0
  while (length < left.length && length < right.length && left[length] === right[length]) length++
  return length
}
