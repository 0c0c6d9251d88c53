// Decides what a `claims` parameter asks for: which claims, where they are to come, how badly they are wanted.
// OpenID Connect Core §5.5. Members that are not understood are ignored, as the standard says; wrong shapes are refused.

import { OAuthError } from './errors.ts'

/**
 * How one claim is asked for.
 * @see OpenID Connect Core §5.5.1
 * @example
 * import type { RequestedClaim } from '@latchkey/protocol'
 * const claim: RequestedClaim = { essential: true, values: undefined }
 */
export interface RequestedClaim {
  /** Wanted for the task at hand; otherwise its absence is no harm. */
  readonly essential: boolean
  /** `value` or `values`: what is acceptable, in order of preference; undefined when anything is. */
  readonly values: readonly (string | number | boolean)[] | undefined
}

/**
 * The claims that a request asks for by name, per place.
 * @see OpenID Connect Core §5.5
 * @example
 * import type { ClaimsRequest } from '@latchkey/protocol'
 * const wanted: ClaimsRequest = { userinfo: new Map(), idToken: new Map([['acr', { essential: true, values: ['pwd'] }]]) }
 */
export interface ClaimsRequest {
  readonly userinfo: ReadonlyMap<string, RequestedClaim>
  readonly idToken: ReadonlyMap<string, RequestedClaim>
}

/**
 * The claims request of a request without one.
 * @see OpenID Connect Core §5.5
 * @example
 * import { noClaimsRequest } from '@latchkey/protocol'
 * const asked: number = noClaimsRequest.userinfo.size // 0
 */
export const noClaimsRequest: ClaimsRequest = { userinfo: new Map(), idToken: new Map() }

const MAXIMUM_LENGTH = 2048
const MAXIMUM_CLAIMS = 64
const MAXIMUM_VALUES = 16
// A claim's name, with a language tag where it has one (§5.2).
const NAME = /^[\x21-\x7e]{1,128}$/

/**
 * Reads a claims request; the text itself may be carried along and read again where it is used.
 * @param text the `claims` parameter: the JSON text of an object, at most 2048 characters
 * @returns what is asked for; members other than `userinfo` and `id_token`, and unknown members of a claim, are left out
 * @throws OAuthError `invalid_request` when it is too long, is not JSON, or has another shape
 * @see OpenID Connect Core §5.5
 * @example
 * import { parseClaimsRequest } from '@latchkey/protocol'
 * const wanted = parseClaimsRequest('{"userinfo":{"email":{"essential":true},"name":null}}')
 * const isEssential: boolean | undefined = wanted.userinfo.get('email')?.essential // true
 */
export function parseClaimsRequest(text: string): ClaimsRequest {
  if (text.length > MAXIMUM_LENGTH) throw refusal(`The claims must have at most ${MAXIMUM_LENGTH} characters.`)
  const whole = objectOf(jsonOf(text))
  if (whole === undefined) throw refusal('The claims parameter must be a JSON object.')
  return { userinfo: placeOf(whole, 'userinfo'), idToken: placeOf(whole, 'id_token') }
}

function placeOf(
  whole: ReadonlyMap<string, unknown>,
  place: 'userinfo' | 'id_token',
): ReadonlyMap<string, RequestedClaim> {
  const value = whole.get(place)
  if (value === undefined || value === null) return new Map()
  const claims = objectOf(value)
  if (claims === undefined) throw refusal(`The ${place} member of the claims must be an object.`)
  if (claims.size > MAXIMUM_CLAIMS) throw refusal(`The claims may name at most ${MAXIMUM_CLAIMS} claims in one place.`)
  return new Map(
    [...claims].map(([name, wanted]) => {
      if (!NAME.test(name)) throw refusal('The claims name a claim that cannot exist.')
      return [name, requestedClaim(wanted)]
    }),
  )
}

// §5.5.1: null asks for the claim in the default manner, as a Voluntary Claim.
function requestedClaim(value: unknown): RequestedClaim {
  if (value === null) return { essential: false, values: undefined }
  const members = objectOf(value)
  if (members === undefined) throw refusal('Each claim that is asked for must be null or an object.')
  const essential = members.get('essential')
  if (essential !== undefined && typeof essential !== 'boolean') throw refusal('essential must be true or false.')
  return { essential: essential === true, values: valuesOf(members) }
}

function valuesOf(members: ReadonlyMap<string, unknown>): RequestedClaim['values'] {
  if (!members.has('value') && !members.has('values')) return undefined
  const values: unknown = members.has('values') ? members.get('values') : [members.get('value')]
  if (!Array.isArray(values) || values.length > MAXIMUM_VALUES || !values.every(isPlain)) {
    throw refusal(`value must be a text, number or boolean, and values a list of at most ${MAXIMUM_VALUES} of them.`)
  }
  return values
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

/** As a map, so that a member called `__proto__` is a member like any other. */
function objectOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return new Map(Object.entries(value))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusal(description: string): OAuthError {
  return new OAuthError('invalid_request', description, { rule: 'claims-syntax' })
}
