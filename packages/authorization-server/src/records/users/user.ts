// A person. `id` is the seeds' number, `subject` the opaque name that OpenID clients see; neither is ever used again.
import type { Instant } from '../../platform/time/index.ts'
import type { PersonalClaims } from './personal-claims.ts'

export interface User {
  readonly id: number
  readonly subject: string
  readonly email: string | undefined
  readonly emailVerified: boolean
  readonly username: string | undefined
  readonly firstName: string
  readonly lastName: string
  readonly isActive: boolean
  readonly isStaff: boolean
  readonly isSuperuser: boolean
  readonly attributes: Readonly<Record<string, unknown>>
  readonly claims: PersonalClaims
  /** Raised by whatever must end what the user holds: a new password, disabling. */
  readonly epoch: number
  readonly createdAt: Instant
  readonly updatedAt: Instant
  readonly lastSignInAt: Instant | undefined
}

export interface NewUser {
  readonly subject: string
  readonly email?: string | undefined
  readonly username?: string | undefined
  readonly firstName?: string
  readonly lastName?: string
  readonly isStaff?: boolean
  readonly isSuperuser?: boolean
  readonly attributes?: Readonly<Record<string, unknown>>
}

/** The domain's case never counts, and we keep it small as Django does; the local part stays as typed. */
export function normalizeEmail(email: string): string {
  const at = email.lastIndexOf('@')
  return at < 0 ? email : email.slice(0, at + 1) + email.slice(at + 1).toLowerCase()
}

/** What two spellings of one e-mail address or username share; uniqueness and sign-in go by it. */
export function identifierKey(identifier: string): string {
  return identifier.normalize('NFKC').toLowerCase()
}

/** What a client shows for the person: the username, else the e-mail; one of them is always there. */
export function displayIdentifier(user: Pick<User, 'username' | 'email' | 'subject'>): string {
  return user.username ?? user.email ?? user.subject
}

/** The person's name in words, or how they sign in where no name is known. */
export function displayName(user: Pick<User, 'firstName' | 'lastName' | 'username' | 'email' | 'subject'>): string {
  return `${user.firstName} ${user.lastName}`.trim() || displayIdentifier(user)
}
