/**
 * Users: the people who sign in. E-mail and username are each optional and unique without regard to case; one is present.
 * Specifications: OpenID Connect Core §2 (sub), §5.1. Tables: users. Settings: none of its own.
 */
import type { Noun } from '../../platform/console/index.ts'

export { emailErrors, isEmailAddress } from './email.ts'
export { usersMigrations } from './migrations.ts'
export {
  type AddressPart,
  addressParts,
  formattedAddress,
  noPersonalClaims,
  type PersonalClaims,
  type PersonalText,
  personalTexts,
  withPhoneProof,
} from './personal-claims.ts'
export {
  changedDetails,
  decideDetails,
  type DetailName,
  type DetailsDecision,
  latestDay,
  type TypedDetails,
  typedFrom,
} from './personal-details.ts'
export { timeZones } from './time-zones.ts'
export {
  activeSuperusers,
  countUsers,
  deleteUser,
  findUser,
  findUserByIdentifier,
  findUserBySubject,
  hasSuperuser,
  insertUser,
  listUsers,
  type ProfileChange,
  raiseUserEpoch,
  recordSignIn,
  requireOtherSuperuser,
  setUserActive,
  type StaffChange,
  updatePersonalClaims,
  updateProfile,
  updateUserByStaff,
  userFromRow,
} from './store.ts'
export {
  displayIdentifier,
  displayName,
  identifierKey,
  type NewUser,
  normalizeEmail,
  type User,
} from './user.ts'
export { usernameErrors } from './username.ts'

/** For the console, which loads it when somebody opens it: no start waits for it. */
export async function usersNoun(): Promise<Noun> {
  return (await import('./admin.ts')).usersNoun
}
