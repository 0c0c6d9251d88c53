/**
 * Credentials: passwords, their policy and their hashes, and the count of attempts to guess them.
 * Specifications: NIST SP 800-63B-4 §3.1.1, OWASP ASVS 5.0 V6. Tables: passwords, password_links, sign_in_attempts. Settings: none of its own.
 */
export { credentialsMigrations } from './migrations.ts'
export {
  type AccountDeps,
  type Actor,
  changePassword,
  type KeptAuthority,
  newPasswordErrors,
  type Registration,
  registerUser,
  registerUserWith,
} from './account-changes.ts'
export { deviceAfterSignIn, type KnownDevice } from './known-device.ts'
export {
  type LinkDeps,
  makePasswordLink,
  openPasswordLink,
  type PasswordLink,
  setPasswordByLink,
} from './password-link-apply.ts'
export { sourceOf } from './source.ts'
export { passwordPolicies, type PasswordPolicyName } from './password-policy.ts'
export {
  checkSignIn,
  requireRoomToSignIn,
  type CountedSignInDeps,
  confirmPassword,
  countSignUp,
  isPasswordOf,
  type SignInAttempt,
  type SignInDeps,
  type SignInLimits,
  type SignInResult,
  type SignUpLimits,
  type Throttled,
} from './sign-in.ts'
export {
  type AttemptLimit,
  attemptsUntil,
  countAttempt,
  endPasswordLink,
  endPasswordLinksOfGroup,
  findPasswordChange,
  findPasswordHash,
  expiredAttempts,
  expiredPasswordLinks,
  setPasswordHash,
  setPasswordHashOfSubject,
} from './store.ts'
