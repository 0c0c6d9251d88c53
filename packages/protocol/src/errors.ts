// Decides what each error code means, which status it carries and whether it may travel by redirect.
// RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 7009 §2.2.1, RFC 7591 §3.2.2, RFC 8707 §2, OpenID Connect Core §3.1.2.6.

/**
 * One row of the error catalogue.
 * @see RFC 6749 §5.2
 * @example
 * import { oauthErrors, type OAuthErrorEntry } from '@latchkey/protocol'
 * const entry: OAuthErrorEntry = oauthErrors.invalid_grant
 */
export interface OAuthErrorEntry {
  /** The HTTP status of a direct answer. */
  readonly status: number
  /** The clause that defines the code. */
  readonly spec: string
  /** What went wrong, as a full sentence for a developer. */
  readonly meaning: string
  /** Whether the authorization endpoint may send it to the client's redirect URI. */
  readonly mayRedirect: boolean
}

/**
 * The one catalogue of error codes.
 * @see RFC 6749 §4.1.2.1, §5.2
 * @example
 * import { oauthErrors } from '@latchkey/protocol'
 * const status: number = oauthErrors.invalid_client.status // 401
 */
export const oauthErrors = {
  invalid_request: {
    status: 400,
    spec: 'RFC 6749 §5.2',
    meaning: 'The request lacks a required parameter, repeats one, or is otherwise malformed.',
    mayRedirect: true,
  },
  invalid_client: {
    status: 401,
    spec: 'RFC 6749 §5.2',
    meaning: 'The client is unknown, or its authentication is missing, failed or uses another method.',
    mayRedirect: false,
  },
  invalid_grant: {
    status: 400,
    spec: 'RFC 6749 §5.2',
    meaning: 'The code, refresh token or credentials are wrong, expired, revoked, or belong to another client.',
    mayRedirect: false,
  },
  unauthorized_client: {
    status: 400,
    spec: 'RFC 6749 §5.2',
    meaning: 'The client is not registered for this grant type or response type.',
    mayRedirect: true,
  },
  unsupported_grant_type: {
    status: 400,
    spec: 'RFC 6749 §5.2',
    meaning: 'The grant type is missing or is not supported by this server.',
    mayRedirect: false,
  },
  invalid_scope: {
    status: 400,
    spec: 'RFC 6749 §5.2',
    meaning: 'The scope is empty, malformed, unknown, or wider than what was granted.',
    mayRedirect: true,
  },
  access_denied: {
    status: 400,
    spec: 'RFC 6749 §4.1.2.1',
    meaning: 'The person or the server refused the request.',
    mayRedirect: true,
  },
  unsupported_response_type: {
    status: 400,
    spec: 'RFC 6749 §4.1.2.1',
    meaning: 'This server does not answer authorization requests with that response type.',
    mayRedirect: true,
  },
  server_error: {
    status: 500,
    spec: 'RFC 6749 §4.1.2.1',
    meaning: 'The server met a condition that it did not expect.',
    mayRedirect: true,
  },
  temporarily_unavailable: {
    status: 503,
    spec: 'RFC 6749 §4.1.2.1',
    meaning: 'The server is overloaded or being maintained; try again later.',
    mayRedirect: true,
  },
  login_required: {
    status: 400,
    spec: 'OpenID Connect Core §3.1.2.6',
    meaning: 'Nobody is signed in and the request forbids asking.',
    mayRedirect: true,
  },
  interaction_required: {
    status: 400,
    spec: 'OpenID Connect Core §3.1.2.6',
    meaning: 'The person would have to be asked something and the request forbids asking.',
    mayRedirect: true,
  },
  consent_required: {
    status: 400,
    spec: 'OpenID Connect Core §3.1.2.6',
    meaning: 'The person has not consented and the request forbids asking.',
    mayRedirect: true,
  },
  account_selection_required: {
    status: 400,
    spec: 'OpenID Connect Core §3.1.2.6',
    meaning: 'An account would have to be chosen and the request forbids asking.',
    mayRedirect: true,
  },
  unmet_authentication_requirements: {
    status: 400,
    spec: 'OpenID Connect Core Error Code unmet_authentication_requirements §2',
    meaning: 'The person cannot be authenticated in the way that the request makes essential.',
    mayRedirect: true,
  },
  invalid_request_uri: {
    status: 400,
    spec: 'RFC 9101 §7',
    meaning: 'The request_uri cannot be used or holds no valid request.',
    mayRedirect: true,
  },
  invalid_request_object: {
    status: 400,
    spec: 'RFC 9101 §7',
    meaning: 'The request object is malformed, badly signed, expired or not for this server.',
    mayRedirect: true,
  },
  request_not_supported: {
    status: 400,
    spec: 'RFC 9101 §7',
    meaning: 'This server does not take the request parameter.',
    mayRedirect: true,
  },
  request_uri_not_supported: {
    status: 400,
    spec: 'RFC 9101 §7',
    meaning: 'This server does not take the request_uri parameter.',
    mayRedirect: true,
  },
  registration_not_supported: {
    status: 400,
    spec: 'OpenID Connect Core §3.1.2.6',
    meaning: 'This server does not take the registration parameter.',
    mayRedirect: true,
  },
  invalid_token: {
    status: 401,
    spec: 'RFC 6750 §3.1',
    meaning: 'The access token is malformed, expired, revoked or not for this API.',
    mayRedirect: false,
  },
  insufficient_scope: {
    status: 403,
    spec: 'RFC 6750 §3.1',
    meaning: 'The access token does not carry the scope that this request needs.',
    mayRedirect: false,
  },
  invalid_target: {
    status: 400,
    spec: 'RFC 8707 §2',
    meaning: 'The resource is malformed, unknown, or not one that was granted.',
    mayRedirect: true,
  },
  unsupported_token_type: {
    status: 400,
    spec: 'RFC 7009 §2.2.1',
    meaning: 'Tokens of this type cannot be revoked here.',
    mayRedirect: false,
  },
  invalid_redirect_uri: {
    status: 400,
    spec: 'RFC 7591 §3.2.2',
    meaning: 'A redirect URI of the registration is not acceptable.',
    mayRedirect: false,
  },
  invalid_client_metadata: {
    status: 400,
    spec: 'RFC 7591 §3.2.2',
    meaning: 'A value of the client registration is not acceptable.',
    mayRedirect: false,
  },
  invalid_software_statement: {
    status: 400,
    spec: 'RFC 7591 §3.2.2',
    meaning: 'The software statement of the registration is malformed.',
    mayRedirect: false,
  },
  unapproved_software_statement: {
    status: 400,
    spec: 'RFC 7591 §3.2.2',
    meaning: 'This server takes no software statement of that issuer.',
    mayRedirect: false,
  },
} as const

