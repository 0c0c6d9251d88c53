// Decides what an authorization request asks for. Two stages: faults of the first never redirect, because until the
// client and its redirect URI are known there is nowhere safe to go; faults of the second do.
// RFC 6749 §4.1.1-4.1.2.1 and §3.1.2.4; RFC 7636 §4.3; RFC 8707 §2; OpenID Connect Core §3.1.2.1, §3.2.2.1, §3.3.2.1, §6;
// RFC 9700 §4.11.2.

import { type ClaimsRequest, noClaimsRequest, parseClaimsRequest } from './claims-request.ts'
import type { ResponseMode, ResponseType } from './client-metadata.ts'
import { OAuthError, type OAuthErrorCode } from './errors.ts'
import { type ParameterReader, refuseRepeated } from './parameter-reader.ts'
import { type CodeChallenge, parseCodeChallenge } from './pkce.ts'
import { parseResources } from './resource.ts'
import { responseModesFor, responseParts } from './response-mode.ts'
import { parseScope } from './scope.ts'

/**
 * What the first stage reads: enough to find the client and the place to answer to.
 * @see RFC 6749 §3.1.2.4
 * @example
 * import type { ClientAndRedirect } from '@latchkey/protocol'
 * const sent: ClientAndRedirect = { clientId: 'site', redirectUri: undefined }
 */
export interface ClientAndRedirect {
  readonly clientId: string
  /** As sent, to be compared as text; undefined when absent. */
  readonly redirectUri: string | undefined
}

// RFC 6749 Appendix A.1: client-id = *VSCHAR
const CLIENT_ID = /^[\x20-\x7e]{1,2048}$/

/**
 * Stage 1: reads the client and the redirect URI.
 * @param parameters the parameters of the request
 * @returns both as sent; whether they are registered is for the caller to find out
 * @throws OAuthError `invalid_request` that must not redirect: `client_id` missing or malformed, any parameter repeated
 * @see RFC 6749 §4.1.2.1
 * @example
 * import { parseClientAndRedirect, readParameters } from '@latchkey/protocol'
 * const sent = parseClientAndRedirect(readParameters(new URLSearchParams('client_id=site')))
 * const clientId: string = sent.clientId // 'site'
 */
export function parseClientAndRedirect(parameters: ParameterReader): ClientAndRedirect {
  refuseRepeated(parameters)
  const clientId = parameters.get('client_id')
  if (clientId === undefined) throw fatal('Missing client_id parameter.', 'client-id-missing')
  if (!CLIENT_ID.test(clientId)) throw fatal('Invalid client_id parameter value.', 'client-id-syntax')
  return { clientId, redirectUri: parameters.get('redirect_uri') }
}

/**
 * A value of `prompt` that this server understands.
 * @see OpenID Connect Core §3.1.2.1, Initiating User Registration via OpenID Connect §4.1
 * @example
 * import type { Prompt } from '@latchkey/protocol'
 * const prompt: Prompt = 'consent'
 */
export type Prompt = 'none' | 'login' | 'consent' | 'select_account' | 'create'

/**
 * A value of `display`.
 * @see OpenID Connect Core §3.1.2.1
 * @example
 * import type { Display } from '@latchkey/protocol'
 * const display: Display = 'popup'
 */
export type Display = 'page' | 'popup' | 'touch' | 'wap'

/**
 * What an authorization request asks for.
 * @see RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1
 * @example
 * import type { AuthorizationRequest } from '@latchkey/protocol'
 * const wantsLogin = (request: AuthorizationRequest): boolean => request.prompt.has('login')
 */
export interface AuthorizationRequest {
  readonly responseType: ResponseType
  /** As asked for, else the default of the response type. */
  readonly responseMode: ResponseMode
  /** undefined: none sent, the client's default scopes apply. */
  readonly scopes: readonly string[] | undefined
  readonly state: string | undefined
  readonly nonce: string | undefined
  /** `none` stands alone; values that we do not know are left out. */
  readonly prompt: ReadonlySet<Prompt>
  readonly maxAgeSeconds: number | undefined
  readonly loginHint: string | undefined
  /** As sent: whoever uses it verifies it. */
  readonly idTokenHint: string | undefined
  readonly uiLocales: readonly string[]
  readonly acrValues: readonly string[]
  readonly display: Display | undefined
  /** As sent, at most 2048 characters: what is carried along. */
  readonly claims: string | undefined
  /** The same, read. */
  readonly claimsRequest: ClaimsRequest
  readonly resources: readonly string[]
  readonly codeChallenge: CodeChallenge | undefined
}

