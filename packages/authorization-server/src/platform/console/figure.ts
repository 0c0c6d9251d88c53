// What a noun tells of itself on the first page, as data: figures that become charts, and what needs care. The page and the API
// make the same of it. Every number can say which rows are behind it.
import type { Message } from '../html/index.ts'
import type { Instant } from '../time/index.ts'
import { pageRoot } from './operations.ts'

/** A list with its filters, or one row: only shown to who may view the noun. */
export interface RowsLink {
  readonly noun: string
  readonly id?: string
  readonly query?: Readonly<Record<string, string>>
}

export type Tone = 'accent' | 'teal' | 'amber' | 'rose' | 'red' | 'grey'

export interface Series {
  readonly name: string
  readonly label: string
  readonly tone: Tone
  /** The rows behind the whole series. */
  readonly link?: RowsLink | undefined
}

export interface Total {
  readonly count: number
  /** There are more than were counted. */
  readonly isCapped?: boolean
  readonly link?: RowsLink | undefined
}

interface AnyFigure {
  readonly name: string
  readonly title: string
  /** Over which time, and what is counted. */
  readonly about: string
  /** What the sum is a number of. */
  readonly unit: string
  readonly total: Total
}

/** By time: one column for each hour or day, in the order of time. */
export interface ColumnFigure extends AnyFigure {
  readonly kind: 'columns'
  readonly span: 'hour' | 'day'
  readonly series: readonly Series[]
  readonly points: readonly ColumnPoint[]
}

export interface ColumnPoint {
  readonly at: Instant
  /** One for each series. */
  readonly values: readonly number[]
  readonly isCapped?: boolean
  /** The rows behind each of the values. */
  readonly links?: readonly (RowsLink | undefined)[]
}

/** By name: one bar for each, the longest first. */
export interface BarFigure extends AnyFigure {
  readonly kind: 'bars'
  readonly series: readonly Series[]
  readonly points: readonly BarPoint[]
}

export interface BarPoint {
  readonly label: string
  /** A text of ours, spoken as one; the others are names that somebody gave. */
  readonly isWord?: boolean
  readonly values: readonly number[]
  readonly link?: RowsLink | undefined
}

export type Figure = ColumnFigure | BarFigure

export interface CareItem {
  readonly label: string
  /** With {days} or {count} where there is such a number. */
  readonly note?: Message
  readonly values?: Readonly<Record<string, number | string>>
  readonly link?: RowsLink | undefined
}

/** Something that somebody should look at, and why. */
export interface Care {
  readonly name: string
  readonly tone: 'danger' | 'warning' | 'info'
  readonly title: string
  readonly why: string
  readonly items: readonly CareItem[]
  /** There are others besides these. */
  readonly hasMore?: boolean
  readonly link?: RowsLink | undefined
}

/** From which age on something needs care. */
export interface CareLimits {
  readonly secretAgeMs: number
  readonly keyAgeMs: number
  readonly unusedMs: number
}

export function linkAddress({ noun, id, query = {} }: RowsLink, root: string = pageRoot): string {
  const isPage = root === pageRoot
  const list = `${root}${isPage ? '' : '/'}${noun}${isPage ? '/' : ''}`
  if (id !== undefined) return `${list}${isPage ? '' : '/'}${encodeURIComponent(id)}${isPage ? '/' : ''}`
  const search = new URLSearchParams(query).toString()
  return search === '' ? list : `${list}?${search}`
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
