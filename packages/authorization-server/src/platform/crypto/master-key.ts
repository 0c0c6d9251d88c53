// Decides what a usable master key is, where its file comes from, and how every other key is derived from it
// (HKDF-SHA-256, RFC 5869). The key is held as a KeyObject, which prints nothing of itself.

import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { link, mkdir, open, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { encodeBase64url } from './base64url.ts'
import { type Random, randomId } from './random.ts'

/** The one secret that lives outside the database: 32 bytes. */
export type MasterKey = KeyObject

/** A master key that is refused, with what the operator can do about it. Carries nothing of the key. */
export class MasterKeyFault extends Error {
  override name = 'MasterKeyFault'
}

const keyLength = 32
const howToMake = 'Make one with: openssl rand -hex 32'

/**
 * Reads a master key that an operator wrote.
 * @param text 64 hexadecimal digits, or 43 characters of base64url (base64 with padding is taken too)
 * @throws MasterKeyFault when it is not 32 bytes or plainly not random
 */
export function parseMasterKey(text: string): MasterKey {
  const bytes = decodeKeyText(text.trim())
  if (bytes === undefined) {
    throw new MasterKeyFault(`The master key must be 32 bytes, written in hex or base64url. ${howToMake}`)
  }
  const weakness = weaknessOf(bytes)
  if (weakness !== undefined) throw new MasterKeyFault(`The master key ${weakness}, so it can be guessed. ${howToMake}`)
  return createSecretKey(bytes)
}

/**
 * Reads the master key file, and makes it on the very first start.
 * Processes that start at once end with the same key: a finished file is linked into place, and only one link can win.
 * @param mayCreate whether nothing was sealed yet: a second key would open nothing of what there is
 * @throws MasterKeyFault when the file holds no usable key, others can read it, or it is missing and must not be made
 */
export async function loadOrCreateMasterKeyFile(path: string, random: Random, mayCreate: boolean): Promise<MasterKey> {
  const existing = await readKeyFile(path)
  if (existing !== undefined) return existing
  if (!mayCreate) {
    throw new MasterKeyFault(
      `${path} is missing, and what the database holds was sealed under it. Put it back from a backup.`,
    )
  }
  await createKeyFile(path, random)
  const created = await readKeyFile(path)
  if (created === undefined) throw new MasterKeyFault(`${path} vanished while it was being created.`)
  return created
}

/**
 * A key for one purpose.
 * @param purpose a constant of the program, never built from input
 * @param salt random, not secret; a new salt gives an unrelated key
 * @returns 32 bytes
 */
export function deriveKey(master: MasterKey, purpose: string, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', master, salt, purpose, 32))
}

function decodeKeyText(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (!/^[A-Za-z0-9_+/-]{43}=?$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length === keyLength ? bytes : undefined
}

// 32 random bytes have about 30 different values; fewer than 16 does not happen by chance, nor do 32 printable characters.
function weaknessOf(bytes: Uint8Array): string | undefined {
  if (new Set(bytes).size < 16) return 'repeats the same few bytes'
  const [first = 0, second = 0] = bytes
  const step = second - first
  if (bytes.every((byte, index) => byte === ((first + step * index) & 0xff))) return 'counts up or down'
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'is readable text'
  return undefined
}

async function readKeyFile(path: string): Promise<MasterKey | undefined> {
  const handle = await open(path, 'r').catch(undefinedIfMissing)
  if (handle === undefined) return undefined
  try {
    const { mode } = await handle.stat()
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(3, '0')
      throw new MasterKeyFault(`${path} is open to other users (mode ${shown}). Run: chmod 600 ${shellWord(path)}`)
    }
    return parseMasterKey(await handle.readFile('utf8'))
  } catch (error) {
    if (!(error instanceof MasterKeyFault) || error.message.includes(path)) throw error
    throw new MasterKeyFault(`${path}: ${error.message}`)
  } finally {
    await handle.close()
  }
}

async function createKeyFile(path: string, random: Random): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = join(folder, `.master-key-${randomId(random)}`)
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(`${encodeBase64url(random.bytes(keyLength))}\n`)
    await handle.sync()
    await link(draft, path).catch(undefinedIfPresent)
  } finally {
    await handle.close()
    await unlink(draft)
  }
  await syncFolder(folder)
}

// What is sealed under this key is on the disk soon after; the key's name must be there first.
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}

function undefinedIfMissing(error: unknown): undefined {
  if (hasCode(error, 'ENOENT')) return undefined
  throw error
}

function undefinedIfPresent(error: unknown): undefined {
  if (hasCode(error, 'EEXIST')) return undefined
  throw error
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
