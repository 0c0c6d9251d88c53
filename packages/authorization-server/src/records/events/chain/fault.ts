// Decides whether a link fits behind the one before it, and if not, what was done to the log.
import type { KeyedDigests } from '../../../platform/crypto/index.ts'
import { digestAfter, type Link, type StoredEvent } from './link.ts'

export interface ReadLink extends Link {
  /** Undefined when the event is gone. */
  readonly event: StoredEvent | undefined
}

export type FaultKind = 'changed' | 'removed' | 'inserted' | 'reordered' | 'truncated' | 'wrong-key'

export interface Fault {
  readonly kind: FaultKind
  /** Where the log stops to fit. */
  readonly position: number
  readonly eventId: number | undefined
}

/** Where the log is known to be whole up to. */
export interface Footing {
  readonly position: number
  readonly digest: string
  /** Keys under which something fitted. */
  readonly provenKeys: ReadonlySet<number>
}

/** @returns what is wrong with the first of the links, read with what follows them; undefined when it fits */
export function faultIn(keys: KeyedDigests, footing: Footing, links: readonly ReadLink[]): Fault | undefined {
  const [first] = links
  if (first === undefined) return undefined
  const { position, eventId, event } = first
  if (position !== footing.position + 1) {
    return { kind: 'removed', position: footing.position + 1, eventId: undefined }
  }
  if (event === undefined) return { kind: 'removed', position, eventId }
  if (fits(keys, footing.digest, first)) return undefined
  return { kind: kindOf(keys, footing, links, first), position, eventId }
}

export function fits(keys: KeyedDigests, previous: string, { event, keyId, digest }: ReadLink): boolean {
  return event !== undefined && digestAfter(keys, previous, keyId, event) === digest
}

function kindOf(keys: KeyedDigests, footing: Footing, links: readonly ReadLink[], first: ReadLink): FaultKind {
  const rest = links.slice(1)
  // What belongs here stands further on.
  if (rest.some((link) => fits(keys, footing.digest, link))) {
    return rest.some((link) => fits(keys, link.digest, first)) ? 'reordered' : 'inserted'
  }
  return isWrongKey(keys, footing, links, first) ? 'wrong-key' : 'changed'
}

/** The ring does not have it, or nothing fits under it: not this link, nor any of those after it behind the one before. */
function isWrongKey(
  keys: KeyedDigests,
  { provenKeys }: Footing,
  links: readonly ReadLink[],
  { keyId, event }: ReadLink,
): boolean {
  if (event !== undefined && digestAfter(keys, '', keyId, event) === undefined) return true
  // Another digest here spoils two links; it takes a third to blame the key.
  if (links.length < 3 || provenKeys.has(keyId)) return false
  return links.slice(1).every((link, at) => !fits(keys, links[at]?.digest ?? '', link))
}
