// Decides how the password of a local account is kept: argon2id with 19 MiB, and a salt of its own. OWASP password storage.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'

const cost = { memory: 19 * 1024, passes: 2, parallelism: 1, tagLength: 32 }

/** What is wrong with a new password, in words; nothing when it may be used. */
export function passwordErrors(password: string, email: string): readonly string[] {
  const tooShort = password.length < 8 ? ['It must have at least 8 characters.'] : []
  const known = /^\d+$/.test(password) || password.toLowerCase() === email.toLowerCase()
  return known ? [...tooShort, 'It is too easy to guess.'] : tooShort
}

/** @returns salt and hash */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `${salt.toString('base64url')}.${(await derive(password, salt)).toString('base64url')}`
}

/** Takes as long for an account that does not exist (`undefined`) as for one that does. */
export async function isPassword(password: string, kept: string | undefined): Promise<boolean> {
  const [salt, hash] = (kept ?? '').split('.').map((part) => Buffer.from(part, 'base64url'))
  const actual = await derive(password, salt?.length === 16 ? salt : randomBytes(16))
  return hash?.length === actual.length && timingSafeEqual(hash, actual)
}

function derive(password: string, nonce: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', { ...cost, message: password.normalize('NFKC'), nonce }, (error, hash) => {
      if (error === null) resolve(hash)
      else reject(error)
    })
  })
}
