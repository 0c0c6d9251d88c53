// Reads a logout request. OpenID Connect RP-Initiated Logout §2. Nothing in it is believed before it is checked.
import { OAuthError } from '@latchkey/protocol'
import type { Parameters } from '../../platform/http/index.ts'

export interface LogoutRequest {
  readonly idTokenHint: string | undefined
  readonly logoutHint: string | undefined
  readonly clientId: string | undefined
  readonly postLogoutRedirectUri: string | undefined
  readonly state: string | undefined
}

/** The most characters of each value; a longer one is refused, never cut. */
const limits = {
  id_token_hint: 8_192,
  logout_hint: 512,
  client_id: 255,
  post_logout_redirect_uri: 2_048,
  state: 2_048,
  ui_locales: 512,
} as const

type Name = keyof typeof limits

export const logoutParameters: readonly string[] = Object.keys(limits)

// oxlint-disable-next-line no-control-regex -- control characters, NUL above all, are what this finds
const control = /[\x00-\x1f\x7f]/

/** @throws OAuthError `invalid_request` for what no client may send */
export function readLogoutRequest(parameters: Parameters): LogoutRequest {
  const repeated = parameters.repeated().find((name) => logoutParameters.includes(name))
  if (repeated !== undefined) throw refused(`The ${repeated} parameter was sent more than once.`, 'repeated')
  // We speak one language; a wish for another is no fault (§2: "ui_locales … no error").
  bounded(parameters, 'ui_locales')
  return {
    idTokenHint: bounded(parameters, 'id_token_hint'),
    logoutHint: bounded(parameters, 'logout_hint'),
    clientId: bounded(parameters, 'client_id'),
    postLogoutRedirectUri: bounded(parameters, 'post_logout_redirect_uri'),
    state: bounded(parameters, 'state'),
  }
}

function bounded(parameters: Parameters, name: Name): string | undefined {
  const value = parameters.get(name)
  if (value === undefined) return undefined
  if (value.length > limits[name]) throw refused(`The ${name} parameter is too long.`, 'length')
  if (control.test(value)) throw refused(`The ${name} parameter has a control character.`, 'character')
  return value
}

function refused(description: string, rule: string): OAuthError {
  return new OAuthError('invalid_request', description, { rule: `logout-${rule}` })
}