/**
 * What is open to the client, for the second stage.
 * @see RFC 7591 §2
 * @example
 * import type { AuthorizationRequestPolicy } from '@latchkey/protocol'
 * const policy: AuthorizationRequestPolicy = { responseTypes: ['code'] }
 */
export interface AuthorizationRequestPolicy {
  readonly responseTypes: readonly ResponseType[]
  /** Accept the code challenge method `plain`; default false. */
  readonly allowPlain?: boolean
}

// The most characters of each value. A longer one is refused, never cut: a cut state or nonce breaks its sender's check.
const LIMITS = {
  state: 2048,
  nonce: 512,
  prompt: 128,
  claims: 2048,
  login_hint: 512,
  id_token_hint: 8192,
  ui_locales: 512,
  acr_values: 1024,
  display: 32,
} as const
// oxlint-disable-next-line no-control-regex -- control characters, NUL above all, are what this finds
const CONTROL = /[\x00-\x1f\x7f]/

type BoundedName = keyof typeof LIMITS

/**
 * Stage 2: reads everything else, after the client and its redirect URI were found to be registered.
 * @param parameters the parameters of the request
 * @param policy what is open to the client
 * @returns the request; unknown parameters are ignored, empty ones are absent
 * @throws OAuthError `invalid_request`, `unsupported_response_type`, `invalid_scope`, `invalid_target`,
 *   `request_not_supported`, `request_uri_not_supported` or `registration_not_supported`; see its `mayRedirect`
 * @see RFC 6749 §4.1.1, §4.1.2.1
 * @example
 * import { parseAuthorizationRequest, readParameters } from '@latchkey/protocol'
 * const parameters = readParameters(new URLSearchParams('response_type=code&scope=openid&state=s'))
 * const request = parseAuthorizationRequest(parameters, { responseTypes: ['code'] })
 * const scopes: readonly string[] | undefined = request.scopes // ['openid']
 */
export function parseAuthorizationRequest(
  parameters: ParameterReader,
  policy: AuthorizationRequestPolicy,
): AuthorizationRequest {
  refuseRepeated(parameters)
  refuseUnsupported(parameters)
  const responseType = parseResponseType(parameters.get('response_type'), policy)
  const responseMode = parseResponseMode(parameters.get('response_mode'), responseType)
  const scope = parameters.get('scope')
  const scopes = scope === undefined ? undefined : parseScope(scope)
  const nonce = bounded(parameters, 'nonce')
  if (responseParts(responseType).idToken) requireForIdToken(responseType, nonce, scopes)
  const claims = bounded(parameters, 'claims')
  return {
    responseType,
    responseMode,
    state: bounded(parameters, 'state'),
    nonce,
    scopes,
    prompt: parsePrompt(bounded(parameters, 'prompt')),
    maxAgeSeconds: parseMaxAge(parameters.get('max_age')),
    loginHint: bounded(parameters, 'login_hint'),
    idTokenHint: bounded(parameters, 'id_token_hint'),
    uiLocales: words(bounded(parameters, 'ui_locales')),
    acrValues: words(bounded(parameters, 'acr_values')),
    display: DISPLAYS.find((display) => display === bounded(parameters, 'display')),
    claims,
    claimsRequest: claims === undefined ? noClaimsRequest : parseClaimsRequest(claims),
    resources: parseResources(parameters.all('resource')),
    codeChallenge: parseCodeChallenge(
      { challenge: parameters.get('code_challenge'), method: parameters.get('code_challenge_method') },
      policy.allowPlain === true ? { allowPlain: true } : {},
    ),
  }
}

/**
 * How an error of the second stage is delivered: what of a refused request is still sound.
 * @param parameters the parameters of the request
 * @param policy what is open to the client
 * @returns the state to give back, undefined when absent or itself refused; the mode that was asked for where it is open
 *   to the response type, else the default of it, else the query
 * @see RFC 6749 §4.1.2.1, §4.2.2.1
 * @example
 * import { errorDelivery, readParameters } from '@latchkey/protocol'
 * const sent = readParameters(new URLSearchParams('state=s&response_type=code'))
 * const state: string | undefined = errorDelivery(sent, { responseTypes: ['code'] }).state
 */
export function errorDelivery(
  parameters: ParameterReader,
  policy: AuthorizationRequestPolicy,
): { readonly state: string | undefined; readonly responseMode: ResponseMode } {
  const once = (name: string): string | undefined =>
    parameters.all(name).length === 1 ? parameters.get(name) : undefined
  const state = once('state')
  const asked = once('response_mode')
  const modes = responseModesFor(supportedType(once('response_type'), policy) ?? 'code')
  return {
    state: state !== undefined && isSound(state, 'state') ? state : undefined,
    responseMode: modes.find((mode) => mode === asked) ?? modes[0] ?? 'query',
  }
}

