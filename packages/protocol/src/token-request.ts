// Decides what a token request asks for, grant by grant, and the error for each parameter that is missing.
// RFC 6749 §4.1.3, §4.3.2, §4.4.2 and §6; RFC 7636 §4.5; RFC 8707 §2.2. Client authentication is not read here.

import { type GrantType, grantTypes } from './client-metadata.ts'
import { OAuthError } from './errors.ts'
import { type ParameterReader, refuseRepeated } from './parameter-reader.ts'
import { parseResources } from './resource.ts'
import { parseScope } from './scope.ts'

/**
 * What every token request may ask for.
 * @see RFC 6749 §3.3, RFC 8707 §2.2
 * @example
 * import type { RequestedAccess } from '@latchkey/protocol'
 * const access: RequestedAccess = { scopes: undefined, resources: [] }
 */
export interface RequestedAccess {
  /** undefined: none sent. */
  readonly scopes: readonly string[] | undefined
  readonly resources: readonly string[]
}

/**
 * The redemption of an authorization code.
 * @see RFC 6749 §4.1.3, RFC 7636 §4.5
 * @example
 * import type { AuthorizationCodeRequest } from '@latchkey/protocol'
 * const hasVerifier = (request: AuthorizationCodeRequest): boolean => request.codeVerifier !== undefined
 */
export interface AuthorizationCodeRequest extends RequestedAccess {
  readonly grantType: 'authorization_code'
  readonly code: string
  /** As sent, to be compared as text with the one of the authorization request. */
  readonly redirectUri: string | undefined
  readonly codeVerifier: string | undefined
}

/**
 * The use of a refresh token.
 * @see RFC 6749 §6
 * @example
 * import type { RefreshTokenRequest } from '@latchkey/protocol'
 * const isNarrowing = (request: RefreshTokenRequest): boolean => request.scopes !== undefined
 */
export interface RefreshTokenRequest extends RequestedAccess {
  readonly grantType: 'refresh_token'
  readonly refreshToken: string
}

/**
 * A client that asks for itself.
 * @see RFC 6749 §4.4.2
 * @example
 * import type { ClientCredentialsRequest } from '@latchkey/protocol'
 * const request: ClientCredentialsRequest = { grantType: 'client_credentials', scopes: ['read'], resources: [] }
 */
export interface ClientCredentialsRequest extends RequestedAccess {
  readonly grantType: 'client_credentials'
}

/**
 * A person's name and password, handed over by a client that is marked for it.
 * @see RFC 6749 §4.3.2, RFC 9700 §2.4
 * @example
 * import type { PasswordRequest } from '@latchkey/protocol'
 * const username = (request: PasswordRequest): string => request.username
 */
export interface PasswordRequest extends RequestedAccess {
  readonly grantType: 'password'
  readonly username: string
  readonly password: string
}

/**
 * What a token request asks for; `grantType` tells which.
 * @see RFC 6749 §3.2
 * @example
 * import type { TokenRequest } from '@latchkey/protocol'
 * const isRefresh = (request: TokenRequest): boolean => request.grantType === 'refresh_token'
 */
export type TokenRequest = AuthorizationCodeRequest | RefreshTokenRequest | ClientCredentialsRequest | PasswordRequest

/**
 * Parses a token request.
 * @param parameters the form parameters of the request
 * @param supported the grant types that this server answers; default all that are known
 * @returns the request of its grant; unknown parameters are ignored
 * @throws OAuthError `invalid_request`, `unsupported_grant_type`, `invalid_scope`, `invalid_target`, or
 *   `invalid_grant` for a user name that no user can have
 * @see RFC 6749 §5.2
 * @example
 * import { parseTokenRequest, readParameters } from '@latchkey/protocol'
 * const request = parseTokenRequest(readParameters(new URLSearchParams('grant_type=client_credentials')))
 * const grantType: string = request.grantType // 'client_credentials'
 */
export function parseTokenRequest(
  parameters: ParameterReader,
  supported: readonly GrantType[] = grantTypes,
): TokenRequest {
  refuseRepeated(parameters)
  const sent = parameters.get('grant_type')
  const grantType = supported.find((known) => known === sent)
  if (grantType === undefined) {
    const rule = sent === undefined ? 'grant-type-missing' : 'grant-type'
    throw new OAuthError('unsupported_grant_type', undefined, { rule })
  }
  return parsers[grantType](parameters)
}

const parsers: Readonly<Record<GrantType, (parameters: ParameterReader) => TokenRequest>> = {
  authorization_code: (parameters) => ({
    grantType: 'authorization_code',
    code: required(parameters, 'code', 'Missing code parameter.'),
    redirectUri: parameters.get('redirect_uri'),
    codeVerifier: parameters.get('code_verifier'),
    ...parseAccess(parameters),
  }),
  refresh_token: (parameters) => ({
    grantType: 'refresh_token',
    refreshToken: required(parameters, 'refresh_token', 'Missing refresh token parameter.'),
    ...parseAccess(parameters),
  }),
  client_credentials: (parameters) => ({ grantType: 'client_credentials', ...parseAccess(parameters) }),
  password: parsePassword,
}

function parsePassword(parameters: ParameterReader): PasswordRequest {
  const username = required(parameters, 'username', 'Request is missing username parameter.')
  const password = required(parameters, 'password', 'Request is missing password parameter.')
  // No user has a NUL in the name, and a database may fail on it: answered as a wrong name is.
  if (username.includes('\0')) {
    throw new OAuthError('invalid_grant', 'Invalid credentials given.', { rule: 'username-syntax' })
  }
  return { grantType: 'password', username, password, ...parseAccess(parameters) }
}

function parseAccess(parameters: ParameterReader): RequestedAccess {
  // The raw value: the token endpoint answers a blank scope with invalid_scope, as the seeds' server does.
  const scope = parameters.all('scope')[0]
  return {
    scopes: scope === undefined ? undefined : parseScope(scope),
    resources: parseResources(parameters.all('resource')),
  }
}

function required(parameters: ParameterReader, name: string, description: string): string {
  const value = parameters.get(name)
  if (value === undefined) throw new OAuthError('invalid_request', description, { rule: `${name}-missing` })
  return value
}
