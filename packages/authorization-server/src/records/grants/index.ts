/**
 * Grants: who gave which client which scopes, once per redemption; the tokens that point at them; and the gate.
 * Specifications: RFC 6749 §1.3-1.5, §4.1.2, §6; RFC 9700 §4.14; RFC 7009. Tables: grants, revoked_tokens. Settings: none of its own.
 */
import type { Noun } from '../../platform/console/index.ts'

export { type GateDecision, gate, type Refusal, type Standing, standingAllows } from './gate.ts'
export type { EndReason, Grant, Stamp } from './grant.ts'
export { grantIdOfCode, newGrantId } from './grant-id.ts'
export { grantsMigrations } from './migrations.ts'
export { decideRotation, type RotationDecision, type RotationPolicy } from './rotation.ts'
export {
  type ClientTokenStanding,
  countLiveGrantsOfClient,
  findClientTokenStanding,
  findAuthorizationBasis,
  findGrant,
  findGrantFacts,
  findRedeemer,
  findStanding,
  type GrantInList,
  type GrantFacts,
  type GrantView,
  liveGrantsOf,
  type Redeemer,
} from './reading/store.ts'
export {
  expiredGrants,
  expiredRevokedTokens,
  endGrant,
  endGrantsOfClientForUser,
  endGrantsOfOtherSessions,
  endGrantsOfSession,
  endOwnGrant,
  insertGrant,
  insertGrantInSession,
  moveGrantsToSession,
  type NewGrant,
  restampGrant,
  revokeClientToken,
  rotateGrant,
  type Rotation,
} from './store.ts'
export {
  type AccessToken,
  type AuthorizationCode,
  type ClientAccessToken,
  type GrantAccessToken,
  readAccessToken,
  readAuthorizationCode,
  readRefreshToken,
  readTokenPointer,
  type RefreshToken,
  tokenPointerClaim,
  writeAccessToken,
  writeAuthorizationCode,
  writeRefreshToken,
  writeTokenPointer,
} from './tokens.ts'

export { withdrawAccess } from './withdrawal-apply.ts'

/** For the console, which loads it when somebody opens it: no start waits for it. */
export async function grantsNoun(): Promise<Noun> {
  return (await import('./admin.ts')).grantsNoun
}
