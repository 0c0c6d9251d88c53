// Decides which `resource` values may name an API: absolute URIs without a fragment. RFC 8707 §2.

import { OAuthError } from './errors.ts'
import { splitUri } from './uri.ts'

const MAXIMUM_COUNT = 8
const MAXIMUM_LENGTH = 512
const URI_CHARACTERS = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/

/**
 * Parses every `resource` of a request.
 * @param values the values as sent; empty ones count as absent
 * @returns at most 8 resources, duplicates removed, order kept
 * @throws OAuthError `invalid_target` for one that is not an absolute URI, has a fragment, or is one too many
 * @see RFC 8707 §2
 * @example
 * import { parseResources } from '@latchkey/protocol'
 * const resources: readonly string[] = parseResources(['https://api.example/'])
 */
export function parseResources(values: readonly string[]): readonly string[] {
  const resources = [...new Set(values)].filter((value) => value !== '')
  if (resources.length <= MAXIMUM_COUNT && resources.every(isResource)) return resources
  const description = `A resource must be an absolute URI without a fragment; at most ${MAXIMUM_COUNT} may be sent.`
  throw new OAuthError('invalid_target', description, { rule: 'resource-syntax' })
}

/**
 * Tells whether a text may be the identifier of an API.
 * @param text e.g. `https://api.example/`
 * @returns true for an absolute URI of at most 512 characters without a fragment
 * @see RFC 8707 §2
 * @example
 * import { isResource } from '@latchkey/protocol'
 * const good: boolean = isResource('https://api.example/')
 */
export function isResource(text: string): boolean {
  if (text.length > MAXIMUM_LENGTH || !URI_CHARACTERS.test(text)) return false
  const { scheme, host, path, fragment } = splitUri(text)
  if (scheme === undefined || !SCHEME.test(scheme) || fragment !== undefined) return false
  return (host !== undefined && host !== '') || path !== ''
}
