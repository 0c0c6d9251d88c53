// How a test makes its issuer misbehave: each hook changes one thing that a server sends, just before it is sent.

import type { JsonObject } from '../json.ts'

/**
 * What a test changes of what the issuer sends; nothing is changed by default.
 * @example
 * import type { Bending } from '@latchkey/client/testing'
 * const wrongNonce: Bending = { idToken: (claims) => ({ ...claims, nonce: 'another' }) }
 */
export interface Bending {
  /** The discovery document. */
  readonly metadata?: (document: JsonObject) => JsonObject
  /** The published keys. */
  readonly keys?: (keys: readonly JsonObject[]) => readonly JsonObject[]
  /** The answer to the browser: the redirect URI with its parameters. */
  readonly callback?: (url: URL) => URL
  /** The claims of ID tokens; a member of undefined is left out. */
  readonly idToken?: (claims: JsonObject) => JsonObject
  /** The header of ID tokens. */
  readonly idTokenHeader?: JsonObject
  /** The signed ID token, as text. */
  readonly signedIdToken?: (token: string) => string | Promise<string>
  /** The answer of the token endpoint. */
  readonly tokens?: (answer: JsonObject) => JsonObject
  readonly userinfo?: (claims: JsonObject) => JsonObject
  /** Sends userinfo as a signed JWT. */
  readonly signsUserinfo?: boolean
  /** Answers in place of an endpoint, e.g. an error; undefined lets it answer. */
  readonly answer?: (path: string, form: URLSearchParams) => Response | undefined | Promise<Response | undefined>
}

/** Claims without those that are undefined. */
export function present(claims: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}
