// The console's pages: each finds its operation, lets in whom its rule admits, and shows or does what is asked.
import {
  type Actor,
  entryPage,
  type FieldChoice,
  historyPage,
  type Labels,
  listPage,
  type Noun,
  nounPath,
  type Operation,
  reachesEntry,
  reachOf,
  rowNumber,
  type SavedViews,
  type Values,
  type Verb,
} from '../../platform/console/index.ts'
import type { Incoming, Parameters, Reply } from '../../platform/http/index.ts'
import { viewsOf } from '../../records/views/index.ts'
import { pageContext, requireForm } from '../browser/index.ts'
import { type Console, deskOf, operationAt, ownerIn, visibleNouns } from './console.ts'
import { showExport } from './api/export-endpoint.ts'
import { type EnteredPage, enterPage, pageReply, toProof } from './entering-endpoint.ts'
import { showForm, submit } from './form-endpoint.ts'
import { doneNotice, leftNotice } from './notices.ts'
import { countRelated } from './related-endpoint.ts'
import { showQuestion } from './question-endpoint.ts'
import { findList, findRow, historyOf, labelsFor } from './rows-endpoint.ts'

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
    case 'export':
      return showExport(here, entered, operation)
    case 'read':
      return showEntry(here, entered, operation, id)
    case 'history':
      return showHistory(here, entered, operation, id)
    case 'ask':
      return showQuestion(here, entered, operation)
    default:
      return findRow(here, entered, operation, id).then((entry) =>
        showForm(here, entered, operation, entry, { notice, values: chosenIn(operation, query) }),
      )
  }
}

/** What a link chose of what a form offers; it puts no text of its own there. */
function chosenIn({ act }: Operation, query: Parameters): Values {
  const fields = (act?.fields ?? []).filter(({ kind, name }) => kind === 'choice' && query.has(name))
  return Object.fromEntries(fields.map(({ name }) => [name, query.get(name) ?? null]))
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
    isCountExact: found.isCountExact,
    next: found.next,
    previous: found.previous,
    mayAdd: noun.add !== undefined && reachOf(asked.actor, noun, 'add') !== 'none',
    acts: noun.acts.filter((act) => reachOf(asked.actor, noun, act.verb) !== 'none'),
    offered,
    views: await savedViewsOf(here, asked.actor, noun),
    timeline: await deskOf(here, noun).timeline?.(asked.at),
    state: await deskOf(here, noun).state?.(),
    notice: doneNotice(noun, request.query),
    warning: leftNotice(request.query),
  })
  return pageReply(here, entered, shown)
}

async function savedViewsOf(here: Console, actor: Actor, noun: Noun): Promise<SavedViews | undefined> {
  const keeper = here.desks.get('views')?.noun
  if (keeper === undefined || keeper === noun) return undefined
  const saved = await viewsOf(here.context.database, actor.id, noun.name)
  return { noun: keeper, saved: saved.map((view) => ({ ...view, id: String(view.id) })) }
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
  const may = (verb: Verb): boolean => reachesEntry(actor, noun, verb, entry)
  const markup = entryPage(pageContext(here.context, entered.visitor), {
    frame: { nouns: visibleNouns(here, actor) },
    noun,
    entry,
    labels: await labelsFor(here, noun.fields, [entry]),
    mayChange: noun.change !== undefined && may('change'),
    mayDelete: noun.canDelete === true && may('delete'),
    acts: noun.acts.filter(
      (act) => act.on === 'row' && act.isUnlisted !== true && may(act.verb) && act.when?.(entry.values) !== false,
    ),
    questions: (noun.questions ?? []).filter(({ verb }) => may(verb)),
    links: deskOf(here, noun).links?.(entry, entered.asked),
    counts: await countRelated(here, entered, noun, entry),
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
    changes: await historyOf(here, entered, operation, entry.id),
  })
  return pageReply(here, entered, markup)
}
