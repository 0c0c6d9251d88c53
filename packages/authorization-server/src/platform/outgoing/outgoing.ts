// The one way out: every document that somebody else named is fetched here, and every message to an address that somebody else
// named is sent here. Name → addresses → all of them checked → connected to exactly these. OWASP ASVS 5.0 V1.3.6, V13.2.4.
import type { Clock } from '../time/index.ts'
import { addressKind, isWithin, type Network, parseAddress, parseNetwork } from './address.ts'
import { createDocumentCache } from './cache.ts'
import type { Exchange } from './exchange.ts'
import type { FetchedDocument, OutgoingFault, OutgoingRefused, Posted } from './outcome.ts'
import { isLocalhost, parseTarget, type Reach, type Target } from './target.ts'

export interface GetOptions {
  /** The media types that are taken, in lower case, as `application/json`; `image/*` takes a family. */
  readonly accept: readonly string[]
  /** How old an answer from memory may be; 0 always fetches. A failure is remembered for ten seconds at most. */
  readonly maxAgeMs?: number
  readonly maxBytes?: number
}

export interface PostOptions {
  /** The media type of the body. */
  readonly type: string
  readonly body: string
}

export interface Outgoing {
  /** Fetches a document; every failure is a value. */
  get(url: string, options: GetOptions): Promise<FetchedDocument | OutgoingRefused>
  /** Delivers a message; what comes back beside the status is not read. */
  post(url: string, options: PostOptions): Promise<Posted | OutgoingRefused>
  /** Whether a URL may be registered: decided by its text alone, nothing is looked up. */
  admits(url: string): boolean
}

/** What tests and development hold still or open up. */
export interface OutgoingWorld {
  /** From a name to its addresses; the system's name servers when absent. */
  readonly resolve?: (name: string) => Promise<readonly string[]>
  /** Lets loopback be reached, in plain http as well: for tests and development only. */
  readonly allowLoopback?: boolean
  /** Certificates in PEM that are trusted besides the usual ones. */
  readonly certificates?: readonly string[]
}

export interface OutgoingOptions {
  readonly clock: Clock
  readonly world?: OutgoingWorld
  /** Inside networks that the operator opened, as `10.1.0.0/16`. */
  readonly allowedNetworks?: readonly string[]
  readonly deadlineMs?: number
}

const usualDeadlineMs = 5_000
const usualMaxBytes = 262_144
const failureMemoryMs = 10_000
/** Fetches and deliveries have a bound each, so that neither starves the other. */
const mostAtOnce = 16

export function createOutgoing(options: OutgoingOptions): Outgoing {
  const { clock, world = {}, deadlineMs = usualDeadlineMs } = options
  const networks = (options.allowedNetworks ?? []).map(networkOf)
  const reach: Reach = world.allowLoopback === true ? 'loopback' : networks.length > 0 ? 'inside' : 'internet'
  const cache = createDocumentCache(clock)
  const fetches = createBound(mostAtOnce)
  const deliveries = createBound(mostAtOnce)

  async function exchange(target: Target, message: Omit<Exchange, 'target' | 'addresses' | 'certificates' | 'signal'>) {
    // Loaded when first needed: node:https costs a start 40 ms.
    const { exchangeOver } = await import('./exchange.ts')
    const signal = AbortSignal.timeout(deadlineMs)
    const found = await checkedAddresses(target, { ...world, reach, networks, signal })
    if (found.kind === 'refused') return found
    return exchangeOver({ ...message, target, addresses: found.addresses, certificates: world.certificates, signal })
  }

  async function fetchDocument(target: Target, get: GetOptions): Promise<FetchedDocument | OutgoingRefused> {
    const maxBytes = get.maxBytes ?? usualMaxBytes
    const answer = await exchange(target, { method: 'GET', headers: { accept: get.accept.join(', ') }, maxBytes })
    if (answer.kind === 'refused') return answer
    const { status, mediaType, body } = answer
    if (status >= 300 && status < 400) return { kind: 'refused', fault: 'redirect', status }
    if (status !== 200) return { kind: 'refused', fault: 'status', status }
    if (!isTaken(mediaType, get.accept)) return refusal('type')
    return body === undefined ? refusal('too-large') : { kind: 'document', mediaType, body }
  }

  return {
    admits(url) {
      const target = parseTarget(url, reach)
      return target !== undefined && (!target.isAddress || mayReach(target.host, { reach, networks }))
    },
    async get(url, get) {
      const target = parseTarget(url, reach)
      if (target === undefined) return refusal('url')
      const key = `${get.accept.join(' ')} ${get.maxBytes ?? usualMaxBytes} ${target.url}`
      const fetch = (): Promise<FetchedDocument | OutgoingRefused> => fetches(() => fetchDocument(target, get))
      return cache.get(key, { documentMs: get.maxAgeMs ?? 0, failureMs: failureMemoryMs }, fetch)
    },
    async post(url, { type, body }) {
      const target = parseTarget(url, reach)
      if (target === undefined) return refusal('url')
      const headers = { 'content-type': type, accept: '*/*' }
      const answer = await deliveries(() => exchange(target, { method: 'POST', headers, sent: body, maxBytes: 0 }))
      if (answer.kind === 'refused') return answer
      const { status } = answer
      return status >= 300 && status < 400
        ? { kind: 'refused', fault: 'redirect', status }
        : { kind: 'answered', status }
    },
  }
}

