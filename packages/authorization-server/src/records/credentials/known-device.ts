// A browser from which somebody signed in before, and for which accounts. Its attempts for those are counted by themselves, so
// that a stranger's guesses cannot lock the owner out (OWASP, Slow Down Online Guessing Attacks with Device Cookies).
import { sha256 } from '../../platform/crypto/index.ts'
import { identifierKey, type User } from '../users/index.ts'

export interface KnownDevice {
  /** 22 characters of base64url. */
  readonly id: string
  /** Digests of the accounts, the latest first. */
  readonly accounts: readonly string[]
}

/** An account in a count's key or a cookie, whichever of its names was typed (Authelia CVE-2025-24806). Nobody can read it from it. */
export function digestOfUser(user: Pick<User, 'subject'>): string {
  return digest(`subject ${user.subject}`)
}

/** As {@link digestOfUser}, for a name that nobody has: all its spellings are one. */
export function digestOfStranger(identifier: string): string {
  return digest(`name ${identifierKey(identifier)}`)
}

function digest(text: string): string {
  return Buffer.from(sha256(text)).toString('base64url')
}

/** Enough for the people of one household. */
const mostAccounts = 8

/** The device after this person signed in from it. */
export function deviceAfterSignIn(device: KnownDevice, user: Pick<User, 'subject'>): KnownDevice {
  const accounts = new Set([digestOfUser(user), ...device.accounts])
  return { id: device.id, accounts: [...accounts].slice(0, mostAccounts) }
}
