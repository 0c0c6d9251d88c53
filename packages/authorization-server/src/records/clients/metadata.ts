// What a client may register beyond the everyday settings: OpenID Connect Dynamic Client Registration §2, RFC 7591 §2,
// RP-Initiated, Back-Channel and Front-Channel Logout §2, RFC 9701 §5. Most clients have none of it.

/** The two legacy families are switched on per client (OAuth 2.1 has neither); their members come in the standard's order. */
export const responseTypes = [
  'code',
  'id_token',
  'id_token token',
  'code id_token',
  'code token',
  'code id_token token',
  'token',
] as const
export type ResponseType = (typeof responseTypes)[number]

export const signingAlgorithms = ['RS256', 'ES256', 'PS256', 'EdDSA'] as const
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

export interface ClientMetadata {
  readonly responseTypes: readonly ResponseType[]
  /** `native`: an app on a person's own device, which may have a scheme of its own (OpenID Connect Dynamic Client Registration §2). */
  readonly applicationType: 'web' | 'native'
  readonly softwareId: string | undefined
  readonly softwareVersion: string | undefined
  readonly contacts: readonly string[]
  readonly clientUri: string | undefined
  readonly logoUri: string | undefined
  readonly policyUri: string | undefined
  readonly termsUri: string | undefined
  /** `pairwise`: another subject for each sector (OpenID Connect Core §8.1). */
  readonly subjectType: 'public' | 'pairwise'
  readonly sectorIdentifierUri: string | undefined
  /** Public keys: the document itself as JSON text, or where it is. Never both (RFC 7591 §2). */
  readonly jwks: string | undefined
  readonly jwksUri: string | undefined
  /** Of `private_key_jwt`; any that we know when undefined. */
  readonly authenticationSigningAlgorithm: SigningAlgorithm | undefined
  /** Userinfo as a signed JWT; plain JSON when undefined. */
  readonly userinfoSigningAlgorithm: SigningAlgorithm | undefined
  readonly introspectionSigningAlgorithm: SigningAlgorithm | undefined
  /** Of request objects; `none` only where it is registered. */
  readonly requestObjectSigningAlgorithm: SigningAlgorithm | 'none' | undefined
  readonly requestUris: readonly string[]
  readonly defaultMaxAgeSeconds: number | undefined
  readonly requiresAuthTime: boolean
  readonly defaultAcrValues: readonly string[]
  /** Where a third party may begin a sign-in (OpenID Connect Core §4). */
  readonly initiateLoginUri: string | undefined
  readonly backchannelLogoutUri: string | undefined
  readonly backchannelLogoutNeedsSession: boolean
  readonly frontchannelLogoutUri: string | undefined
  readonly frontchannelLogoutNeedsSession: boolean
}

export const plainMetadata: ClientMetadata = {
  responseTypes: ['code'],
  applicationType: 'web',
  softwareId: undefined,
  softwareVersion: undefined,
  contacts: [],
  clientUri: undefined,
  logoUri: undefined,
  policyUri: undefined,
  termsUri: undefined,
  subjectType: 'public',
  sectorIdentifierUri: undefined,
  jwks: undefined,
  jwksUri: undefined,
  authenticationSigningAlgorithm: undefined,
  userinfoSigningAlgorithm: undefined,
  introspectionSigningAlgorithm: undefined,
  requestObjectSigningAlgorithm: undefined,
  requestUris: [],
  defaultMaxAgeSeconds: undefined,
  requiresAuthTime: false,
  defaultAcrValues: [],
  initiateLoginUri: undefined,
  backchannelLogoutUri: undefined,
  backchannelLogoutNeedsSession: false,
  frontchannelLogoutUri: undefined,
  frontchannelLogoutNeedsSession: false,
}

/** What is kept of it: only what differs from the plain client, so that a later member needs no rewriting of rows. */
export function sparseMetadata(metadata: ClientMetadata): Partial<ClientMetadata> {
  const plain = new Map<string, unknown>(Object.entries(plainMetadata))
  const differs = Object.entries(metadata).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(plain.get(name)),
  )
  return Object.fromEntries(differs)
}

export function completeMetadata(kept: Partial<ClientMetadata>): ClientMetadata {
  return { ...plainMetadata, ...kept }
}

/** What discovery says only while some client has it on. */
export interface SwitchedOn {
  /** Besides `code`, which needs no switch. */
  readonly responseTypes: readonly ResponseType[]
  readonly requestObjects: boolean
  readonly requestUris: boolean
}
