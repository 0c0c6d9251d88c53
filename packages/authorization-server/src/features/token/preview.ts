// What the tokens of a grant would say, without a grant: the same claims by the same code, unsigned, so that nothing is issued.
import { digestFor } from '../../platform/crypto/index.ts'
import type { Client } from '../../records/clients/index.ts'
import type { User } from '../../records/users/index.ts'
import { subjectFor } from '../claims/index.ts'
import type { Context } from '../context/index.ts'
import { accessTarget } from './access.ts'
import type { TokenTarget } from './audiences.ts'
import { idTokenClaims } from './id-token.ts'
import { jwtAccessClaims } from './jwt-access-token.ts'
import { earnsRefreshToken } from './scopes.ts'

export interface PreviewedGrant {
  readonly client: Client
  readonly user: User
  /** Granted, separated by spaces. */
  readonly scopes: string
  readonly audiences: readonly string[]
  /** The claims request as text; '' for none. */
  readonly claims: string
  /** How the person would sign in. */
  readonly methods: readonly string[]
  /** What the answer would hold beside the grant itself. */
  readonly accessToken: boolean
  readonly idToken: boolean
  readonly refreshable: boolean
}

export interface TokenPreview {
  readonly target: TokenTarget
  readonly hasRefreshToken: boolean
  readonly idToken: Readonly<Record<string, unknown>> | undefined
  /** Of a JWT; undefined for a token that says nothing by itself. */
  readonly accessToken: Readonly<Record<string, unknown>> | undefined
}

type Needs = Pick<Context, 'apis' | 'clock' | 'issuer' | 'keys' | 'random'>

/** @throws OAuthError invalid_target */
export async function previewTokens(context: Needs, grant: PreviewedGrant): Promise<TokenPreview> {
  const target = await accessTarget(context, grant.client, grant.scopes, grant.audiences)
  return {
    target,
    hasRefreshToken: grant.refreshable && earnsRefreshToken(grant.client, grant.scopes),
    idToken: grant.idToken && grant.scopes.split(' ').includes('openid') ? idTokenOf(context, grant) : undefined,
    accessToken: grant.accessToken && target.signingAlgorithm ? accessTokenOf(context, grant, target) : undefined,
  }
}

/** Stands for what is another in every sign-in; the claims that are made of it are told apart by their names. */
const somewhere = 'AAAAAAAAAAAAAAAAAAAAAA'

function idTokenOf(context: Needs, grant: PreviewedGrant): Readonly<Record<string, unknown>> {
  const { client, user, claims, methods } = grant
  const input = {
    client,
    user,
    grant: { authenticatedAt: context.clock.now(), methods, sessionId: somewhere, claims },
    nonce: '',
    accessToken: grant.accessToken ? '' : undefined,
    claimScopes: grant.accessToken ? undefined : grant.scopes.split(' '),
  }
  return { ...idTokenClaims(context, input, digestFor(client.idTokenAlgorithm)) }
}

function accessTokenOf(
  context: Needs,
  { client, user, methods }: PreviewedGrant,
  { audiences, scopes, lifetimeSeconds }: TokenTarget,
): Readonly<Record<string, unknown>> {
  const issuedAt = context.clock.now()
  const expiresAt = issuedAt + lifetimeSeconds * 1_000
  const pointer = { kind: 'grant', grantId: somewhere, generation: 0 } as const
  const ids = { tokenId: somewhere.slice(0, 16), scopeSetId: 0, audienceSetId: 0 }
  return jwtAccessClaims({
    token: { ...pointer, ...ids, issuedAt, expiresAt },
    issuer: context.issuer,
    subject: subjectFor(context, client, user),
    audiences,
    clientId: client.clientId,
    scopes: scopes.join(' '),
    authenticatedAt: issuedAt,
    methods,
  })
}
