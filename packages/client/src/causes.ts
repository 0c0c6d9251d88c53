// Decides in which ways a sign-in can fail, and how each is told: to the person in plain words, to the developer with
// what to look at. The union is closed: whoever handles failures can handle all of them.
// RFC 6749 §4.1.2.1; RFC 9207 §2.4; OpenID Connect Core §3.1.3.7; OpenID Connect Back-Channel Logout §2.6.

interface Wording {
  /** The status of the page. */
  readonly status: number
  readonly title: string
  /** For the person. */
  readonly plain: string
  /** For the developer. */
  readonly hint: string
}

const AGAIN = 'Please sign in again.'
const SETUP =
  'This is not your fault: the sign-in of this site is not set up correctly, or somebody interferes with it.'

/**
 * Why a sign-in, a refresh or a logout failed.
 * @example
 * import type { LoginCause } from '@latchkey/client'
 * const isHarmless = (cause: LoginCause): boolean => cause === 'denied' || cause === 'expired'
 */
export type LoginCause =
  | 'other-browser'
  | 'expired'
  | 'second-use'
  | 'http-https'
  | 'other-host'
  | 'same-site'
  | 'state-unknown'
  | 'denied'
  | 'interaction-required'
  | 'server-refused'
  | 'server-unreachable'
  | 'server-broken'
  | 'client-refused'
  | 'code-refused'
  | 'clock'
  | 'token-expired'
  | 'wrong-issuer'
  | 'mixed-up-server'
  | 'nonce'
  | 'signature'
  | 'unknown-key'
  | 'algorithm'
  | 'audience'
  | 'subject'
  | 'access-token-hash'
  | 'code-hash'
  | 'token-malformed'
  | 'profile'
  | 'session-too-large'
  | 'logout-token'
  | 'logout-replayed'
  | 'logout-state'
  | 'cross-site'
  | 'account-deactivated'
  | 'already-linked'
  | 'not-signed-in'
  | 'last-link'
  | 'unknown-provider'

