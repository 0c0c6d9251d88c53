// What a noun does when the console asks: the declaration says what there is, its desk carries it out.
import type { FieldErrors } from '../html/index.ts'
import type { Instant } from '../time/index.ts'
import type { Care, CareLimits, Figure } from './figure.ts'
import type { Answer } from './finding.ts'
import type { Entry, Field, FieldChoice, Noun, Values } from './noun.ts'
import type { Actor } from './reach.ts'
import type { Owner } from './store.ts'
import type { Timeline } from './timeline-page.ts'

/** Who asks, from where, and when. */
export interface Asked {
  readonly actor: Actor
  readonly address: string
  readonly at: Instant
  /** Why, in their own words. */
  readonly reason?: string | undefined
}

export interface OverviewAsked {
  readonly owner: Owner
  readonly at: Instant
  readonly limits: CareLimits
}

/** Something that exists in this answer only: shown to whoever asked, never stored as it is, logged, or told in an event. */
export interface ShownOnce {
  readonly label: string
  readonly value: string
  readonly hint?: string
}

export type Outcome =
  | {
      readonly kind: 'done'
      readonly id?: string
      readonly shown?: readonly ShownOnce[]
      /** Where a form leads, if not to the row. */
      readonly next?: string
    }
  /** Something is wrong with what was filled in. */
  | { readonly kind: 'invalid'; readonly errors: FieldErrors }
  /** It may not be done, by this actor or at all: a full sentence. */
  | { readonly kind: 'refused'; readonly why: string }
  /** The row changed since it was looked at, or this is not its time, which takes a full sentence; nothing was written. */
  | { readonly kind: 'conflict'; readonly why?: string }

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
  /** By the name of the question. Nothing is written for an answer. */
  readonly questions?: Readonly<Record<string, (asked: Asked, entry: Entry, values: Values) => Promise<Answer>>>
  /**
   * The fields of a form, or of a call, as this actor may fill them in now: without those that they may not set, and with what is
   * on offer. What is left out cannot be sent either.
   */
  fields?(asked: Asked, fields: readonly Field[], entry: Entry | undefined): Promise<readonly Field[]>
  /** What it tells of itself on the first page; only of the owner's rows where there is one. */
  figures?(asked: OverviewAsked): Promise<readonly Figure[]>
  cares?(asked: OverviewAsked): Promise<readonly Care[]>
  /** Pages elsewhere that belong to a row, and that this actor may open. */
  links?(entry: Entry, asked: Asked): readonly { readonly label: string; readonly href: string }[]
  /** A picture above the list. */
  timeline?(now: Instant): Promise<Timeline>
  /** What is true of the list as a whole. */
  state?(): Promise<readonly ListState[]>
  /** What a field offers where the declaration does not say. */
  choices?(field: string, entry?: Entry): Promise<readonly FieldChoice[] | undefined>
}

export interface ListState {
  /** In JSON. */
  readonly name: string
  readonly label: string
  readonly value: string | number | null
}

/** A change that was recorded. */
export interface PastChange {
  readonly id: number
  readonly at: Instant
  readonly kind: string
  /** The kind in words. */
  readonly what: string
  readonly actor: string
  readonly address: string
  readonly changes: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>
  readonly note?: string | undefined
  /** Why, in the words of whoever did it. */
  readonly reason?: string | undefined
}

export async function completed(desk: Desk, entries: readonly Entry[]): Promise<readonly Entry[]> {
  return desk.complete === undefined || entries.length === 0 ? entries : desk.complete(entries)
}
