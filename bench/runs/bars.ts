// What is demanded of each figure, and what is aimed at. The bars of the quick run are loose: it runs on busy machines and only has to
// notice when something has become several times slower.
import type { Engine } from '../servers/target.ts'
import type { Spread } from './measure.ts'

export interface Bar {
  readonly id: string
  readonly what: string
  readonly unit: '×' | 'ms' | ''
  /** Whether more is better. */
  readonly better: 'more' | 'less'
  readonly bar: number
  readonly aim: number
  /** Of the quick run; without one the figure only stands there. */
  readonly smoke?: number
}

const floor = (id: string, what: string, bar: number, aim: number): Bar => ({
  id,
  what,
  unit: '×',
  better: 'more',
  bar,
  aim,
  smoke: bar / 10,
})
const most = (id: string, what: string, unit: Bar['unit'], bar: number, aim: number, smoke?: number): Bar => ({
  id,
  what,
  unit,
  better: 'less',
  bar,
  aim,
  ...(smoke === undefined ? {} : { smoke }),
})

export const bars: readonly Bar[] = [
  floor('client-credentials', 'client_credentials, opaque, revocable, of floor (b)', 0.75, 0.95),
  floor('introspect-valid', 'introspect, valid, of floor (b)', 0.6, 0.85),
  floor('introspect-garbage', 'introspect, garbage, of floor (b)', 0.8, 0.95),
  floor('refresh', 'refresh with rotation, durable, 64 in flight, of floor (c)', 0.6, 0.85),
  floor('code', 'code exchange with ES256 ID token, of floor (c + d)', 0.6, 0.8),
  floor('authorize', 'authorize with a live session, 0 writes, of floor (a)', 0.5, 0.65),
  floor('sign-in', 'password sign-in, of the raw hash rate', 0.9, 0.95),
  floor('client-credentials:oidc-provider', 'client_credentials against oidc-provider', 4, 8),
  floor('refresh:oidc-provider', 'refresh against oidc-provider', 5, 12),
  floor('code:oidc-provider', 'code exchange against oidc-provider', 3, 6),
  most('p99:sqlite', 'p99 at 70 % of capacity, fixed arrival rate, SQLite', 'ms', 15, 5, 500),
  most('p99:postgres', 'p99 at 70 % of capacity, fixed arrival rate, PostgreSQL', 'ms', 20, 8, 500),
  most('flood', 'the same p99 while sign-ins flood at 10 × capacity, against without', '×', 3, 2),
  most('workers', 'processor time per request, two workers against one', '×', 1.25, 1.1, 3),
  most('size:refresh', 'refresh latency with 10⁶ people and sessions against 10³', '×', 1.5, 1.2),
  most('size:introspect-valid', 'introspection latency with 10⁶ against 10³', '×', 1.5, 1.2),
  most('size:authorize', 'authorize latency with 10⁶ against 10³', '×', 1.5, 1.2),
  most('rows', 'rows left by refreshes', '', 0, 0, 0),
  most('statements:refresh', 'statements of a refresh', '', 2, 2, 4),
  most('statements:code', 'statements of a code exchange', '', 3, 3, 10),
  most('statements:client-credentials', 'statements of client_credentials, client cached', '', 0, 0, 2),
  most('statements:introspect-garbage', 'statements of an introspection of garbage', '', 0, 0, 0),
]

export interface Figure {
  readonly id: string
  readonly engine: Engine
  readonly value: Spread
  /** Beside it in the table: the processor time, the rate. */
  readonly note?: string
}

export function exactly(value: number): Spread {
  return { min: value, median: value, max: value }
}

export function barOf(id: string): Bar | undefined {
  return bars.find((bar) => bar.id === id)
}

export function meets(value: number, limit: number, better: Bar['better']): boolean {
  return better === 'more' ? value >= limit : value <= limit
}
