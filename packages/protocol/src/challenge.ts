// Decides the text of `WWW-Authenticate`. RFC 6750 §3; RFC 7617 §2; RFC 9728 §5.1; RFC 9110 §5.6.4 (quoted-string).

import { type OAuthErrorCode, sanitizeDescription } from './errors.ts'
import { formatScope } from './scope.ts'

/**
 * What a bearer challenge says.
 * @see RFC 6750 §3
 * @example
 * import type { BearerChallenge } from '@latchkey/protocol'
 * const challenge: BearerChallenge = { realm: 'api', error: 'invalid_token' }
 */
export interface BearerChallenge {
  readonly realm?: string | undefined
  /** Absent when the request had no token at all. RFC 6750 §3.1. */
  readonly error?: OAuthErrorCode | undefined
  readonly description?: string | undefined
  /** The scopes that the request needs. */
  readonly scopes?: readonly string[] | undefined
  /** The URL of the protected resource metadata. RFC 9728 §5.1. */
  readonly resourceMetadata?: string | undefined
}

/**
 * How the parameters are separated: `standard` with a space after each comma, `django` without.
 * @see RFC 9110 §11.6.1
 * @example
 * import type { ChallengeFormat } from '@latchkey/protocol'
 * const format: ChallengeFormat = 'django'
 */
export type ChallengeFormat = 'standard' | 'django'

/**
 * Builds a bearer challenge.
 * @param challenge its parameters; none gives the bare scheme
 * @param format the separator; default `standard`
 * @returns the value of `WWW-Authenticate`, free of line breaks whatever was put in
 * @see RFC 6750 §3
 * @example
 * import { bearerChallenge } from '@latchkey/protocol'
 * const value: string = bearerChallenge({ realm: 'api', error: 'invalid_token' }, 'django')
 * // 'Bearer realm="api",error="invalid_token"'
 */
export function bearerChallenge(challenge: BearerChallenge, format: ChallengeFormat = 'standard'): string {
  const { realm, error, description, scopes, resourceMetadata } = challenge
  const parameters = [
    ...parameter('realm', realm),
    ...parameter('error', error),
    ...parameter('error_description', description === undefined ? undefined : sanitizeDescription(description)),
    ...parameter('scope', scopes === undefined ? undefined : formatScope(scopes)),
    ...parameter('resource_metadata', resourceMetadata),
  ]
  return ['Bearer', parameters.join(format === 'django' ? ',' : ', ')].join(' ').trimEnd()
}

/**
 * Builds a Basic challenge, for a client that failed to authenticate in the header.
 * @param realm the protection space, e.g. `token`
 * @returns the value of `WWW-Authenticate`
 * @see RFC 7617 §2, §2.1; RFC 6749 §5.2
 * @example
 * import { basicChallenge } from '@latchkey/protocol'
 * const value: string = basicChallenge('token') // 'Basic realm="token", charset="UTF-8"'
 */
export function basicChallenge(realm: string): string {
  return ['Basic', [...parameter('realm', realm), 'charset="UTF-8"'].join(', ')].join(' ')
}

function parameter(name: string, value: string | undefined): readonly string[] {
  if (value === undefined) return []
  // Anything but printable ASCII could end the header line or be read differently by each receiver.
  const printable = value.replaceAll(/[^\x20-\x7e]/g, '?')
  return [`${name}="${printable.replaceAll(/["\\]/g, '\\$&')}"`]
}
