// The first page of the console, and the same as an API: figures and what needs care, of the nouns that the reader may view.
import {
  type Care,
  consoleHomePage,
  countEntries,
  type Desk,
  apiRoot,
  type Figure,
  linkAddress,
  mostCounted,
  type Noun,
  parseListQuery,
  type RowsLink,
} from '../../../platform/console/index.ts'
import { type Incoming, jsonReply, Parameters, type Reply } from '../../../platform/http/index.ts'
import { pageContext } from '../../browser/index.ts'
import type { Context } from '../../context/index.ts'
import { answerCommon } from '../api/browsable-endpoint.ts'
import { clientCares, keyCares, userCares } from './cares-endpoint.ts'
import { type Console, deskOf, type Entered, ownerIn, visibleNouns } from '../console.ts'
import { enterPage, pageReply } from '../entering-endpoint.ts'
import { dayMs } from './figures.ts'
import { clientFigures, eventFigures, sessionFigures, userFigures } from './figures-endpoint.ts'
import { recentChanges, sealOf } from '../rows-endpoint.ts'

const recentRows = 8

/** The desk with what its noun tells on the first page. */
export function withOverview(context: Context, desk: Desk): Desk {
  switch (desk.noun.name) {
    case 'events':
      return { ...desk, figures: eventFigures(context, desk.noun) }
    case 'clients':
      return { ...desk, figures: clientFigures(context, desk.noun), cares: clientCares(context) }
    case 'sessions':
      return { ...desk, figures: sessionFigures(context, desk.noun) }
    case 'users':
      return { ...desk, figures: userFigures(context, desk.noun), cares: userCares(context) }
    case 'keys':
      return { ...desk, cares: keyCares(context) }
    default:
      return desk
  }
}

/** The order in which they are shown; others come after them. */
const figureOrder: readonly string[] = ['sessions', 'sign-ins', 'refused-sign-ins', 'tokens', 'new-users']
const careOrder: readonly Care['tone'][] = ['danger', 'warning', 'info']

interface Overview {
  readonly counts: readonly { readonly noun: Noun; readonly count: number }[]
  readonly figures: readonly Figure[]
  readonly cares: readonly Care[]
}

async function overviewFor(here: Console, { asked }: Entered): Promise<Overview> {
  const { secretAgeDays, keyAgeDays, unusedDays } = here.settings
  const limits = { secretAgeMs: secretAgeDays * dayMs, keyAgeMs: keyAgeDays * dayMs, unusedMs: unusedDays * dayMs }
  const parts = await Promise.all(
    visibleNouns(here, asked.actor).map(async (noun) => {
      const owner = ownerIn(asked.actor, noun, 'view')
      const { query: all } = parseListQuery(noun, Parameters.empty, sealOf(here))
      const desk = deskOf(here, noun)
      const question = { owner, at: asked.at, limits }
      const [count, figures = [], cares = []] = await Promise.all([
        countEntries(here.context.database, noun, all, owner),
        desk.figures?.(question),
        desk.cares?.(question),
      ])
      return { noun, count, figures, cares }
    }),
  )
  return {
    counts: parts.map(({ noun, count }) => ({ noun, count })),
    figures: parts.flatMap(({ figures }) => figures).toSorted((a, b) => placeOf(a.name) - placeOf(b.name)),
    cares: parts
      .flatMap(({ cares }) => cares)
      .toSorted((a, b) => careOrder.indexOf(a.tone) - careOrder.indexOf(b.tone)),
  }
}

function placeOf(name: string): number {
  const at = figureOrder.indexOf(name)
  return at < 0 ? figureOrder.length : at
}

export async function showHome(here: Console, request: Incoming): Promise<Reply> {
  const entered = await enterPage(here, request, request.url)
  if ('status' in entered) return entered
  const [overview, recent] = await Promise.all([overviewFor(here, entered), recentChanges(here, entered, recentRows)])
  const frame = { nouns: visibleNouns(here, entered.asked.actor) }
  const markup = consoleHomePage(pageContext(here.context, entered.visitor), { frame, ...overview, recent })
  return pageReply(here, entered, markup)
}

export function answerOverview(here: Console, request: Incoming): Promise<Reply> {
  return answerCommon(here, request, (entered) => overviewReply(here, entered))
}

async function overviewReply(here: Console, entered: Entered): Promise<Reply> {
  const { counts, figures, cares } = await overviewFor(here, entered)
  const seen = new Set(counts.map(({ noun }) => noun.name))
  const rows = (link: RowsLink | undefined): string | null =>
    link !== undefined && seen.has(link.noun) ? linkAddress(link, apiRoot) : null
  return jsonReply(200, {
    at: entered.asked.at,
    nouns: Object.fromEntries(counts.map(({ noun, count }) => [noun.name, countJson(count, count > mostCounted)])),
    figures: figures.map((figure) => figureJson(figure, rows)),
    cares: cares.map(({ name, tone, title, why, items, hasMore = false, link }) => ({
      name,
      tone,
      title,
      why,
      items: items.map((item) => ({ label: item.label, ...item.values, rows: rows(item.link) })),
      has_more: hasMore,
      rows: rows(link),
    })),
  })
}

function countJson(count: number, isCapped: boolean): Readonly<Record<string, unknown>> {
  return { count: Math.min(count, mostCounted), count_is_exact: !isCapped }
}

function figureJson(
  figure: Figure,
  rows: (link: RowsLink | undefined) => string | null,
): Readonly<Record<string, unknown>> {
  const { name, title, about, total } = figure
  const byName = (values: readonly unknown[]) =>
    Object.fromEntries(figure.series.map((series, at) => [series.name, values[at]]))
  const points =
    figure.kind === 'columns'
      ? figure.points.map(({ at, values, links = [] }) => ({
          at,
          counts: byName(values),
          rows: byName(values.map((_, place) => rows(links[place]))),
        }))
      : figure.points.map(({ label, values, link }) => ({ label, counts: byName(values), rows: rows(link) }))
  const series = figure.series.map((one) => ({ name: one.name, label: one.label, rows: rows(one.link) }))
  return {
    name,
    title,
    about,
    count: total.count,
    count_is_exact: total.isCapped !== true,
    rows: rows(total.link),
    series,
    points,
  }
}
