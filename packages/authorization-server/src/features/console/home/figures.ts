// How counts become figures: every hour and day of a time has its column, also where nothing was counted; who got few tokens
// stands together.
import { type BarPoint, type ColumnPoint, type RowsLink, type Series, sumOf } from '../../../platform/console/index.ts'
import type { Instant } from '../../../platform/time/index.ts'
import { type ClientCount, type HourCount, otherClients } from '../../../records/usage/index.ts'

export const hourMs = 3_600_000
export const dayMs = 86_400_000

/** The beginnings of the last so many hours or days, the present one last. */
export function lastSpans(spanMs: number, count: number, now: Instant): readonly Instant[] {
  const present = Math.floor(now / spanMs) * spanMs
  return Array.from({ length: count }, (_, at) => present - (count - 1 - at) * spanMs)
}

/** The columns of these hours, with the counts of each series by its name. */
export function hourPoints(
  hours: readonly Instant[],
  series: readonly Pick<Series, 'name'>[],
  counts: readonly HourCount[],
  linkOf: (hour: Instant, reason: string) => RowsLink | undefined = () => undefined,
): readonly ColumnPoint[] {
  const known = new Map(counts.map(({ hour, reason, count }) => [`${hour} ${reason}`, count]))
  return hours.map((at) => ({
    at,
    values: series.map(({ name }) => known.get(`${at} ${name}`) ?? 0),
    links: series.map(({ name }) => linkOf(at, name)),
  }))
}

export interface NamedRow {
  readonly row: number
  readonly name: string
}

/** The bars of those who got the most, and one for all others: those beyond so many, those that are gone, those counted together. */
export function clientPoints(
  counts: readonly ClientCount[],
  series: readonly Pick<Series, 'name'>[],
  named: readonly NamedRow[],
  most: number,
): readonly BarPoint[] {
  const names = new Map(named.map(({ row, name }) => [row, name]))
  const rows = new Map<number, number[]>()
  for (const { clientRow, reason, count } of counts) {
    const row = names.has(clientRow) ? clientRow : otherClients
    const values = rows.get(row) ?? series.map(() => 0)
    const at = series.findIndex(({ name }) => name === reason)
    const place = at < 0 ? series.length - 1 : at
    values[place] = (values[place] ?? 0) + count
    rows.set(row, values)
  }
  const sorted = [...rows].filter(([row]) => row !== otherClients).toSorted(([, a], [, b]) => sumOf(b) - sumOf(a))
  const shown = sorted.slice(0, most)
  const others = [...sorted.slice(most).map(([, values]) => values), rows.get(otherClients) ?? series.map(() => 0)]
  const together = series.map((_, at) => sumOf(others.map((values) => values[at] ?? 0)))
  return [
    ...shown.map(([row, values]) => ({
      label: names.get(row) ?? '',
      values,
      link: { noun: 'clients', id: String(row) },
    })),
    ...(sumOf(together) > 0 ? [{ label: 'Others', isWord: true, values: together }] : []),
  ]
}
