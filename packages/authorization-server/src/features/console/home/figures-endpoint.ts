// The figures of the first page, noun by noun. What has a list is counted as the list counts, so that a number and the rows that it
// leads to agree; what has none comes from the usage counts.
import {
  type ColumnPoint,
  countEntries,
  dayText,
  type Desk,
  type Figure,
  hourText,
  mostCounted,
  type Noun,
  type OverviewAsked,
  parseListQuery,
  type RowsLink,
  type Series,
  sinceText,
  sumOf,
} from '../../../platform/console/index.ts'
import { Parameters } from '../../../platform/http/index.ts'
import { namesOfClients } from '../../../records/clients/index.ts'
import {
  type RefusalReason,
  refusalReasons,
  type SignInWay,
  signInWays,
  usageByClient,
  usageByHour,
} from '../../../records/usage/index.ts'
import type { Context } from '../../context/index.ts'
import { clientPoints, dayMs, hourMs, hourPoints, lastSpans } from './figures.ts'

type Figures = NonNullable<Desk['figures']>

const hours = 24
const days = 14
const mostBars = 6
const lastDay = 'The last 24 hours (UTC).'

/** Whatever reads no cursor needs no seal. */
const noSeal = { tag: () => '', untag: () => undefined }

/** A list that the noun can be asked for; none where it cannot be narrowed so. */
function listOf(noun: Noun, query: Readonly<Record<string, string>>): RowsLink | undefined {
  const { faults } = parseListQuery(noun, new Parameters(Object.entries(query)), noSeal)
  return faults.length === 0 ? { noun: noun.name, query } : undefined
}

async function counted(
  { database }: Context,
  noun: Noun,
  filters: Readonly<Record<string, string>>,
  { owner }: OverviewAsked,
): Promise<{ readonly count: number; readonly isCapped: boolean }> {
  const { query } = parseListQuery(noun, new Parameters(Object.entries(filters)), noSeal)
  const count = await countEntries(database, noun, query, owner)
  return { count: Math.min(count, mostCounted), isCapped: count > mostCounted }
}

/** A column of one series, and the rows behind it. */
async function countedPoint(
  context: Context,
  noun: Noun,
  at: number,
  filters: Readonly<Record<string, string>>,
  asked: OverviewAsked,
): Promise<ColumnPoint> {
  const { count, isCapped } = await counted(context, noun, filters, asked)
  return { at, values: [count], isCapped, links: [listOf(noun, filters)] }
}

const wayLabels: Readonly<Record<SignInWay, Omit<Series, 'name'>>> = {
  page: { label: 'At the page', tone: 'accent' },
  'password-grant': { label: 'By an application with the password', tone: 'teal' },
}
const waySeries: readonly Series[] = signInWays.map((name) => ({ name, ...wayLabels[name] }))

const refusalLabels: Readonly<Record<RefusalReason, Omit<Series, 'name'>>> = {
  'wrong-password': { label: 'Wrong password', tone: 'amber' },
  'unknown-account': { label: 'Unknown account', tone: 'rose' },
  disabled: { label: 'Disabled account', tone: 'grey' },
  throttled: { label: 'Too many attempts', tone: 'red' },
  busy: { label: 'Server too busy', tone: 'teal' },
}
const refusalSeries: readonly Series[] = refusalReasons.map((name) => ({ name, ...refusalLabels[name] }))

/** Sign-ins leave events; refusals are only counted, because strangers must not make the server write. */
export function eventFigures(context: Context, noun: Noun): Figures {
  return async ({ at: now }) => {
    const spans = lastSpans(hourMs, hours, now)
    const [from = now] = spans
    const [signIns, refusals] = await Promise.all(
      (['sign-in', 'refusal'] as const).map((kind) => usageByHour(context.database, kind, from, now + hourMs)),
    )
    const linkOf = (at: string, way: string): RowsLink | undefined =>
      way === 'page' ? listOf(noun, { kind: 'user.signed-in', at }) : undefined
    const common = { kind: 'columns', span: 'hour', about: lastDay } as const
    return [
      {
        ...common,
        name: 'sign-ins',
        title: 'Sign-ins',
        unit: 'Sign-ins',
        series: waySeries.map((series) => ({ ...series, link: linkOf(sinceText(from), series.name) })),
        points: hourPoints(spans, waySeries, signIns ?? [], (hour, way) => linkOf(hourText(hour), way)),
        // Those by an application leave no event.
        total: {
          count: totalOf(signIns),
          link: signIns?.some(({ reason }) => reason !== 'page') ? undefined : linkOf(sinceText(from), 'page'),
        },
      },
      {
        ...common,
        name: 'refused-sign-ins',
        title: 'Refused sign-ins',
        unit: 'Refused sign-ins',
        series: refusalSeries,
        points: hourPoints(spans, refusalSeries, refusals ?? []),
        total: { count: totalOf(refusals) },
      },
    ]
  }
}

