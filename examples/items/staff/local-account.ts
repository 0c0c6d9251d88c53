// Decides what a local account is: a user whose issuer is this API itself. Only the command makes one.
import type { LocalUser, LocalUserStore } from '@latchkey/resource-server'
import { hashPassword, isPassword } from './password.ts'
import type { StaffStore } from './store.ts'

export interface LocalAccounts {
  /** Makes the account, or gives it another password. */
  put(email: string, password: string): Promise<LocalUser>
  /** The user when the password is theirs and they are not shut out. */
  signIn(email: string, password: string): Promise<LocalUser | undefined>
}

export function localAccounts(
  users: LocalUserStore,
  staff: StaffStore,
  ownUrl: string,
  now: () => number,
): LocalAccounts {
  return {
    async put(email, password) {
      const subject = email.toLowerCase()
      const hash = await hashPassword(password)
      const identity = { issuer: ownUrl, subject, username: email, email }
      const user = (await users.find(ownUrl, subject)) ?? (await users.create(identity, now()))
      staff.setPassword(user.id, hash)
      return user
    },
    async signIn(email, password) {
      const user = await users.find(ownUrl, email.toLowerCase())
      const isRight = await isPassword(password, user === undefined ? undefined : staff.passwordHash(user.id))
      return isRight && user?.isActive === true ? user : undefined
    },
  }
}
