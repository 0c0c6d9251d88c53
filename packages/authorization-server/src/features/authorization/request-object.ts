// What a request object asks for, and whether it may: whose it is, for whom, when. Its signature was checked before.
// RFC 9101 §4, §5, §6.3, §10.8; OpenID Connect Core §6.1, §6.3. Only what stands in it counts: a parameter beside it is
// ignored, but for the two that OpenID Connect wants there as well, which must agree.
import type { Instant } from '../../platform/time/index.ts'

export interface RequestObject {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
}

export interface RequestObjectContext {
  readonly clientId: string
  readonly issuer: string
  readonly now: Instant
  /** The `response_type` beside it, as sent. */
  readonly responseType: string | undefined
}

export type Pairs = readonly (readonly [name: string, value: string])[]

export type RequestObjectDecision =
  | { readonly kind: 'accept'; readonly parameters: Pairs }
  | { readonly kind: 'refuse'; readonly rule: string; readonly description: string }

/** RFC 8725 §3.11: what was signed for another purpose names another type. */
const types: readonly unknown[] = [undefined, 'jwt', 'oauth-authz-req+jwt']
/** Of the JWT itself; not part of the request. The last is ours, and only we may set it. */
const notParameters: ReadonlySet<string> = new Set([
  'iss',
  'aud',
  'sub',
  'exp',
  'nbf',
  'iat',
  'jti',
  'latchkey_request',
])
const skewMs = 10_000
const longestLifeMs = 3_600_000

export function decideRequestObject(object: RequestObject, context: RequestObjectContext): RequestObjectDecision {
  const { header, payload } = object
  if (!types.includes(typeOf(header['typ']))) {
    return refuse('request-object-type', 'The request object names another type than a request.')
  }
  const identity = identityFault(payload, context)
  if (identity !== undefined) return refuse('request-object-party', identity)
  const time = timeFault(payload, context.now)
  if (time !== undefined) return refuse('request-object-time', time)
  if ('request' in payload || 'request_uri' in payload) {
    return refuse('request-object-nested', 'A request object cannot hold another one.')
  }
  const parameters = parametersOf(payload)
  if (parameters === undefined) {
    return refuse('request-object-value', 'A parameter of the request object is neither text, number nor boolean.')
  }
  const inside = parameters.find(([name]) => name === 'response_type')?.[1]
  const { clientId, responseType } = context
  if (inside !== undefined && responseType !== undefined && sorted(inside) !== sorted(responseType)) {
    return refuse('request-object-response-type', 'The response_type beside the request object is another one.')
  }
  const others = parameters.filter(([name]) => name !== 'client_id' && name !== 'response_type')
  const type = inside ?? responseType
  const own: Pairs = [['client_id', clientId], ...(type === undefined ? [] : [['response_type', type] as const])]
  return { kind: 'accept', parameters: [...own, ...others] }
}

/** RFC 7515 §4.1.9: a media type that may leave out `application/`. */
function typeOf(typ: unknown): unknown {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ
}

function identityFault(
  payload: RequestObject['payload'],
  { clientId, issuer }: RequestObjectContext,
): string | undefined {
  const { iss, aud, sub, client_id: inside } = payload
  if (inside !== undefined && inside !== clientId) return 'The client_id of the request object is another one.'
  if (iss !== undefined && iss !== clientId) return 'The request object was issued by somebody else.'
  if (aud !== undefined && ![aud].flat().includes(issuer)) return 'The request object is for another server.'
  // RFC 9101 §10.8: else a client's assertion about itself could be shown as a request.
  return sub === clientId ? 'The request object has the client as its subject.' : undefined
}

function timeFault(payload: RequestObject['payload'], now: Instant): string | undefined {
  const [expiresAt, notBefore, issuedAt] = [payload['exp'], payload['nbf'], payload['iat']].map(instantOf)
  if ([expiresAt, notBefore, issuedAt].includes('malformed')) return 'A time of the request object is malformed.'
  if (typeof expiresAt === 'number' && expiresAt + skewMs <= now) return 'The request object has expired.'
  if (typeof notBefore === 'number' && notBefore > now + skewMs) return 'The request object is not valid yet.'
  if (typeof issuedAt === 'number' && issuedAt > now + skewMs) return 'The request object was issued in the future.'
  if (typeof notBefore === 'number' && now - notBefore > longestLifeMs) return 'The request object is too old.'
  if (typeof expiresAt === 'number' && expiresAt - now > longestLifeMs + skewMs)
    return 'The request object lives too long.'
  return undefined
}

/** Seconds since the epoch (RFC 7519 §2), as an instant. */
function instantOf(value: unknown): Instant | 'malformed' | undefined {
  if (value === undefined) return undefined
  const isTime = typeof value === 'number' && value >= 0 && Number.isSafeInteger(Math.floor(value * 1_000))
  return isTime ? Math.floor(value * 1_000) : 'malformed'
}

/** RFC 9101 §4: text as text, numbers as numbers; `claims` is an object, `resource` may be a list. */
function parametersOf(payload: RequestObject['payload']): Pairs | undefined {
  const pairs = Object.entries(payload)
    .filter(([name]) => !notParameters.has(name))
    .flatMap(([name, value]) => valuesOf(name, value).map((one): [string, string | undefined] => [name, one]))
  const known = pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return known.length === pairs.length ? known : undefined
}

function valuesOf(name: string, value: unknown): readonly (string | undefined)[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  if (name === 'claims' && typeof value === 'object' && value !== null) return [JSON.stringify(value)]
  if (name !== 'resource' || !Array.isArray(value)) return [undefined]
  return value.map((one: unknown) => (typeof one === 'string' ? one : undefined))
}

function sorted(responseType: string): string {
  return responseType.split(' ').toSorted().join(' ')
}

function refuse(rule: string, description: string): RequestObjectDecision {
  return { kind: 'refuse', rule, description }
}
