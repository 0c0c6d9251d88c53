// The console's forms: shown with what is stored or was typed, and carried out when they come back.
import {
  actPage,
  addPage,
  changePage,
  consoleWords,
  deletePage,
  emptyValue,
  type Entry,
  entryPath,
  type Field,
  type FieldChoice,
  type FormPage,
  mostRows,
  nounPath,
  type Operation,
  parseReason,
  readForm,
  type Reason,
  reasonName,
  shownPage,
  type ShownPage,
  type Values,
} from '../../platform/console/index.ts'
import type { FieldErrors, Html, PageContext } from '../../platform/html/index.ts'
import { HttpFault, type Parameters, type Reply, seeOther } from '../../platform/http/index.ts'
import { pageContext, shownPolicy } from '../browser/index.ts'
import { because, type Console, deskOf, type Entered, visibleNouns } from './console.ts'
import { type EnteredPage, pageReply } from './entering-endpoint.ts'
import { refusalOf } from './notices.ts'
import { carryOut, carryOutMany, fieldsFor, findRow, labelsFor } from './rows-endpoint.ts'

interface ShownForm {
  /** What was typed; what is stored where nothing was. */
  readonly values?: Values
  readonly errors?: FieldErrors | undefined
  readonly status?: number
  readonly notice?: string | undefined
  /** The rows of an act on many. */
  readonly entries?: readonly Entry[]
  /** The reason that was typed. */
  readonly reason?: string | undefined
}

export async function showForm(
  here: Console,
  entered: EnteredPage,
  operation: Operation,
  entry: Entry | undefined,
  shown: ShownForm,
): Promise<Reply> {
  const context = pageContext(here.context, entered.visitor)
  const markup = await formOf(here, context, entered, operation, entry, shown)
  return pageReply(here, entered, markup, shown.status)
}

async function formOf(
  here: Console,
  context: PageContext,
  entered: Entered,
  operation: Operation,
  entry: Entry | undefined,
  shown: ShownForm,
): Promise<Html> {
  const { noun, task, act } = operation
  const frame = { nouns: visibleNouns(here, entered.asked.actor) }
  const { errors } = shown
  const reason = { text: shown.reason ?? '', isRequired: here.settings.reasonRequired }
  if (task === 'delete' && entry !== undefined) {
    const consequences = (await deskOf(here, noun).consequences?.(entry)) ?? []
    return deletePage(context, { frame, noun, entry, consequences, errors, reason })
  }
  const fields = await fieldsFor(here, entered, operation, entry)
  const form: FormPage = {
    frame,
    noun,
    values: { ...empty(fields), ...entry?.values, ...shown.values },
    errors,
    fields,
    labels: entry === undefined ? new Map() : await labelsFor(here, fields, [entry]),
    choices: await choicesFor(here, operation, fields, entry),
    policy: shownPolicy(here.context.identity.passwordPolicy),
    notice: shown.notice,
    reason,
  }
  if (task === 'add') return addPage(context, form)
  if (task === 'change' && entry !== undefined) return changePage(context, { ...form, entry })
  if (act === undefined) throw new Error(`The task ${task} has no form.`)
  const entries = shown.entries ?? (entry === undefined ? [] : [entry])
  return actPage(context, { ...form, act, entries, action: actionOf(operation, entry) })
}

function actionOf({ noun, task, act }: Operation, entry: Entry | undefined): string {
  const name = act?.name ?? ''
  return task === 'act' && entry !== undefined
    ? `${entryPath(noun, entry)}${name}/`
    : `${nounPath(noun)}actions/${name}/`
}

function empty(fields: readonly Field[]): Values {
  return Object.fromEntries(fields.map((field) => [field.name, emptyValue(field)]))
}

async function choicesFor(
  here: Console,
  { noun }: Operation,
  fields: readonly Field[],
  entry: Entry | undefined,
): Promise<Readonly<Record<string, readonly FieldChoice[]>>> {
  const open = fields.filter(
    ({ kind, choices }) =>
      choices === undefined && (kind === 'references' || kind === 'reference' || kind === 'choice'),
  )
  const desk = deskOf(here, noun)
  const pairs = await Promise.all(open.map(async ({ name }) => [name, await desk.choices?.(name, entry)] as const))
  // Where nothing is on offer, whatever it is is typed.
  return Object.fromEntries(
    pairs.flatMap(([name, offered]) => (offered === undefined ? [] : [[name, offered] as const])),
  )
}

