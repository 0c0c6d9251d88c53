// Decides by which check value a master key is recognised, and how a backup is bound to it. Both are derived (RFC 5869), so
// neither tells anything of the key.

import { deriveKey, type MasterKey } from './master-key.ts'
import { equalText } from './constant-time.ts'
import { hmacSha256 } from './digest.ts'

const noSalt = new Uint8Array(0)

/** The same for the same key, always: 16 characters that may be shown. */
export function masterKeyFingerprint(master: MasterKey): string {
  return Buffer.from(deriveKey(master, 'master key fingerprint', noSalt))
    .toString('base64url')
    .slice(0, 16)
}

/** A tag that only the holder of the master key can make of a backup's digest. */
export function backupTag(master: MasterKey, digest: string): string {
  return Buffer.from(hmacSha256(deriveKey(master, 'backup tag', noSalt), digest)).toString('base64url')
}

export function isBackupTag(master: MasterKey, digest: string, tag: string): boolean {
  return equalText(backupTag(master, digest), tag)
}
