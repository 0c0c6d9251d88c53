// Decides how a sign-in that is under way is remembered: in a sealed cookie of its own, so that several tabs can sign in
// at once, and by a state that is sealed too, so that a missing cookie can be explained.
// RFC 6749 §10.12; RFC 9700 §4.7 (state and nonce for each request), §4.4 (which server was asked).

import type { CookieJar } from './cookies.ts'
import { isJsonObject, numberOf, textOf } from './json.ts'
import { randomId, type Sealer } from './platform/crypto/index.ts'
import type { Instant } from './platform/time/index.ts'

/** How long a sign-in may take. */
export const TRANSACTION_SECONDS = 600
const MOST_TABS = 8

/** What a sign-in is for: entering, or connecting a further sign-in with an account. */
export type Purpose = { readonly kind: 'login' } | { readonly kind: 'link'; readonly account: number }

/** A sign-in that is under way. */
export interface Transaction {
  readonly id: string
  readonly providerId: string
  readonly verifier: string
  readonly nonce: string
  readonly returnTo: string
  readonly purpose: Purpose
  readonly startedAt: Instant
}

/** What a state says without its cookie. */
export interface StateFacts {
  readonly id: string
  readonly startedAt: Instant
  readonly scheme: string
}

/** What the cookie of a state holds. */
export type Remembered =
  | { readonly kind: 'pending'; readonly transaction: Transaction }
  | { readonly kind: 'done'; readonly returnTo: string }
  | { readonly kind: 'absent' }

/** Remembers sign-ins that are under way. */
export interface Transactions {
  /** @returns the state for the request, and the cookies to set */
  begin(
    transaction: Omit<Transaction, 'id'>,
    scheme: string,
    sent: ReadonlyMap<string, string>,
  ): Promise<{ readonly state: string; readonly setCookie: readonly string[] }>
  /** What a state says; undefined when it was not made here. */
  readState(state: string): Promise<StateFacts | undefined>
  recall(facts: StateFacts, sent: ReadonlyMap<string, string>): Promise<Remembered>
  /** The cookie that marks a sign-in as done, so that a second use can be explained. */
  finish(transaction: Transaction): Promise<string>
}

/** Makes the memory of sign-ins of one app. */
export function createTransactions(jar: CookieJar, sealer: Sealer): Transactions {
  const prefix = `${jar.name}_t_`
  const nameOf = ({ id, startedAt }: Pick<StateFacts, 'id' | 'startedAt'>): string =>
    `${prefix}${Math.floor(startedAt / 1000).toString(36)}_${id.slice(0, 8)}`
  const statePurpose = `state of ${jar.name}`
  const cookiePurpose = `transaction of ${jar.name}`
  return {
    async begin(begun, scheme, sent) {
      const transaction = { ...begun, id: randomId() }
      const { id, startedAt } = transaction
      const value = await sealer.seal(cookiePurpose, { kind: 'pending', ...transaction })
      // The names begin with the time, so the first are the oldest.
      const others = [...sent.keys()].filter((name) => name.startsWith(prefix)).toSorted()
      const tooMany = others.slice(0, Math.max(0, others.length + 1 - MOST_TABS))
      return {
        state: await sealer.seal(statePurpose, { id, startedAt, scheme }),
        setCookie: [
          jar.set(nameOf(transaction), value, TRANSACTION_SECONDS),
          ...tooMany.map((name) => jar.clear(name)),
        ],
      }
    },
    async readState(state) {
      const opened = await sealer.open(statePurpose, state)
      if (!isJsonObject(opened)) return undefined
      const [id, startedAt, scheme] = [textOf(opened['id']), numberOf(opened['startedAt']), textOf(opened['scheme'])]
      if (id === undefined || startedAt === undefined || scheme === undefined) return undefined
      return { id, startedAt, scheme }
    },
    async recall(facts, sent) {
      const value = sent.get(nameOf(facts))
      const opened = value === undefined ? undefined : await sealer.open(cookiePurpose, value)
      if (!isJsonObject(opened) || opened['id'] !== facts.id) return { kind: 'absent' }
      if (opened['kind'] === 'done') return { kind: 'done', returnTo: textOf(opened['returnTo']) ?? '/' }
      const transaction = readTransaction(opened)
      return transaction === undefined ? { kind: 'absent' } : { kind: 'pending', transaction }
    },
    async finish(transaction) {
      const { id, returnTo } = transaction
      const value = await sealer.seal(cookiePurpose, { kind: 'done', id, returnTo })
      return jar.set(nameOf(transaction), value, TRANSACTION_SECONDS)
    },
  }
}

function readTransaction(opened: Readonly<Record<string, unknown>>): Transaction | undefined {
  const [id, providerId, verifier] = [textOf(opened['id']), textOf(opened['providerId']), textOf(opened['verifier'])]
  const [nonce, returnTo] = [textOf(opened['nonce']), textOf(opened['returnTo'])]
  const startedAt = numberOf(opened['startedAt'])
  const purpose = readPurpose(opened['purpose'])
  if (id === undefined || providerId === undefined || verifier === undefined || purpose === undefined) return undefined
  if (nonce === undefined || returnTo === undefined || startedAt === undefined) return undefined
  return { id, providerId, verifier, nonce, returnTo, purpose, startedAt }
}

function readPurpose(value: unknown): Purpose | undefined {
  if (!isJsonObject(value)) return undefined
  const account = numberOf(value['account'])
  if (value['kind'] === 'link') return account === undefined ? undefined : { kind: 'link', account }
  return value['kind'] === 'login' ? { kind: 'login' } : undefined
}