function totalOf(counts: readonly { readonly count: number }[] | undefined): number {
  return sumOf((counts ?? []).map(({ count }) => count))
}

const grantSeries: readonly Series[] = [
  { name: 'authorization_code', label: 'For a code', tone: 'accent' },
  { name: 'refresh_token', label: 'Refreshed', tone: 'teal' },
  { name: 'client_credentials', label: 'For the application itself', tone: 'amber' },
  { name: 'password', label: 'For a password', tone: 'rose' },
  { name: 'other', label: 'Others', tone: 'grey' },
]

export function clientFigures(context: Context, noun: Noun): Figures {
  return async ({ at: now, owner }) => {
    const [from = now] = lastSpans(hourMs, hours, now)
    const counts = await usageByClient(context.database, 'token', from, now + hourMs)
    const rows = [...new Set(counts.map(({ clientRow }) => clientRow))]
    const named = await namesOfClients(context.database, rows.slice(0, mostNamed))
    const own = new Set(named.filter(({ ownerId }) => ownerId === owner).map(({ row }) => row))
    const seen = owner === undefined ? counts : counts.filter(({ clientRow }) => own.has(clientRow))
    // Who owns no application that got any has nothing to look at.
    if (owner !== undefined && seen.length === 0) return []
    const used = grantSeries.filter(({ name }) => seen.some(({ reason }) => reason === name))
    const isOther = seen.some(({ reason }) => !grantSeries.some(({ name }) => name === reason))
    const series = isOther ? [...used, ...grantSeries.slice(-1)] : used
    return [
      {
        kind: 'bars',
        name: 'tokens',
        title: 'Tokens by application',
        about: lastDay,
        unit: 'Tokens',
        series,
        points: clientPoints(seen, series, named, mostBars),
        total: { count: totalOf(seen), link: { noun: noun.name } },
      },
    ]
  }
}

/** Names are looked up for no more: the others are told together. */
const mostNamed = 200

/** Nobody keeps when a session was used before it was used last: the columns tell how fresh those are that live. */
export function sessionFigures(context: Context, noun: Noun): Figures {
  return async (asked): Promise<readonly Figure[]> => {
    const idleMs = context.identity.sessionIdleSeconds * 1_000
    const live = { ended: 'no', last_seen: sinceText(asked.at - idleMs) }
    const pointOf = (at: number): Promise<ColumnPoint> =>
      countedPoint(context, noun, at, { ended: 'no', last_seen: hourText(at) }, asked)
    return [
      {
        kind: 'columns',
        name: 'sessions',
        title: 'Active sessions',
        about: 'Signed in, and not idle; by the hour of their last use (UTC).',
        unit: 'Active sessions',
        span: 'hour',
        series: [{ name: 'last-used', label: 'Last used', tone: 'accent' }],
        points: await Promise.all(lastSpans(hourMs, hours, asked.at).map(pointOf)),
        total: { ...(await counted(context, noun, live, asked)), link: listOf(noun, live) },
      },
    ]
  }
}

export function userFigures(context: Context, noun: Noun): Figures {
  return async (asked): Promise<readonly Figure[]> => {
    const spans = lastSpans(dayMs, days, asked.at)
    const pointOf = (at: number): Promise<ColumnPoint> =>
      countedPoint(context, noun, at, { joined: dayText(at) }, asked)
    const points = await Promise.all(spans.map(pointOf))
    const since = { joined: `${dayText(spans[0] ?? asked.at)}..` }
    return [
      {
        kind: 'columns',
        name: 'new-users',
        title: 'New users',
        about: 'The last 14 days (UTC).',
        unit: 'New users',
        span: 'day',
        series: [{ name: 'joined', label: 'Joined', tone: 'accent' }],
        points,
        total: { ...(await counted(context, noun, since, asked)), link: listOf(noun, since) },
      },
    ]
  }
}
