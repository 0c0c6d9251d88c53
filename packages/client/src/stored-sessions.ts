// Sessions in a store: the cookie holds an id, the row is found by its digest and holds the content sealed. Decides how
// one of many processes gets the right to exchange a refresh token: by a lease that one conditional statement takes. It
// ends before the server's grace for retries does, so that another can finish what a process that died began.

import { clearChunks, type CookieJar, readChunks, setInChunks } from './cookies.ts'
import type { Exchange, Keeper, Kept, Renewal, SentCookies } from './keeper.ts'
import { digest, type Sealer } from './platform/crypto/index.ts'
import type { Clock, Instant } from './platform/time/index.ts'
import { Flights, Recent } from './recent.ts'
import { readSession, type SessionContent } from './session.ts'
import type { SessionMatch, SessionStore, StoredSession } from './session-store.ts'

const BACKOFF_MS = 5_000
const POLL_MS = 50
const TOUCH_MS = 60_000
const MOST = 10_000

/** What a keeper over a store works with. */
export interface StoredSettings {
  readonly idleMs: number
  /** How long an exchange takes at most, with its retry. */
  readonly leaseMs: number
}

type Settled = Exclude<Renewal, { kind: 'renewed' }> | { readonly kind: 'renewed'; readonly content: SessionContent }

/** What a keeper over a store needs. */
interface Surroundings {
  readonly store: SessionStore
  readonly jar: CookieJar
  readonly sealer: Sealer
  readonly clock: Clock
}

/** Keeps sessions in a store. */
export function createStoreKeeper(surroundings: Surroundings, settings: StoredSettings): Keeper {
  return new StoreKeeper(surroundings, settings)
}

class StoreKeeper implements Keeper {
  readonly renewsByCookie = false
  readonly #store: SessionStore
  readonly #jar: CookieJar
  readonly #sealer: Sealer
  readonly #clock: Clock
  readonly #settings: StoredSettings
  readonly #purpose: string
  readonly #flights = new Flights<Settled>()
  readonly #backoff: Recent<true>
  #purgedAt: Instant

  constructor({ store, jar, sealer, clock }: Surroundings, settings: StoredSettings) {
    this.#store = store
    this.#jar = jar
    this.#sealer = sealer
    this.#clock = clock
    this.#settings = settings
    this.#purpose = `stored session of ${jar.name}`
    this.#backoff = new Recent(clock, MOST)
    this.#purgedAt = clock.now()
  }

  async create(content: SessionContent, sent: SentCookies): Promise<readonly string[]> {
    const now = this.#clock.now()
    const id = await digest(content.id)
    const { provider, profile, sid, account, expiresAt } = content
    const sealed = await this.#seal(id, content)
    const times = { leaseUntil: 0, createdAt: now, seenAt: now, expiresAt }
    await this.#store.create({ id, provider, subject: profile.subject, sid, account, sealed, version: 1, ...times })
    if (now - this.#purgedAt > TOUCH_MS) {
      this.#purgedAt = now
      await this.#store.purge(now)
    }
    return setInChunks(this.#jar, content.id, Math.ceil((expiresAt - now) / 1000), sent)
  }

  async read(sent: SentCookies): Promise<Kept | undefined> {
    const value = readChunks(this.#jar, sent)
    const found = value === undefined ? undefined : await this.#find(await digest(value))
    if (found === undefined) return undefined
    const now = this.#clock.now()
    if (now - found.row.seenAt >= TOUCH_MS) await this.#store.touch(found.row.id, now)
    return found.kept
  }

  async renew(kept: Kept, _sent: SentCookies, exchange: () => Promise<Exchange>): Promise<Renewal> {
    const id = await digest(kept.content.id)
    const settled = await this.#flights.join(`${id} ${kept.version}`, () => this.#settle(id, kept, exchange))
    return settled.kind === 'renewed' ? { ...settled, setCookie: [] } : settled
  }

  async end({ content }: Kept): Promise<void> {
    await this.#store.end(await digest(content.id))
  }

  endMatching(match: SessionMatch): Promise<number> {
    return this.#store.endMatching(match)
  }

  forget(sent: SentCookies): readonly string[] {
    return clearChunks(this.#jar, sent)
  }

  once(name: string, expiresAt: Instant): Promise<boolean> {
    return this.#store.once(name, this.#clock.now(), expiresAt)
  }

  #seal(id: string, content: SessionContent): Promise<string> {
    // The row is part of it: a content that is copied into another row opens nothing.
    return this.#sealer.seal(this.#purpose, content, id)
  }

  async #find(id: string): Promise<{ readonly row: StoredSession; readonly kept: Kept } | undefined> {
    const row = await this.#store.find(id)
    const now = this.#clock.now()
    if (row === undefined || row.expiresAt <= now || row.seenAt + this.#settings.idleMs <= now) return undefined
    const content = readSession(await this.#sealer.open(this.#purpose, row.sealed, id))
    return content === undefined ? undefined : { row, kept: { content, version: row.version } }
  }

  async #settle(id: string, first: Kept, exchange: () => Promise<Exchange>): Promise<Settled> {
    if (this.#backoff.get(id) === true) return { kind: 'unknown' }
    const { leaseMs } = this.#settings
    const attempts = Math.ceil((leaseMs * 2) / POLL_MS)
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const now = this.#clock.now()
      if (await this.#store.lease(id, first.version, now, now + leaseMs)) {
        const settled = await this.#write(id, first, await exchange())
        if (settled !== 'again') return settled
      }
      const found = await this.#find(id)
      if (found === undefined) return { kind: 'ended', failure: undefined }
      if (found.kept.version !== first.version) return { kind: 'renewed', content: found.kept.content }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    return { kind: 'unknown' }
  }

  async #write(id: string, { content, version }: Kept, made: Exchange): Promise<Settled | 'again'> {
    if (made.kind === 'tokens') {
      const renewed = { ...content, tokens: made.tokens }
      const isWritten = await this.#store.replace(id, version, await this.#seal(id, renewed))
      return isWritten ? { kind: 'renewed', content: renewed } : 'again'
    }
    if (made.kind === 'ended') {
      // Only this version: if another process has renewed it meanwhile, the refusal was about the old token.
      return (await this.#store.end(id, version)) ? made : 'again'
    }
    await this.#store.release(id, version)
    this.#backoff.put(id, true, this.#clock.now() + BACKOFF_MS)
    return { kind: 'unknown' }
  }
}
