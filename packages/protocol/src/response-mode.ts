// Decides what each response type brings back through the browser, and by which ways it may travel.
// OAuth 2.0 Multiple Response Type Encoding Practices §2.1, §3, §5; OAuth 2.0 Form Post Response Mode §2;
// OpenID Connect Core §3.1.2.5, §3.2.2.5, §3.3.2.5; RFC 9700 §2.1.2: a token never stands in a query.

import type { ResponseMode, ResponseType } from './client-metadata.ts'

/**
 * What an authorization response carries.
 * @see OAuth 2.0 Multiple Response Types §3, §5
 * @example
 * import type { ResponseParts } from '@latchkey/protocol'
 * const parts: ResponseParts = { code: true, idToken: false, accessToken: false }
 */
export interface ResponseParts {
  readonly code: boolean
  readonly idToken: boolean
  readonly accessToken: boolean
}

/**
 * Reads a response type: which of code, ID token and access token it brings.
 * @param responseType the words in alphabetical order
 * @returns the parts
 * @see OAuth 2.0 Multiple Response Types §3, §5
 * @example
 * import { responseParts } from '@latchkey/protocol'
 * const hasCode: boolean = responseParts('code id_token').code // true
 */
export function responseParts(responseType: ResponseType): ResponseParts {
  const words = responseType.split(' ')
  return { code: words.includes('code'), idToken: words.includes('id_token'), accessToken: words.includes('token') }
}

const WITHOUT_TOKENS: readonly ResponseMode[] = ['query', 'form_post']
const WITH_TOKENS: readonly ResponseMode[] = ['fragment', 'form_post']

/**
 * Lists the ways in which a response may travel. A code does not go into a fragment: nothing asks for it, and scripts of
 * the page could read it there.
 * @param responseType what the response carries
 * @returns the modes; the first is the default
 * @see OAuth 2.0 Multiple Response Types §2.1, §3, §5
 * @example
 * import { responseModesFor } from '@latchkey/protocol'
 * const modes: readonly string[] = responseModesFor('code') // ['query', 'form_post']
 */
export function responseModesFor(responseType: ResponseType): readonly ResponseMode[] {
  const { idToken, accessToken } = responseParts(responseType)
  return idToken || accessToken ? WITH_TOKENS : WITHOUT_TOKENS
}