const causes: Readonly<Record<LoginCause, Wording>> = {
  'other-browser': {
    status: 400,
    title: 'The sign-in was begun in another browser',
    plain: `The sign-in was begun in another browser or a private window, or cookies are switched off. ${AGAIN}`,
    hint: 'The state is genuine and fresh, but its cookie did not come along.',
  },
  expired: {
    status: 400,
    title: 'The sign-in took too long',
    plain: `A sign-in must be finished within ten minutes. ${AGAIN}`,
    hint: 'The state is genuine, but older than 10 minutes.',
  },
  'second-use': {
    status: 400,
    title: 'This sign-in has been used already',
    plain: `The address was opened a second time, by the back button or by reloading. ${AGAIN}`,
    hint: 'The callback was called again with a state that has been used.',
  },
  'http-https': {
    status: 400,
    title: 'The sign-in changed between http and https',
    plain: 'The sign-in was begun at one kind of address and came back at the other, so your browser kept its cookie.',
    hint: 'baseUrl and the address in the browser differ in http and https. Redirect http to https before the app.',
  },
  'other-host': {
    status: 400,
    title: 'The sign-in came back at another address',
    plain: `This site has several addresses, and your browser keeps their cookies apart. ${AGAIN}`,
    hint: 'The host in the browser is not that of baseUrl (localhost and 127.0.0.1 are two hosts).',
  },
  'same-site': {
    status: 400,
    title: 'The browser kept the cookie of the sign-in',
    plain: `The sign-in came back inside another page, where browsers send no cookies. ${AGAIN}`,
    hint: 'SameSite=Lax cookies travel only with top-level GET navigation: no form_post, no iframe, no fetch.',
  },
  'state-unknown': {
    status: 400,
    title: 'The sign-in is not known here',
    plain: `This address does not belong to a sign-in that was begun here. ${AGAIN}`,
    hint: 'The state is missing or was not made with this secret: a forged request, or another app on this address.',
  },
  denied: {
    status: 403,
    title: 'The sign-in was cancelled',
    plain: 'You did not allow this site to know who you are. You can try again at any time.',
    hint: 'error=access_denied (RFC 6749 §4.1.2.1).',
  },
  'interaction-required': {
    status: 400,
    title: 'The sign-in needs you',
    plain: `You were to be signed in without being asked, but have to be asked. ${AGAIN}`,
    hint: 'login_required, consent_required or the like, in answer to prompt=none.',
  },
  'server-refused': {
    status: 502,
    title: 'The sign-in server refused',
    plain: SETUP,
    hint: 'The authorization server answered with an error; the incident tells its operator which rule refused.',
  },
  'server-unreachable': {
    status: 503,
    title: 'The sign-in server cannot be reached',
    plain: 'The sign-in server does not answer at the moment. Please try again shortly.',
    hint: 'No connection, no answer in time, or 5xx from the authorization server.',
  },
  'server-broken': {
    status: 502,
    title: 'The sign-in server answered nonsense',
    plain: SETUP,
    hint: 'An answer of the authorization server cannot be read.',
  },
  'client-refused': {
    status: 502,
    title: 'The sign-in server does not know this site',
    plain: SETUP,
    hint: 'invalid_client: client id, secret or way of authentication is wrong.',
  },
  'code-refused': {
    status: 400,
    title: 'The sign-in can no longer be finished',
    plain: `The sign-in server no longer accepts this sign-in. ${AGAIN}`,
    hint: 'invalid_grant: the code has expired, was used, or belongs to another client or redirect URI.',
  },
  clock: {
    status: 502,
    title: 'The clocks differ',
    plain: SETUP,
    hint: 'A token is of the future, or has expired on arrival: set the clocks of this machine and the server.',
  },
  'token-expired': {
    status: 502,
    title: 'The proof of sign-in has expired',
    plain: `The proof of who you are is too old. ${AGAIN}`,
    hint: 'exp of the ID token or logout token has passed.',
  },
  'wrong-issuer': {
    status: 502,
    title: 'Another server answered',
    plain: SETUP,
    hint: 'The issuer in the metadata or token is not the configured one (compared byte for byte).',
  },
  'mixed-up-server': {
    status: 400,
    title: 'The answer is not from the server that was asked',
    plain: SETUP,
    hint: 'iss of the authorization response is missing or differs (RFC 9207): a mix-up attack, or a wrong issuer.',
  },
  nonce: {
    status: 400,
    title: 'The proof belongs to another sign-in',
    plain: `${SETUP} ${AGAIN}`,
    hint: 'nonce of the ID token is missing or differs.',
  },
  signature: { status: 502, title: 'The proof is forged', plain: SETUP, hint: 'The signature of the token is wrong.' },
  'unknown-key': {
    status: 502,
    title: 'The proof is signed with an unknown key',
    plain: SETUP,
    hint: 'No key of the jwks_uri fits kid and alg of the token, also after fetching it again.',
  },
  algorithm: {
    status: 502,
    title: 'The proof is not signed as agreed',
    plain: SETUP,
    hint: 'alg is none, symmetric, or not the registered one.',
  },
  audience: {
    status: 502,
    title: 'The proof is for another site',
    plain: SETUP,
    hint: 'aud or azp of the token is missing or not this client.',
  },
  subject: {
    status: 502,
    title: 'The server contradicts itself',
    plain: SETUP,
    hint: 'sub is missing, or differs between ID token, userinfo and refresh.',
  },
  'access-token-hash': {
    status: 502,
    title: 'The proof does not fit the token',
    plain: SETUP,
    hint: 'at_hash of the ID token is not that of the access token.',
  },
  'code-hash': {
    status: 502,
    title: 'The proof does not fit the code',
    plain: SETUP,
    hint: 'c_hash of the ID token is not that of the code.',
  },
  'token-malformed': {
    status: 502,
    title: 'The proof cannot be read',
    plain: SETUP,
    hint: 'The token is no JWT, or lacks a claim that it must have (iss, aud, exp, iat).',
  },
  profile: {
    status: 502,
    title: 'The sign-in server does not say who you are',
    plain: SETUP,
    hint: 'The profile is no JSON object, or has no value at the field that is mapped to the subject.',
  },
  'session-too-large': {
    status: 502,
    title: 'You cannot be kept signed in',
    plain: SETUP,
    hint: 'The tokens of this server do not fit into cookies: keep sessions in a store (`sessions`).',
  },
  'logout-token': {
    status: 400,
    title: 'The logout cannot be read',
    plain: SETUP,
    hint: 'Back-channel logout: typ, events, nonce, jti, sub or sid is not as it must be.',
  },
  'logout-replayed': {
    status: 400,
    title: 'The logout was sent before',
    plain: SETUP,
    hint: 'Back-channel logout: a token with this jti was accepted before.',
  },
  'logout-state': {
    status: 400,
    title: 'You are signed out here',
    plain: 'You are signed out of this site. Whether you are signed out elsewhere cannot be told.',
    hint: 'The return from the end_session_endpoint carries no state or a wrong one.',
  },
  'cross-site': {
    status: 403,
    title: 'The request came from another site',
    plain: 'What changes something here must come from a page of this site.',
    hint: 'Sec-Fetch-Site or Origin names another origin than baseUrl.',
  },
  'account-deactivated': {
    status: 403,
    title: 'Your account is deactivated',
    plain: 'Your account at this site has been deactivated. Ask its administrator.',
    hint: 'The local user is not active.',
  },
  'already-linked': {
    status: 409,
    title: 'This sign-in belongs to another account',
    plain: 'The account that you signed in with is connected with another account of this site.',
    hint: 'provider and subject are linked to another local user.',
  },
  'not-signed-in': {
    status: 403,
    title: 'Sign in first',
    plain: `To connect another account, you must be signed in as the person who began it. ${AGAIN}`,
    hint: 'Linking: the session that began it has ended, or somebody else is signed in now.',
  },
  'last-link': {
    status: 409,
    title: 'This is your only way to sign in',
    plain: 'Connect another account first: without this one you could not sign in any more.',
    hint: 'The last link of a local user is not removed.',
  },
  'unknown-provider': {
    status: 404,
    title: 'There is no such way to sign in',
    plain: 'This site does not know the sign-in server that was asked for.',
    hint: 'The parameter `provider` names none of the configured providers.',
  },
}

