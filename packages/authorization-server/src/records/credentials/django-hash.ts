// Decides whether a password matches a hash that Django stored (django/contrib/auth/hashers.py), so that its users sign in
// unchanged; the caller then stores a hash of ours. Figures beyond the bounds below are never computed: a hostile row
// must not exhaust memory or time. Run verifyDjangoHash under the hasher's bound: one check may take a second.

import { hash, pbkdf2, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { equalText, isTooLong, matchesArgon2, parseArgon2 } from '../../platform/crypto/index.ts'

type Check = (password: string) => Promise<boolean>

const mostPbkdf2Iterations = 10_000_000
const mostBcryptRounds = 15
const mostScryptBytes = 256 * 1024 * 1024

const pbkdf2OnPool = promisify(pbkdf2)
const scryptOnPool = promisify<string, string, number, ScryptOptions, Buffer>(scrypt)

/**
 * Whether the password has this hash.
 * Unusable (`!…`), empty, unknown and malformed hashes match nothing and cost nothing: check a decoy for them.
 */
export async function verifyDjangoHash(encoded: string, password: string): Promise<boolean> {
  const matches = await checkOf(encoded)?.(password)
  // After the check, so that an impossible password costs what a wrong one costs.
  return matches === true && !isTooLong(password)
}

/** Whether some password could match this hash; a user with any other needs a reset. */
export function isKnownHash(encoded: string): boolean {
  return checkOf(encoded) !== undefined
}

function checkOf(encoded: string): Check | undefined {
  // The form of Django before 0.91: MD5 without salt and without name.
  if (/^[0-9a-f]{32}$/.test(encoded)) return digestCheck('md5', '', encoded)
  const at = encoded.indexOf('$')
  const rest = encoded.slice(at + 1)
  switch (encoded.slice(0, Math.max(at, 0))) {
    case 'pbkdf2_sha256':
      return pbkdf2Check('sha256', 32, rest)
    case 'pbkdf2_sha1':
      return pbkdf2Check('sha1', 20, rest)
    case 'argon2':
      return argon2Check(rest)
    case 'bcrypt_sha256':
      return bcryptCheck(rest, (password) => hash('sha256', password))
    case 'bcrypt':
      return bcryptCheck(rest, (password) => password)
    case 'scrypt':
      return scryptCheck(rest)
    case 'md5':
      return saltedDigestCheck('md5', /^([^$]*)\$([0-9a-f]{32})$/.exec(rest))
    case 'sha1':
      return saltedDigestCheck('sha1', /^([^$]*)\$([0-9a-f]{40})$/.exec(rest))
    default:
      return undefined
  }
}

function pbkdf2Check(digest: 'sha256' | 'sha1', length: number, rest: string): Check | undefined {
  const [, iterations = '', salt, sum = ''] = /^(\d{1,8})\$([^$]+)\$([A-Za-z0-9+/]+={0,2})$/.exec(rest) ?? []
  const expected = Buffer.from(sum, 'base64')
  const count = Number(iterations)
  if (salt === undefined || expected.length !== length || count < 1 || count > mostPbkdf2Iterations) return undefined
  return async (password) => timingSafeEqual(await pbkdf2OnPool(password, salt, count, length, digest), expected)
}

// `argon2` and, without a separator of its own, a PHC string that begins with `$`.
function argon2Check(rest: string): Check | undefined {
  const expected = parseArgon2(`$${rest}`)
  if (expected === undefined || expected.keyId !== undefined) return undefined
  return (password) => matchesArgon2(expected, password)
}

function bcryptCheck(rest: string, prepare: (password: string) => string): Check | undefined {
  const [, rounds = ''] = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(rest) ?? []
  if (rounds === '' || Number(rounds) < 4 || Number(rounds) > mostBcryptRounds) return undefined
  return async (password) => {
    const bcrypt = await import('bcryptjs')
    return bcrypt.compare(prepare(password), rest)
  }
}

function scryptCheck(rest: string): Check | undefined {
  const form = /^(\d{1,9})\$([^$]+)\$(\d{1,4})\$(\d{1,4})\$([A-Za-z0-9+/]+={0,2})$/
  const [, work = '', salt, block = '', lanes = '', sum = ''] = form.exec(rest) ?? []
  const expected = Buffer.from(sum, 'base64')
  const [N, r, p] = [Number(work), Number(block), Number(lanes)]
  const bytes = 128 * r * (N + p)
  const powerOfTwo = N > 1 && Number.isInteger(Math.log2(N))
  if (salt === undefined || expected.length !== 64 || !powerOfTwo || r < 1 || p < 1) return undefined
  if (bytes > mostScryptBytes || p > 16) return undefined
  // Node's own limit of 32 MiB lies below what Django's figures may need.
  const options = { N, r, p, maxmem: 2 * bytes }
  return async (password) => timingSafeEqual(await scryptOnPool(password, salt, 64, options), expected)
}

function saltedDigestCheck(algorithm: 'md5' | 'sha1', match: RegExpExecArray | null): Check | undefined {
  const [, salt, sum] = match ?? []
  return salt === undefined || sum === undefined ? undefined : digestCheck(algorithm, salt, sum)
}

function digestCheck(algorithm: 'md5' | 'sha1', salt: string, sum: string): Check {
  return async (password) => equalText(hash(algorithm, salt + password), sum)
}
