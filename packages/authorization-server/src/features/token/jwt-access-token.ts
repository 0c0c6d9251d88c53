// An access token as a JWT, for APIs that check it themselves. RFC 9068 §2. It is the same decision in another envelope: here it
// is asked about and revoked like any other, while an API that checks it offline takes it until it expires.
import { type SigningKey, signJws } from '../../platform/crypto/index.ts'
import { type AccessToken, tokenPointerClaim, writeTokenPointer } from '../../records/grants/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { acrOf } from '../claims/index.ts'

export interface JwtAccessToken {
  readonly token: AccessToken
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
  readonly clientId: string
  readonly scopes: string
  /** When and how the person signed in; nothing where none did. */
  readonly authenticatedAt?: Instant | undefined
  readonly methods: readonly string[]
}

export function writeJwtAccessToken(key: SigningKey, facts: JwtAccessToken): Promise<string> {
  return signJws(key, 'at+jwt', jwtAccessClaims(facts))
}

/** What the token says, before it is signed. */
export function jwtAccessClaims(facts: JwtAccessToken): Readonly<Record<string, unknown>> {
  const { token, audiences, authenticatedAt, methods } = facts
  const [only = '', ...others] = audiences
  const acr = acrOf(methods)
  return {
    iss: facts.issuer,
    sub: facts.subject,
    aud: others.length === 0 ? only : audiences,
    exp: seconds(token.expiresAt),
    iat: seconds(token.issuedAt),
    jti: token.tokenId,
    client_id: facts.clientId,
    scope: facts.scopes,
    ...(authenticatedAt === undefined ? {} : { auth_time: seconds(authenticatedAt) }),
    ...(acr === undefined ? {} : { acr, amr: methods }),
    [tokenPointerClaim]: writeTokenPointer(token),
  }
}

function seconds(instant: Instant): number {
  return Math.floor(instant / 1_000)
}