/** How a cause is told. */
export function wordingOf(cause: LoginCause): Wording {
  return causes[cause]
}

/**
 * All causes, for tables and tests.
 * @example
 * import { loginCauses } from '@latchkey/client'
 * const count: number = loginCauses.length
 */
export const loginCauses: readonly LoginCause[] = Object.keys(causes).filter(isCause)

function isCause(name: string): name is LoginCause {
  return Object.hasOwn(causes, name)
}

interface FailureFacts {
  /** For the log and for developers: what exactly was wrong. Carries no secret. */
  readonly detail?: string | undefined
  /** The id under which the authorization server has recorded its refusal. */
  readonly incident?: string | undefined
  readonly cause?: unknown
}

/**
 * A sign-in that failed, with its cause.
 * @example
 * import { LoginFailure } from '@latchkey/client'
 * const failure = new LoginFailure('expired', { detail: 'begun 11 minutes ago' })
 * const status: number = failure.status // 400
 */
export class LoginFailure extends Error {
  override readonly name = 'LoginFailure'
  readonly reason: LoginCause
  /** What exactly was wrong, without secrets. */
  readonly detail: string | undefined
  /** The id under which the authorization server has recorded its refusal. */
  readonly incident: string | undefined

  constructor(reason: LoginCause, facts: FailureFacts = {}) {
    const { detail, incident, cause } = facts
    const text = detail === undefined ? causes[reason].hint : `${causes[reason].hint} (${detail})`
    super(`${reason}: ${text}`, cause === undefined ? undefined : { cause })
    this.reason = reason
    this.detail = detail
    this.incident = incident
  }

  /** The HTTP status of the page that tells it. */
  get status(): number {
    return causes[this.reason].status
  }
}
