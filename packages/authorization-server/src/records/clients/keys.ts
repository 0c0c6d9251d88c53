// A client's public keys, by value or from its jwks_uri, and what is signed with them. RFC 7591 §2, OpenID Connect Core §10.1.1.
// A set is kept for five minutes; a key that is not in it makes us look again, at most once in thirty seconds; when the client's
// place does not answer, what was known within the hour still counts.
import {
  algorithmNamed,
  checkJws,
  type ForeignKey,
  foreignKeys,
  openForeignJws,
  type SigningAlgorithm,
  type VerifiedJws,
} from '../../platform/crypto/index.ts'
import type { Outgoing } from '../../platform/outgoing/index.ts'
import type { Clock, Instant } from '../../platform/time/index.ts'
import type { Client } from './client.ts'

export interface ProvenJws extends VerifiedJws {
  readonly kind: 'proven'
}

export interface UnprovenJws {
  readonly kind: 'refused'
  /** For our record. */
  readonly rule:
    | 'jws-malformed'
    | 'algorithm-refused'
    | 'keys-missing'
    | 'keys-unreachable'
    | 'key-unknown'
    | 'signature-wrong'
}

export interface ClientKeys {
  /**
   * Checks what a client signed with one of its registered keys. Says nothing about claims or times.
   * @param algorithms which are taken; the header is never believed beyond them
   */
  verify(
    client: Pick<Client, 'metadata'>,
    jws: string,
    algorithms: readonly SigningAlgorithm[],
  ): Promise<ProvenJws | UnprovenJws>
}

export interface ClientKeysDeps {
  readonly outgoing: Pick<Outgoing, 'get'>
  readonly clock: Clock
}

const usualAgeMs = 300_000
const soonestLookMs = 30_000
const longestUnseenMs = 3_600_000
const mostSets = 1_000
/** A header without a key id leaves the choice to us; nobody has many signing keys at once. */
const mostTries = 4
const taken = ['application/json', 'application/jwk-set+json']

export function createClientKeys({ outgoing, clock }: ClientKeysDeps): ClientKeys {
  const parsed = new WeakMap<object, readonly ForeignKey[]>()
  const byValue = createMemory<readonly ForeignKey[]>(mostSets)
  const lastSeen = createMemory<{ readonly keys: readonly ForeignKey[]; readonly at: Instant }>(mostSets)

  async function fetchKeys(url: string, maxAgeMs: number): Promise<readonly ForeignKey[] | undefined> {
    const document = await outgoing.get(url, { accept: taken, maxAgeMs })
    if (document.kind === 'document') {
      const keys = parsed.get(document) ?? foreignKeys(readJson(document.body))
      if (keys !== undefined) {
        parsed.set(document, keys)
        lastSeen.set(url, { keys, at: clock.now() })
        return keys
      }
    }
    const known = lastSeen.get(url)
    return known !== undefined && clock.now() - known.at < longestUnseenMs ? known.keys : undefined
  }

  function valueKeys(text: string): readonly ForeignKey[] {
    const known = byValue.get(text)
    if (known !== undefined) return known
    const keys = foreignKeys(JSON.parse(text)) ?? []
    byValue.set(text, keys)
    return keys
  }

  return {
    async verify({ metadata }, jws, algorithms) {
      const opened = openForeignJws(jws)
      if (opened === undefined) return refused('jws-malformed')
      const alg = algorithms.find((one) => one === algorithmNamed(opened.header['alg']))
      if (alg === undefined) return refused('algorithm-refused')
      const { kid } = opened.header
      const { jwks, jwksUri } = metadata
      if (jwks !== undefined) return check(jws, alg, candidates(valueKeys(jwks), alg, kid))
      if (jwksUri === undefined) return refused('keys-missing')
      const known = await fetchKeys(jwksUri, usualAgeMs)
      if (known === undefined) return refused('keys-unreachable')
      const chosen = candidates(known, alg, kid)
      const first = check(jws, alg, chosen)
      if (first.kind === 'proven' || (chosen.length > 0 && kid !== undefined)) return first
      return check(jws, alg, candidates((await fetchKeys(jwksUri, soonestLookMs)) ?? known, alg, kid))
    },
  }
}

function candidates(keys: readonly ForeignKey[], alg: SigningAlgorithm, kid: unknown): readonly ForeignKey[] {
  const fitting = keys.filter((key) => key.algorithms.includes(alg))
  return (kid === undefined ? fitting : fitting.filter((key) => key.kid === kid)).slice(0, mostTries)
}

function check(jws: string, alg: SigningAlgorithm, keys: readonly ForeignKey[]): ProvenJws | UnprovenJws {
  for (const { publicKey } of keys) {
    const verified = checkJws(jws, { alg, publicKey })
    if (verified !== undefined) return { kind: 'proven', ...verified }
  }
  return refused(keys.length === 0 ? 'key-unknown' : 'signature-wrong')
}

function refused(rule: UnprovenJws['rule']): UnprovenJws {
  return { kind: 'refused', rule }
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString())
  } catch {
    // What is no JSON is no JWK set either.
    return undefined
  }
}

interface Memory<T> {
  get(key: string): T | undefined
  set(key: string, value: T): void
}

/** Bounded; what was stored longest ago goes first. */
function createMemory<T>(most: number): Memory<T> {
  const entries = new Map<string, T>()
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size > most) entries.delete(entries.keys().next().value ?? '')
    },
  }
}
