// How an event is bound to all before it: a keyed digest (HMAC-SHA-256, RFC 2104) over its content and the digest before it. Whoever
// has the database and not the master key can change rows, and cannot make digests that fit (docs/decisions/0014).
import type { KeyedDigests } from '../../../platform/crypto/index.ts'
import type { Instant } from '../../../platform/time/index.ts'

/** An event as its row holds it, column by column. */
export interface StoredEvent {
  readonly id: number
  readonly kind: string
  readonly at: Instant
  readonly actorId: number | undefined
  readonly userId: number | undefined
  readonly clientRow: number | undefined
  readonly address: string
  /** The text of the JSON, as it was written. */
  readonly detail: string
  readonly noun: string | undefined
  readonly target: string | undefined
}

export interface Link {
  /** From 1, without gaps: the order in which events were chained, which is not always that of their ids. */
  readonly position: number
  readonly eventId: number
  /** 43 characters of base64url. */
  readonly digest: string
  /** The generation of the key ring. */
  readonly keyId: number
}

/** For what the ring's keys are used here: part of the key. */
export const chainPurpose = 'event chain'

/** What the first link is bound to. */
export const beforeAll = ''

const layout = 1

/** The same on both engines: numbers, texts and null, in one order, with nothing that could run together. */
function contentOf(previous: string, keyId: number, event: StoredEvent): string {
  const { id, kind, at, actorId = null, userId = null, clientRow = null } = event
  const { address, detail, noun = null, target = null } = event
  const columns = [id, kind, at, actorId, userId, clientRow, address, detail, noun, target]
  return JSON.stringify([layout, keyId, previous, ...columns])
}

/** @returns undefined when the ring has no such key */
export function digestAfter(
  keys: KeyedDigests,
  previous: string,
  keyId: number,
  event: StoredEvent,
): string | undefined {
  const digest = keys.digest(keyId, contentOf(previous, keyId, event))
  return digest === undefined ? undefined : Buffer.from(digest).toString('base64url')
}

/** The links that follow the head, one for each event, under the key of now. */
export function linksAfter(
  keys: KeyedDigests,
  head: Pick<Link, 'position' | 'digest'> | undefined,
  events: readonly StoredEvent[],
): readonly Link[] {
  const keyId = keys.current()
  const links: Link[] = []
  let { position, digest } = head ?? { position: 0, digest: beforeAll }
  for (const event of events) {
    const next = digestAfter(keys, digest, keyId, event)
    if (next === undefined) throw new Error('The ring does not hold its own current key.')
    position += 1
    digest = next
    links.push({ position, eventId: event.id, digest, keyId })
  }
  return links
}
