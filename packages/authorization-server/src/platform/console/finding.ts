// What a question about a row comes to, as plain data: the API gives it as it is, and a page shows the same.
import type { FieldErrors, Tone } from '../html/index.ts'
import type { Instant } from '../time/index.ts'

/** As one cell holds it; a list is shown as codes. */
export type Told = string | number | boolean | null | readonly string[] | { readonly at: Instant }

export interface Verdict {
  readonly tone: Tone
  /** A full sentence. */
  readonly says: string
  readonly why?: string
}

export interface Fact {
  readonly label: string
  readonly value: Told
  readonly why?: string
}

export interface FindingRow {
  /** One for each column; the first names the row. */
  readonly cells: readonly Told[]
  /** How it stands with the row, in a word or two. */
  readonly state?: string
  readonly tone?: Tone
  readonly why?: string
  /** What can be done about it, or where there is more: a path of ours. */
  readonly link?: { readonly label: string; readonly href: string }
}

export interface FindingTable {
  readonly title: string
  readonly about?: string
  readonly columns: readonly string[]
  readonly rows: readonly FindingRow[]
  /** What stands there instead of no rows. */
  readonly empty?: string
}

export interface Finding {
  readonly verdict: Verdict
  readonly facts?: readonly Fact[]
  readonly tables?: readonly FindingTable[]
  /** What would travel as JSON, as it would travel. */
  readonly documents?: readonly { readonly title: string; readonly json: unknown }[]
}

export type Answer =
  | { readonly kind: 'found'; readonly finding: Finding }
  | { readonly kind: 'invalid'; readonly errors: FieldErrors }
  /** The caller may not know: a full sentence. */
  | { readonly kind: 'refused'; readonly why: string }
