// What a noun does when the console asks: the declaration says what there is, its desk carries it out.
import type { FieldErrors } from '../html/index.ts'
import type { Instant } from '../time/index.ts'
import type { Entry, FieldChoice, Noun, Values } from './noun.ts'
import type { Actor } from './reach.ts'

/** Who asks, from where, and when. */
export interface Asked {
  readonly actor: Actor
  readonly address: string
  readonly at: Instant
}

export type Outcome =
  | { readonly kind: 'done'; readonly id?: string }
  /** Something is wrong with what was filled in. */
  | { readonly kind: 'invalid'; readonly errors: FieldErrors }
  /** It may not be done, by this actor or at all: a full sentence. */
  | { readonly kind: 'refused'; readonly why: string }
  /** The row changed since it was looked at; nothing was written. */
  | { readonly kind: 'conflict' }

export interface Consequence {
  readonly label: string
  readonly count: number
}

export interface Desk {
  readonly noun: Noun
  /** Adds what the table alone does not have, for all rows of a page at once. */
  complete?(entries: readonly Entry[]): Promise<readonly Entry[]>
  add?(asked: Asked, values: Values): Promise<Outcome>
  change?(asked: Asked, entry: Entry, values: Values): Promise<Outcome>
  remove?(asked: Asked, entry: Entry): Promise<Outcome>
  /** What goes with the row when it is deleted. */
  consequences?(entry: Entry): Promise<readonly Consequence[]>
  /** By the name of the act; for an act on the noun the entry is undefined. */
  readonly acts?: Readonly<Record<string, (asked: Asked, entry: Entry, values: Values) => Promise<Outcome>>>
  readonly nounActs?: Readonly<Record<string, (asked: Asked, values: Values) => Promise<Outcome>>>
  /** Pages elsewhere that belong to a row. */
  links?(entry: Entry): readonly { readonly label: string; readonly href: string }[]
  /** What a field offers where the declaration does not say. */
  choices?(field: string): Promise<readonly FieldChoice[]>
}

/** A change that was recorded. */
export interface PastChange {
  readonly id: number
  readonly at: Instant
  readonly kind: string
  readonly actor: string
  readonly address: string
  readonly changes: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>
  readonly note?: string | undefined
}

export async function completed(desk: Desk, entries: readonly Entry[]): Promise<readonly Entry[]> {
  return desk.complete === undefined || entries.length === 0 ? entries : desk.complete(entries)
}