// OpenID Connect Core §6.1: a request object that is not used must be refused, since ignoring it changes the request.
function refuseUnsupported(parameters: ParameterReader): void {
  const codes = {
    request: 'request_not_supported',
    request_uri: 'request_uri_not_supported',
    registration: 'registration_not_supported',
  } as const
  for (const [name, code] of Object.entries(codes)) {
    if (parameters.get(name) !== undefined)
      throw refusal(`The ${name} parameter is not supported.`, 'unsupported', code)
  }
}

function parseResponseType(sent: string | undefined, policy: AuthorizationRequestPolicy): ResponseType {
  if (sent === undefined) throw refusal('Missing response_type parameter.', 'response-type-missing')
  const supported = supportedType(sent, policy)
  if (supported !== undefined) return supported
  const detail = { sent: sent.slice(0, 100), registered: policy.responseTypes.join(', ') }
  const description = 'The response_type is not supported.'
  throw new OAuthError('unsupported_response_type', description, { rule: 'response-type', detail })
}

// RFC 6749 §3.1.1: the order of the words does not matter. Ours are in alphabetical order.
function supportedType(
  sent: string | undefined,
  { responseTypes }: AuthorizationRequestPolicy,
): ResponseType | undefined {
  const sorted = sent?.split(' ').toSorted().join(' ')
  return responseTypes.find((responseType) => responseType === sorted)
}

function parseResponseMode(sent: string | undefined, responseType: ResponseType): ResponseMode {
  const modes = responseModesFor(responseType)
  const mode = sent === undefined ? modes[0] : modes.find((one) => one === sent)
  if (mode !== undefined) return mode
  const detail = { sent: sent?.slice(0, 100) ?? '', registered: modes.join(', ') }
  const description = 'The response_mode is not supported for this response_type.'
  throw new OAuthError('invalid_request', description, { rule: 'response-mode', detail })
}

// OpenID Connect Core §3.2.2.1 and §3.3.2.11: the nonce is all that ties an ID token from the front channel to its request.
function requireForIdToken(
  responseType: ResponseType,
  nonce: string | undefined,
  scopes: readonly string[] | undefined,
): void {
  if (scopes?.includes('openid') !== true) {
    const detail = { sent: scopes?.join(' ') ?? '', difference: `${responseType} needs the scope openid` }
    const description = 'An ID token is given for the scope openid only.'
    throw new OAuthError('invalid_request', description, { rule: 'openid-scope-missing', detail })
  }
  if (nonce !== undefined) return
  const detail = { difference: `${responseType} needs a nonce` }
  throw new OAuthError('invalid_request', 'Missing nonce parameter.', { rule: 'nonce-missing', detail })
}

const PROMPTS: readonly Prompt[] = ['none', 'login', 'consent', 'select_account', 'create']
const DISPLAYS: readonly Display[] = ['page', 'popup', 'touch', 'wap']

// OpenID Connect Core §3.1.2.1: "If this parameter contains none with any other value, an error is returned."
function parsePrompt(sent: string | undefined): ReadonlySet<Prompt> {
  const values = words(sent)
  if (values.includes('none') && values.length > 1) {
    throw refusal('The prompt value none must stand alone.', 'prompt-none-combined')
  }
  return new Set(PROMPTS.filter((prompt) => values.includes(prompt)))
}

function parseMaxAge(sent: string | undefined): number | undefined {
  if (sent === undefined) return undefined
  if (!/^\d{1,10}$/.test(sent)) throw refusal('The max_age must be a whole number of seconds.', 'max-age')
  return Number(sent)
}

function bounded(parameters: ParameterReader, name: BoundedName): string | undefined {
  const value = parameters.get(name)
  if (value === undefined || isSound(value, name)) return value
  const description = `The ${name} must have at most ${LIMITS[name]} characters and no control characters.`
  throw refusal(description, 'value-bounds')
}

function isSound(value: string, name: BoundedName): boolean {
  return value.length <= LIMITS[name] && (name === 'claims' || !CONTROL.test(value))
}

function words(value: string | undefined): readonly string[] {
  return [...new Set((value ?? '').split(' ').filter((word) => word !== ''))]
}

function refusal(description: string, rule: string, code: OAuthErrorCode = 'invalid_request'): OAuthError {
  return new OAuthError(code, description, { rule })
}

function fatal(description: string, rule: string): OAuthError {
  return new OAuthError('invalid_request', description, { rule, mayRedirect: false })
}
