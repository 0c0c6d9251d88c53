// Walks the whole chain in bounded memory and says that it is whole, or what the first fault is. Writes nothing.
import type { KeyedDigests } from '../../../platform/crypto/index.ts'
import type { Database } from '../../../platform/storage/index.ts'
import type { Instant } from '../../../platform/time/index.ts'
import { type Fault, faultIn, type Footing, type ReadLink } from './fault.ts'
import { beforeAll } from './link.ts'
import { countWaiting, type Head, headOfChain, readLinks } from './store.ts'

const pageLinks = 500
const sliceEvents = 20_000

export interface VerifyOptions {
  readonly database: Database
  readonly keys: KeyedDigests
  /** A digest that was the head once: it must still be part of the chain. */
  readonly head?: string | undefined
  readonly progress?: (checked: number, of: number) => void
}

export interface Whole {
  readonly kind: 'whole'
  readonly chained: number
  /** Chained after an event with a higher number: they became visible late. */
  readonly late: number
  readonly head: Head | undefined
  readonly waiting: number
  readonly waitingSince: Instant | undefined
}

export interface Broken {
  readonly kind: 'broken'
  readonly fault: Fault
  /** How many fit before it. */
  readonly chained: number
}

export async function verifyChain(options: VerifyOptions): Promise<Whole | Broken> {
  const { database, progress = () => undefined } = options
  const head = await headOfChain(database)
  const last = head?.position ?? 0
  const walk = newWalk(options.head)
  let links: readonly ReadLink[] = []
  do {
    links = (await readLinks(database, walk.footing.position, pageLinks)).filter(({ position }) => position <= last)
    for (const link of links) {
      const fault = await faultAt(options, walk.footing, link)
      if (fault !== undefined) return { kind: 'broken', fault, chained: walk.footing.position }
      walk.step(link)
    }
    progress(walk.footing.position, last)
  } while (links.length > 0)
  if (!walk.isHeadFound()) {
    const fault = { kind: 'truncated', position: last + 1, eventId: undefined } as const
    return { kind: 'broken', fault, chained: last }
  }
  return { kind: 'whole', chained: last, late: walk.late(), head, ...(await waitingIn(database)) }
}

/** A fault is named by what stands after it, which the rest of a page may not hold. */
async function faultAt(
  { database, keys }: VerifyOptions,
  footing: Footing,
  link: ReadLink,
): Promise<Fault | undefined> {
  const fault = faultIn(keys, footing, [link])
  if (fault === undefined) return undefined
  return faultIn(keys, footing, await readLinks(database, footing.position, pageLinks)) ?? fault
}

function newWalk(wanted: string | undefined) {
  const provenKeys = new Set<number>()
  let footing: Footing = { position: 0, digest: beforeAll, provenKeys }
  let isFound = wanted === undefined
  let highest = 0
  let late = 0
  return {
    get footing(): Footing {
      return footing
    },
    step({ position, digest, keyId, eventId }: ReadLink): void {
      provenKeys.add(keyId)
      footing = { position, digest, provenKeys }
      isFound ||= digest === wanted
      if (eventId < highest) late += 1
      highest = Math.max(highest, eventId)
    },
    isHeadFound: (): boolean => isFound,
    late: (): number => late,
  }
}

async function waitingIn(database: Database): Promise<Pick<Whole, 'waiting' | 'waitingSince'>> {
  let waiting = 0
  let since: Instant | undefined
  let after = 0
  for (;;) {
    const slice = await countWaiting(database, after, sliceEvents)
    waiting += slice.waiting
    if (slice.since !== undefined) since = Math.min(since ?? slice.since, slice.since)
    if (slice.seen < sliceEvents) return { waiting, waitingSince: since }
    after = slice.last
  }
}
