// The console's forms: shown with what is stored or was typed, and carried out when they come back.
import {
  actPage,
  addPage,
  changeFields,
  changePage,
  deletePage,
  emptyValue,
  type Entry,
  entryPath,
  type Field,
  type FieldChoice,
  type FormPage,
  type Input,
  mostRows,
  nounPath,
  type Operation,
  readForm,
  type Values,
} from '../../platform/console/index.ts'
import type { FieldErrors, Html, PageContext } from '../../platform/html/index.ts'
import { HttpFault, type Parameters, type Reply, seeOther } from '../../platform/http/index.ts'
import { pageContext, shownPolicy } from '../browser/index.ts'
import { type Console, deskOf, type Entered, visibleNouns } from './console.ts'
import { type EnteredPage, pageReply } from './entering-endpoint.ts'
import { refusalOf } from './notices.ts'
import { carryOut, carryOutMany, findRow } from './rows-endpoint.ts'

interface ShownForm {
  /** What was typed; what is stored where nothing was. */
  readonly values?: Values
  readonly errors?: FieldErrors | undefined
  readonly status?: number
  readonly notice?: string | undefined
  /** The rows of an act on many. */
  readonly entries?: readonly Entry[]
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
  if (task === 'delete' && entry !== undefined) {
    const consequences = (await deskOf(here, noun).consequences?.(entry)) ?? []
    return deletePage(context, { frame, noun, entry, consequences, errors })
  }
  const fields = fieldsOf(operation)
  const form: FormPage = {
    frame,
    noun,
    values: { ...empty(fields), ...entry?.values, ...shown.values },
    errors,
    choices: await choicesFor(here, operation, fields),
    policy: shownPolicy(here.context.identity.passwordPolicy),
    notice: shown.notice,
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

function fieldsOf({ noun, task, act }: Operation): readonly Field[] {
  if (task === 'add') return noun.add ?? []
  return task === 'change' ? changeFields(noun) : (act?.fields ?? [])
}

function empty(fields: readonly Field[]): Values {
  return Object.fromEntries(fields.map((field) => [field.name, emptyValue(field)]))
}

async function choicesFor(
  here: Console,
  { noun }: Operation,
  fields: readonly Field[],
): Promise<Readonly<Record<string, readonly FieldChoice[]>>> {
  const open = fields.filter(
    ({ kind, choices }) => choices === undefined && (kind === 'references' || kind === 'reference'),
  )
  const desk = deskOf(here, noun)
  const pairs = await Promise.all(open.map(async ({ name }) => [name, (await desk.choices?.(name)) ?? []] as const))
  return Object.fromEntries(pairs)
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
  const input = readForm(fieldsOf(operation), form)
  if (input.kind === 'invalid') return again(here, entered, operation, entry, input, 200, input.errors)
  const version = form.get('_version')
  const isStale = operation.task === 'change' && version !== undefined && version !== String(entry?.version)
  const outcome = isStale
    ? ({ kind: 'conflict' } as const)
    : await carryOut(here, entered, operation, entry, input.values)
  if (outcome.kind !== 'done') {
    const { status, errors } = refusalOf(outcome)
    return again(here, entered, operation, entry, input, status, errors)
  }
  return seeOther(nextPath(operation, outcome.id ?? entry?.id, form))
}

/** The form once more, with what was typed; a password is not sent back. */
function again(
  here: Console,
  entered: EnteredPage,
  operation: Operation,
  entry: Entry | undefined,
  input: Input,
  status: number,
  errors: FieldErrors,
): Promise<Reply> {
  return showForm(here, entered, operation, entry, { values: input.values, errors, status })
}

function nextPath({ noun, task, act }: Operation, id: string | undefined, form: Parameters): string {
  const list = nounPath(noun)
  const own = id === undefined ? list : entryPath(noun, { id })
  if (task === 'delete') return `${list}?done=deleted`
  if (task === 'add' && form.has('_addanother')) return `${list}add/?done=added`
  // The second of the two steps: all the other fields.
  if (task === 'add') return noun.change === undefined ? `${own}?done=added` : `${own}change/?done=added`
  if (task === 'change') return form.has('_continue') ? `${own}change/?done=saved` : `${own}?done=saved`
  return `${own}?done=${act?.name ?? ''}`
}

async function submitMany(here: Console, entered: EnteredPage, operation: Operation, form: Parameters): Promise<Reply> {
  const { noun, act } = operation
  const ids = [...new Set(form.all('id'))]
  if (ids.length > mostRows) throw new HttpFault('bad-request', `At most ${mostRows} rows are done at once.`)
  const list = nounPath(noun)
  if (ids.length === 0) return seeOther(`${list}?done=nothing`)
  if (form.get('_sure') !== 'yes') {
    const found = await Promise.allSettled(ids.map((id) => findRow(here, entered, operation, id)))
    const entries = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    if (entries.length === 0) return seeOther(`${list}?done=nothing`)
    return showForm(here, entered, operation, undefined, { entries })
  }
  const { done, left } = await carryOutMany(here, entered, operation, ids)
  return seeOther(`${list}?done=${act?.name ?? ''}&rows=${done}&left=${left}`)
}
