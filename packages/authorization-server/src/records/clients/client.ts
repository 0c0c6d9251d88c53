// An application that may ask for tokens: RFC 7591's metadata in our words, and what we decide for it.
import type { Instant } from '../../platform/time/index.ts'
import { type ClientMetadata, plainMetadata, signingAlgorithms } from './metadata.ts'

export const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', 'password'] as const
export type GrantType = (typeof grantTypes)[number]

/** `client_secret`: in the Authorization header or in the body, as the client likes; never both. */
export const authenticationMethods = [
  'client_secret',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'none',
] as const
export type AuthenticationMethod = (typeof authenticationMethods)[number]

export const idTokenAlgorithms: typeof signingAlgorithms = signingAlgorithms
export type IdTokenAlgorithm = (typeof idTokenAlgorithms)[number]

/**
 * By which algorithms something is signed for the client. Their keys are made when it is registered, so that they are published
 * before it is shown anything that is signed with them.
 */
export function signedFor(client: Pick<ClientSettings, 'idTokenAlgorithm' | 'metadata'>): readonly IdTokenAlgorithm[] {
  const { userinfoSigningAlgorithm, introspectionSigningAlgorithm } = client.metadata
  const wanted = [client.idTokenAlgorithm, userinfoSigningAlgorithm, introspectionSigningAlgorithm]
  return [...new Set(wanted.filter((algorithm) => algorithm !== undefined))]
}

/** Which tokens the client may ask about: none, those meant for itself, or any (a resource server of the seeds). */
export const introspectionRights = ['none', 'own', 'any'] as const
export type IntrospectionRight = (typeof introspectionRights)[number]

export interface ClientSettings {
  readonly clientId: string
  readonly name: string
  readonly ownerId: number | undefined
  readonly isConfidential: boolean
  readonly authenticationMethod: AuthenticationMethod
  readonly grantTypes: readonly GrantType[]
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly scopes: readonly string[]
  readonly pkce: 'required' | 'optional'
  /** `skip`: an application of our own, for which nobody is asked. */
  readonly consent: 'ask' | 'skip'
  readonly introspection: IntrospectionRight
  readonly idTokenAlgorithm: IdTokenAlgorithm
  readonly accessTokenLifetimeSeconds: number
  /** Idle life: counted anew at every refresh. */
  readonly refreshTokenLifetimeSeconds: number
  /** How long a retry with the previous refresh token gets the same successor. */
  readonly refreshGraceSeconds: number
  readonly refreshEndsAccessTokens: boolean
  /** Whether asking for fewer scopes in a refresh gives the others up for good, as at the seeds' server; RFC 6749 §6 says it does not. */
  readonly refreshNarrowsGrant: boolean
  readonly metadata: ClientMetadata
}

export interface Client extends ClientSettings {
  /** The row's number; `clientId` is the name on the wire. */
  readonly row: number
  readonly enabled: boolean
  /** Raised by whatever must end all that the client holds: disabling, a compromised secret. */
  readonly epoch: number
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

export interface ClientSecret {
  readonly id: number
  /** Generated secrets carry 256 random bits and are kept as a digest; chosen ones get a slow hash. */
  readonly kind: 'generated' | 'chosen'
  readonly verifier: string
  /** The last characters, so that an operator can tell two secrets apart. */
  readonly hint: string
  readonly createdAt: Instant
}

/** Whether it proves itself by a secret. */
export function needsSecret({ authenticationMethod }: Pick<ClientSettings, 'authenticationMethod'>): boolean {
  return authenticationMethod !== 'none' && authenticationMethod !== 'private_key_jwt'
}

/** Two, so that one can be replaced while the other still works. */
export const mostLiveSecrets = 2

const seedStyle = { refreshGraceSeconds: 0, refreshEndsAccessTokens: true, refreshNarrowsGrant: true }
const parallelTabs = { refreshGraceSeconds: 10, refreshEndsAccessTokens: false, refreshNarrowsGrant: false }

/** What a client is unless its registration says otherwise. */
export function defaultClientSettings(options: {
  readonly clientId: string
  readonly name: string
  readonly isConfidential: boolean
  readonly seedStyle?: boolean
}): ClientSettings {
  return {
    clientId: options.clientId,
    name: options.name,
    ownerId: undefined,
    isConfidential: options.isConfidential,
    authenticationMethod: options.isConfidential ? 'client_secret' : 'none',
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: [],
    postLogoutRedirectUris: [],
    allowedOrigins: [],
    scopes: ['read', 'write'],
    pkce: 'required',
    consent: 'ask',
    introspection: options.isConfidential ? 'own' : 'none',
    idTokenAlgorithm: 'RS256',
    accessTokenLifetimeSeconds: 3_600,
    refreshTokenLifetimeSeconds: 86_400,
    ...(options.seedStyle ? seedStyle : parallelTabs),
    metadata: plainMetadata,
  }
}
