// An API that tokens are for: RFC 8707 calls it a resource, RFC 7519 an audience, RFC 9068 §3 both.
import type { SigningAlgorithm } from '../../platform/crypto/index.ts'

/** `opaque`: checked by introspection, ended at once. `jwt`: checked by the API itself (RFC 9068), ends when it expires. */
export const tokenFormats = ['opaque', 'jwt'] as const
export type TokenFormat = (typeof tokenFormats)[number]

export interface NewApi {
  /** The audience of its tokens: the API's identifier, usually its address. */
  readonly audience: string
  readonly name: string
  readonly tokenFormat: TokenFormat
  /** Of its JWTs. */
  readonly signingAlgorithm: SigningAlgorithm
  /** The longest life of a token for it; undefined where the client's own decides. */
  readonly accessTokenLifetimeSeconds: number | undefined
}

export interface Api extends NewApi {
  readonly id: number
  /** The scopes that are its own. Where it has some, a token for it carries at least one of them. */
  readonly scopes: readonly string[]
  /** The clients that may ask about its tokens. */
  readonly clientRows: readonly number[]
}

export interface KnownApi extends Api {
  /** Another one after each change of the row. */
  readonly version: number
}
