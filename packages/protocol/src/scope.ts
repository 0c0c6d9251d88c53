// Decides which text is a scope and how sets of scopes compare. RFC 6749 §3.3.

import { OAuthError } from './errors.ts'

// scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

const MAXIMUM_LENGTH = 2048

/**
 * Tells whether a text is one scope token.
 * @param text e.g. `read`
 * @returns true when every character is allowed and there is at least one
 * @see RFC 6749 §3.3
 * @example
 * import { isScopeToken } from '@latchkey/protocol'
 * const good: boolean = isScopeToken('read')
 */
export function isScopeToken(text: string): boolean {
  return SCOPE_TOKEN.test(text)
}

/**
 * Parses the raw `scope` value: tokens separated by spaces, duplicates removed, order kept.
 * @param wire the value as sent; pass '' for a parameter that is present but blank
 * @returns at least one scope; at most 2048 characters are read
 * @throws OAuthError `invalid_scope` when blank, too long, or when a token has a character outside the grammar
 * @see RFC 6749 §3.3
 * @example
 * import { parseScope } from '@latchkey/protocol'
 * const scopes: readonly string[] = parseScope('read write read') // ['read', 'write']
 */
export function parseScope(wire: string): readonly string[] {
  if (wire.length > MAXIMUM_LENGTH) throw malformed('length')
  const tokens = wire.split(' ').filter((token) => token !== '')
  if (tokens.length === 0) throw malformed('blank')
  if (!tokens.every(isScopeToken)) throw malformed('character')
  return [...new Set(tokens)]
}

function malformed(difference: string): OAuthError {
  return new OAuthError('invalid_scope', undefined, { rule: 'scope-syntax', detail: { difference } })
}

/**
 * Writes scopes as they travel.
 * @param scopes scope tokens in the order to print them
 * @returns the tokens joined by single spaces; '' for none
 * @see RFC 6749 §3.3
 * @example
 * import { formatScope } from '@latchkey/protocol'
 * const wire: string = formatScope(['read', 'write']) // 'read write'
 */
export function formatScope(scopes: readonly string[]): string {
  return scopes.join(' ')
}

/**
 * Tells whether every wanted scope is among the allowed ones.
 * @param wanted scopes that are asked for
 * @param allowed scopes that may be given
 * @returns true also when nothing is wanted
 * @see RFC 6749 §6
 * @example
 * import { isSubset } from '@latchkey/protocol'
 * const narrower: boolean = isSubset(['read'], ['read', 'write'])
 */
export function isSubset(wanted: readonly string[], allowed: readonly string[]): boolean {
  const set = new Set(allowed)
  return wanted.every((scope) => set.has(scope))
}

/**
 * Keeps those wanted scopes that are allowed, in the wanted order.
 * @param wanted scopes that are asked for
 * @param allowed scopes that may be given
 * @returns possibly no scope at all
 * @see RFC 6749 §3.3
 * @example
 * import { intersect } from '@latchkey/protocol'
 * const given: readonly string[] = intersect(['write', 'admin'], ['read', 'write']) // ['write']
 */
export function intersect(wanted: readonly string[], allowed: readonly string[]): readonly string[] {
  const set = new Set(allowed)
  return wanted.filter((scope) => set.has(scope))
}
