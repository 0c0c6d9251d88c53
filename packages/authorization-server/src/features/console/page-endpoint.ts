// The console's pages: each finds its operation, lets in whom its rule admits, and shows or does what is asked.
import {
  consoleHomePage,
  countEntries,
  entryPage,
  type FieldChoice,
  historyPage,
  type Labels,
  listPage,
  type Noun,
  nounPath,
  type Operation,
  parseListQuery,
  reachOf,
  rowNumber,
} from '../../platform/console/index.ts'
import { type Incoming, Parameters, type Reply } from '../../platform/http/index.ts'
import { pageContext, requireForm } from '../browser/index.ts'
import { type Console, deskOf, operationAt, ownerIn, visibleNouns } from './console.ts'
import { type EnteredPage, enterPage, pageReply, toProof } from './entering-endpoint.ts'
import { showForm, submit } from './form-endpoint.ts'
import { doneNotice, leftNotice } from './notices.ts'
import { findList, findRow, historyOf, labelsFor, recentChanges, sealOf } from './rows-endpoint.ts'

const recentRows = 8

export async function showHome(here: Console, request: Incoming): Promise<Reply> {
  const entered = await enterPage(here, request, request.url)
  if ('status' in entered) return entered
  const { actor } = entered.asked
  const nouns = visibleNouns(here, actor)
  const counts = nouns.map(async (noun) => {
    const { query: all } = parseListQuery(noun, Parameters.empty, sealOf(here))
    return { noun, count: await countEntries(here.context.database, noun, all, ownerIn(actor, noun, 'view')) }
  })
  const markup = consoleHomePage(pageContext(here.context, entered.visitor), {
    frame: { nouns },
    counts: await Promise.all(counts),
    recent: await recentChanges(here, entered, recentRows),
  })
  return pageReply(here, entered, markup)
}

export async function answerPage(here: Console, request: Incoming, template: string): Promise<Reply> {
  const operation = operationAt(here, request.method, template, request.params)
  const back = request.method === 'GET' ? request.url : backOf(here, operation, request)
  const entered = await enterPage(here, request, back)
  if ('status' in entered) return entered
  ownerIn(entered.asked.actor, operation.noun, operation.verb)
  if (operation.isSensitive && !entered.isFresh) return toProof(request, back)
  if (request.method === 'GET') return show(here, entered, operation)
  const form = requireForm(here.context, request, entered.visitor)
  return submit(here, entered, operation, form)
}

/** The page of a form, or the list where the form has none. */
function backOf({ operations }: Console, { path, noun }: Operation, request: Incoming): string {
  return operations.has(`GET ${path}`) ? request.path : nounPath(noun)
}

function show(here: Console, entered: EnteredPage, operation: Operation): Promise<Reply> {
  const { params, query } = entered.request
  const id = params['id'] ?? ''
  const notice = doneNotice(operation.noun, query)
  switch (operation.task) {
    case 'list':
      return showList(here, entered, operation)
    case 'add':
    case 'act-on-noun':
      return showForm(here, entered, operation, undefined, { notice })
    case 'read':
      return showEntry(here, entered, operation, id)
    case 'history':
      return showHistory(here, entered, operation, id)
    default:
      return findRow(here, entered, operation, id).then((entry) =>
        showForm(here, entered, operation, entry, { notice }),
      )
  }
}

async function showList(here: Console, entered: EnteredPage, operation: Operation): Promise<Reply> {
  const { noun } = operation
  const { request, asked } = entered
  const found = await findList(here, entered, operation, request)
  const [labels, offered] = await Promise.all([listLabels(here, noun, found), offeredOf(here, noun)])
  const shown = listPage(pageContext(here.context, entered.visitor), {
    frame: { nouns: visibleNouns(here, asked.actor) },
    noun,
    query: found.query,
    entries: found.entries,
    labels,
    now: asked.at,
    count: found.count,
    next: found.next,
    mayAdd: noun.add !== undefined && reachOf(asked.actor, noun, 'add') !== 'none',
    acts: noun.acts.filter((act) => reachOf(asked.actor, noun, act.verb) !== 'none'),
    offered,
    notice: doneNotice(noun, request.query),
    warning: leftNotice(request.query),
  })
  return pageReply(here, entered, shown)
}

async function listLabels(
  here: Console,
  noun: Noun,
  found: Pick<Awaited<ReturnType<typeof findList>>, 'entries' | 'query'>,
): Promise<Labels> {
  const inRows = noun.fields.filter(({ name }) => noun.columns.includes(name))
  const filters = found.query.filters.flatMap(({ filter, value }) =>
    'noun' in filter
      ? [{ name: filter.name, noun: filter.noun, values: { [filter.name]: rowNumber(value) ?? value } }]
      : [],
  )
  const [rows, chosen] = await Promise.all([labelsFor(here, inRows, found.entries), labelsFor(here, filters, filters)])
  return new Map([...rows, ...chosen])
}

/** What filters by another noun offer: only where that noun is one that people give names to, and few. */
async function offeredOf(here: Console, noun: Noun): Promise<Readonly<Record<string, readonly FieldChoice[]>>> {
  const pairs = noun.filters.flatMap((filter) => (filter.kind === 'member' ? [filter] : []))
  const all = await Promise.all(
    pairs.map(async (filter) => {
      const choices = (await deskOf(here, noun).choices?.(filter.name)) ?? []
      return [filter.name, choices] as const
    }),
  )
  return Object.fromEntries(all)
}

async function showEntry(here: Console, entered: EnteredPage, operation: Operation, id: string): Promise<Reply> {
  const { noun } = operation
  const { actor } = entered.asked
  const entry = await findRow(here, entered, operation, id)
  const may = (verb: 'change' | 'delete'): boolean => reachOf(actor, noun, verb) !== 'none'
  const markup = entryPage(pageContext(here.context, entered.visitor), {
    frame: { nouns: visibleNouns(here, actor) },
    noun,
    entry,
    labels: await labelsFor(here, noun.fields, [entry]),
    mayChange: noun.change !== undefined && may('change'),
    mayDelete: noun.canDelete === true && may('delete'),
    acts: noun.acts.filter(
      (act) => act.on === 'row' && reachOf(actor, noun, act.verb) !== 'none' && act.when?.(entry.values) !== false,
    ),
    links: deskOf(here, noun).links?.(entry),
    notice: doneNotice(noun, entered.request.query),
  })
  return pageReply(here, entered, markup)
}

async function showHistory(here: Console, entered: EnteredPage, operation: Operation, id: string): Promise<Reply> {
  const { noun } = operation
  const entry = await findRow(here, entered, operation, id)
  const markup = historyPage(pageContext(here.context, entered.visitor), {
    frame: { nouns: visibleNouns(here, entered.asked.actor) },
    noun,
    entry,
    changes: await historyOf(here, noun, entry.id),
  })
  return pageReply(here, entered, markup)
}