interface Resolving extends OutgoingWorld {
  readonly reach: Reach
  readonly networks: readonly Network[]
  readonly signal: AbortSignal
}

interface Found {
  readonly kind: 'found'
  readonly addresses: readonly string[]
}

/** Where the target leads: every address that its name has must be one that may be reached. */
async function checkedAddresses(target: Target, world: Resolving): Promise<Found | OutgoingRefused> {
  const found = await addressesOf(target, world)
  if (found.kind === 'refused') return found
  if (found.addresses.length === 0) return refusal('unresolved')
  return found.addresses.every((address) => mayReach(address, world)) ? found : refusal('address')
}

function mayReach(address: string, { reach, networks }: Pick<Resolving, 'reach' | 'networks'>): boolean {
  const octets = parseAddress(address)
  if (octets === undefined) return false
  const kind = addressKind(address)
  if (kind === 'public' || (kind === 'loopback' && reach === 'loopback')) return true
  return networks.some((network) => isWithin(octets, network))
}

async function addressesOf({ host, isAddress }: Target, world: Resolving): Promise<Found | OutgoingRefused> {
  if (isAddress) return { kind: 'found', addresses: [host] }
  // RFC 6761 §6.3: never asked of a name server; only with loopback allowed does such a name come this far.
  if (isLocalhost(host)) return { kind: 'found', addresses: ['127.0.0.1', '::1'] }
  if (world.signal.aborted) return refusal('timeout')
  try {
    const resolve = world.resolve ?? (await import('./names.ts')).resolveName
    return { kind: 'found', addresses: await withDeadline(resolve(host), world.signal) }
  } catch (error) {
    return refusal(error instanceof DeadlinePassed ? 'timeout' : 'unresolved')
  }
}

class DeadlinePassed extends Error {}

async function withDeadline<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new DeadlinePassed())
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function refusal(fault: OutgoingFault): OutgoingRefused {
  return { kind: 'refused', fault }
}

function isTaken(mediaType: string, accept: readonly string[]): boolean {
  return accept.some((taken) => (taken.endsWith('/*') ? mediaType.startsWith(taken.slice(0, -1)) : taken === mediaType))
}

function networkOf(text: string): Network {
  const network = parseNetwork(text)
  if (network === undefined) throw new Error(`${text} is no range of addresses.`)
  return network
}

/** Refuses at once what would be too many: whoever names slow addresses must not fill the memory with those who wait. */
function createBound(most: number): <T>(work: () => Promise<T>) => Promise<T | OutgoingRefused> {
  let underWay = 0
  return async (work) => {
    if (underWay >= most) return refusal('busy')
    underWay += 1
    try {
      return await work()
    } finally {
      underWay -= 1
    }
  }
}