export async function submit(
  here: Console,
  entered: EnteredPage,
  operation: Operation,
  form: Parameters,
): Promise<Reply> {
  if (operation.task === 'act-on-many') return submitMany(here, entered, operation, form)
  const isNew = operation.task === 'add' || operation.task === 'act-on-noun'
  const id = entered.request.params['id'] ?? ''
  const entry = isNew ? undefined : await findRow(here, entered, operation, id)
  const isAct = operation.act !== undefined
  // Whatever sends an act without its question is asked it.
  if (isAct && form.get('_sure') !== 'yes') return showForm(here, entered, operation, entry, {})
  const input = readForm(await fieldsFor(here, entered, operation, entry), form)
  const reason = reasonIn(here, form)
  const wrong = {
    ...(input.kind === 'invalid' ? input.errors : {}),
    ...(reason.kind === 'invalid' ? reason.errors : {}),
  }
  const typed = { values: input.values, reason: reason.text }
  if (reason.kind === 'invalid' || input.kind === 'invalid') {
    return showForm(here, entered, operation, entry, { ...typed, errors: wrong })
  }
  const version = form.get('_version')
  const isStale = operation.task === 'change' && version !== undefined && version !== String(entry?.version)
  const outcome = isStale
    ? ({ kind: 'conflict' } as const)
    : await carryOut(here, because(entered, reason.text), operation, entry, input.values)
  if (outcome.kind !== 'done') {
    // The form once more, with what was typed; a password is not sent back.
    return showForm(here, entered, operation, entry, { ...typed, ...refusalOf(outcome) })
  }
  const next = outcome.next ?? nextPath(operation, outcome.id ?? entry?.id, form)
  if (outcome.shown === undefined || outcome.shown.length === 0) return seeOther(next)
  return showOnce(here, entered, operation, { entry, shown: outcome.shown, next })
}

/** The answer itself, for what a redirect would lose; what is shown is in no address. */
function showOnce(
  here: Console,
  entered: EnteredPage,
  { noun, act, task }: Operation,
  { entry, shown, next }: Pick<ShownPage, 'entry' | 'shown' | 'next'>,
): Reply {
  const frame = { nouns: visibleNouns(here, entered.asked.actor) }
  const done = act?.done ?? (task === 'add' ? consoleWords.doneAdded : consoleWords.doneSaved)
  const markup = shownPage(pageContext(here.context, entered.visitor), { frame, noun, entry, done, shown, next })
  return pageReply(here, entered, markup)
}

function reasonIn({ settings }: Console, form: Parameters): Reason {
  return parseReason(form.raw(reasonName), settings.reasonRequired)
}

function nextPath({ noun, task, act }: Operation, id: string | undefined, form: Parameters): string {
  const list = nounPath(noun)
  const own = id === undefined ? list : entryPath(noun, { id })
  if (task === 'delete') return `${list}?done=deleted`
  if (task === 'add' && form.has('_addanother')) return `${list}add/?done=added`
  // The second of the two steps: all the other fields.
  const isWhole = noun.change === undefined || noun.isAddedWhole === true
  if (task === 'add') return isWhole ? `${own}?done=added` : `${own}change/?done=added`
  if (task === 'change') return form.has('_continue') ? `${own}change/?done=saved` : `${own}?done=saved`
  return `${own}?done=${act?.name ?? ''}`
}

async function submitMany(here: Console, entered: EnteredPage, operation: Operation, form: Parameters): Promise<Reply> {
  const { noun, act } = operation
  const ids = [...new Set(form.all('id'))]
  if (ids.length > mostRows) throw new HttpFault('bad-request', `At most ${mostRows} rows are done at once.`)
  const list = nounPath(noun)
  if (ids.length === 0) return seeOther(`${list}?done=nothing`)
  const isSure = form.get('_sure') === 'yes'
  const reason = reasonIn(here, form)
  if (!isSure || reason.kind === 'invalid') {
    const found = await Promise.allSettled(ids.map((id) => findRow(here, entered, operation, id)))
    const entries = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    if (entries.length === 0) return seeOther(`${list}?done=nothing`)
    const errors = isSure && reason.kind === 'invalid' ? reason.errors : undefined
    return showForm(here, entered, operation, undefined, { entries, errors, reason: reason.text })
  }
  const { done, left } = await carryOutMany(here, because(entered, reason.text), operation, ids)
  return seeOther(`${list}?done=${act?.name ?? ''}&rows=${done}&left=${left}`)
}
