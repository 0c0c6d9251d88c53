// Remembers which Authorization headers proved a client, so that a client that asks a thousand times a second is read and hashed
// once. A header is kept as a digest under a key that dies with the process, and counts only for the very registration that it
// proved: the directory reads that anew each second, and at once after a change on this node.
import { digestText, type Random } from '../../platform/crypto/index.ts'
import type { KnownClient } from './directory.ts'

export interface ProvenHeaders {
  /** The registration that this header proved. Whether it still is the client's registration is the caller's to ask. */
  find(header: string): KnownClient | undefined
  remember(header: string, known: KnownClient): void
}

const mostKept = 10_000

export function createProvenHeaders(random: Random): ProvenHeaders {
  const key = Buffer.from(random.bytes(32)).toString('base64url')
  const proven = new Map<string, KnownClient>()
  const digestOf = (header: string): string => digestText(key + header)
  return {
    find: (header) => (proven.size === 0 ? undefined : proven.get(digestOf(header))),
    remember(header, known) {
      if (proven.size >= mostKept) proven.clear()
      proven.set(digestOf(header), known)
    },
  }
}