/**
 * A code of the catalogue.
 * @see RFC 6749 §5.2
 * @example
 * import type { OAuthErrorCode } from '@latchkey/protocol'
 * const code: OAuthErrorCode = 'invalid_grant'
 */
export type OAuthErrorCode = keyof typeof oauthErrors

/**
 * Tells whether a text is a code of the catalogue.
 * @param code any text, e.g. the `error` member of an answer
 * @returns true when `oauthErrors` has it
 * @example
 * import { isOAuthErrorCode } from '@latchkey/protocol'
 * const known: boolean = isOAuthErrorCode('invalid_grant')
 */
export function isOAuthErrorCode(code: string): code is OAuthErrorCode {
  return Object.hasOwn(oauthErrors, code)
}

/**
 * Makes a text fit for `error_description`: other characters than %x20-21 / %x23-5B / %x5D-7E are replaced.
 * @param text a sentence for a developer
 * @returns the sentence in the allowed characters, of the same length in UTF-16 units
 * @see RFC 6749 §5.2
 * @example
 * import { sanitizeDescription } from '@latchkey/protocol'
 * const safe: string = sanitizeDescription('Use "S256"\n') // "Use 'S256' "
 */
export function sanitizeDescription(text: string): string {
  return text
    .replaceAll('"', "'")
    .replaceAll('\\', '/')
    .replaceAll(/\s/g, ' ')
    .replaceAll(/[^\x20-\x7e]/g, '?')
}

/**
 * The JSON body of an error answer.
 * @see RFC 6749 §5.2
 * @example
 * import type { OAuthErrorBody } from '@latchkey/protocol'
 * const body: OAuthErrorBody = { error: 'invalid_grant' }
 */
export interface OAuthErrorBody {
  readonly error: OAuthErrorCode
  readonly error_description?: string
}

/**
 * What an error carries beside its code and description.
 * @see RFC 6749 §5.2
 * @example
 * import type { OAuthErrorOptions } from '@latchkey/protocol'
 * const options: OAuthErrorOptions = { rule: 'redirect-uri', detail: { difference: 'port' } }
 */
export interface OAuthErrorOptions {
  /** The rule that refused, in our own words. */
  readonly rule?: string | undefined
  /** For our records only: never in an answer. No secrets. */
  readonly detail?: Readonly<Record<string, string>> | undefined
  /** Another status than the catalogue's, e.g. 405, 413, 415 or 503. */
  readonly status?: number | undefined
  /** False keeps this error from the redirect URI; true cannot permit what the catalogue forbids. */
  readonly mayRedirect?: boolean | undefined
  readonly cause?: unknown
}

/**
 * A refusal in the catalogue's terms: code and description travel, rule and detail stay with us.
 * @see RFC 6749 §4.1.2.1, §5.2
 * @example
 * import { OAuthError } from '@latchkey/protocol'
 * const error = new OAuthError('invalid_grant', 'The refresh token has expired.', { rule: 'refresh-expired' })
 * const body: string = JSON.stringify(error) // {"error":"invalid_grant","error_description":"The refresh …"}
 */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly code: OAuthErrorCode
  /** The sentence that travels; undefined when the answer has none. */
  readonly description: string | undefined
  readonly rule: string | undefined
  readonly detail: Readonly<Record<string, string>>
  readonly #status: number | undefined
  readonly #mayRedirect: boolean

  constructor(code: OAuthErrorCode, description?: string, options: OAuthErrorOptions = {}) {
    const travels = description === undefined ? undefined : sanitizeDescription(description)
    super(travels ?? oauthErrors[code].meaning, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.description = travels
    this.rule = options.rule
    this.detail = options.detail ?? {}
    this.#status = options.status
    this.#mayRedirect = options.mayRedirect ?? true
  }

  /** The HTTP status of a direct answer. */
  get status(): number {
    return this.#status ?? oauthErrors[this.code].status
  }

  /** Whether the answer may go to the client's redirect URI. */
  get mayRedirect(): boolean {
    return this.#mayRedirect && oauthErrors[this.code].mayRedirect
  }

  /** The JSON body: code and description, nothing else. */
  toJSON(): OAuthErrorBody {
    return this.description === undefined
      ? { error: this.code }
      : { error: this.code, error_description: this.description }
  }
}
