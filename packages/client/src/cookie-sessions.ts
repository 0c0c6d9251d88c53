// Sessions that are sealed in cookies. Decides how parallel requests renew one without losing it: within a process the
// first asks and all share its answer, also those that come a little later with the old cookie; between processes the
// server gives the same successor to a retry (its grace). A refusal never clears the cookie: it may be an old one, whose
// successor the browser has already. RFC 9700 §4.14.2 (rotation).

import { LoginFailure } from './causes.ts'
import { clearChunks, type CookieJar, LONGEST_VALUE, readChunks, setInChunks } from './cookies.ts'
import type { Exchange, Keeper, Kept, Renewal, SentCookies } from './keeper.ts'
import { digest, type Sealer } from './platform/crypto/index.ts'
import type { Clock, Instant } from './platform/time/index.ts'
import { Flights, Recent } from './recent.ts'
import { readSession, type SessionContent } from './session.ts'
import type { SessionMatch } from './session-store.ts'

/** Old cookies arrive for so long after a renewal. */
const SUCCESSOR_MS = 60_000
/** A server that has just not answered is left alone for so long. */
const BACKOFF_MS = 5_000
/** Logouts are remembered for so long at most. */
const LOGOUT_MS = 31 * 86_400_000
const MOST = 10_000

type Outcome =
  | { readonly kind: 'renewed'; readonly content: SessionContent; readonly sealed: string }
  | Exclude<Renewal, { kind: 'renewed' }>

/** Keeps sessions in cookies. What has ended is remembered by this process alone. */
export function createCookieKeeper(jar: CookieJar, sealer: Sealer, clock: Clock): Keeper {
  return new CookieKeeper(jar, sealer, clock)
}

class CookieKeeper implements Keeper {
  readonly renewsByCookie = true
  readonly #jar: CookieJar
  readonly #sealer: Sealer
  readonly #clock: Clock
  readonly #purpose: string
  readonly #flights = new Flights<Outcome>()
  readonly #outcomes: Recent<Outcome>
  readonly #ended: Recent<true>
  /** Until when sessions that match were begun. */
  readonly #logouts: Recent<Instant>
  readonly #names: Recent<true>

  constructor(jar: CookieJar, sealer: Sealer, clock: Clock) {
    this.#jar = jar
    this.#sealer = sealer
    this.#clock = clock
    this.#purpose = `session of ${jar.name}`
    this.#outcomes = new Recent(clock, MOST)
    this.#ended = new Recent(clock, MOST)
    this.#logouts = new Recent(clock, MOST)
    this.#names = new Recent(clock, MOST)
  }

  async create(content: SessionContent, sent: SentCookies): Promise<readonly string[]> {
    return this.#lines(await this.#seal(content), content, sent)
  }

  async read(sent: SentCookies): Promise<Kept | undefined> {
    const value = readChunks(this.#jar, sent)
    const content = value === undefined ? undefined : readSession(await this.#sealer.open(this.#purpose, value))
    if (content === undefined || content.expiresAt <= this.#clock.now()) return undefined
    return this.#isEnded(content) ? undefined : { content, version: 0 }
  }

  async renew({ content }: Kept, sent: SentCookies, exchange: () => Promise<Exchange>): Promise<Renewal> {
    const key = await digest(content.tokens.refresh ?? '')
    const outcome =
      this.#outcomes.get(key) ??
      (await this.#flights.join(key, async () => {
        const made = await this.#outcomeOf(content, await exchange())
        const keepsMs = made.kind === 'unknown' ? BACKOFF_MS : SUCCESSOR_MS
        this.#outcomes.put(key, made, this.#clock.now() + keepsMs)
        return made
      }))
    if (outcome.kind !== 'renewed') return outcome
    const setCookie = this.#lines(outcome.sealed, outcome.content, sent)
    return { kind: 'renewed', content: outcome.content, setCookie }
  }

  async end({ content }: Kept): Promise<void> {
    this.#ended.put(content.id, true, content.expiresAt)
  }

  async endMatching({ provider, subject, sid, createdBefore }: SessionMatch): Promise<number> {
    this.#logouts.put(logoutKey(provider, subject, sid), createdBefore, this.#clock.now() + LOGOUT_MS)
    return 0
  }

  forget(sent: SentCookies): readonly string[] {
    return clearChunks(this.#jar, sent)
  }

  async once(name: string, expiresAt: Instant): Promise<boolean> {
    if (this.#names.get(name) === true) return false
    this.#names.put(name, true, expiresAt)
    return true
  }

  async #outcomeOf(content: SessionContent, made: Exchange): Promise<Outcome> {
    if (made.kind === 'unknown') return { kind: 'unknown' }
    if (made.kind === 'ended') return made
    const renewed = { ...content, tokens: made.tokens }
    try {
      // Sealed once: requests in parallel set the very same text, so its pieces cannot get mixed.
      return { kind: 'renewed', content: renewed, sealed: await this.#seal(renewed) }
    } catch (failure) {
      if (failure instanceof LoginFailure) return { kind: 'ended', failure }
      throw failure
    }
  }

  /** The ID token is only a hint at logout, so it goes first where there is no room. */
  async #seal(content: SessionContent): Promise<string> {
    const whole = await this.#sealer.seal(this.#purpose, content)
    if (whole.length <= LONGEST_VALUE) return whole
    const lean = { ...content, tokens: { ...content.tokens, idToken: undefined } }
    const shorter = await this.#sealer.seal(this.#purpose, lean)
    if (shorter.length <= LONGEST_VALUE) return shorter
    throw new LoginFailure('session-too-large', { detail: `${shorter.length} characters` })
  }

  #isEnded({ id, provider, profile, sid, signedInAt }: SessionContent): boolean {
    if (this.#ended.get(id) === true) return true
    const { subject } = profile
    const matching = [
      logoutKey(provider, subject, undefined),
      ...(sid === undefined ? [] : [logoutKey(provider, subject, sid), logoutKey(provider, undefined, sid)]),
    ]
    return matching.some((key) => signedInAt <= (this.#logouts.get(key) ?? Number.NEGATIVE_INFINITY))
  }

  #lines(sealed: string, { expiresAt }: SessionContent, sent: SentCookies): readonly string[] {
    return setInChunks(this.#jar, sealed, Math.max(1, Math.ceil((expiresAt - this.#clock.now()) / 1000)), sent)
  }
}

function logoutKey(provider: string, subject: string | undefined, sid: string | undefined): string {
  return JSON.stringify([provider, subject ?? null, sid ?? null])
}
