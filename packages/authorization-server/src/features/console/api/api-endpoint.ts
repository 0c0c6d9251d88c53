// The console's JSON API under /api/v1. It does what the pages do, by the same operations and the same rules.
import {
  apiRoot,
  type Entry,
  type Field,
  type Input,
  mostCounted,
  mostRows,
  type Noun,
  openApiOf,
  type Operation,
  type Outcome,
  readJson,
  readReason,
  type Reason,
  reasonHeader,
  type ShownOnce,
  type Values,
} from '../../../platform/console/index.ts'
import {
  emptyReply,
  HttpFault,
  type Incoming,
  jsonReply,
  noStore,
  type Reply,
  withHeaders,
} from '../../../platform/http/index.ts'
import { sessionCookieName } from '../../browser/index.ts'
import { because, type Console, deskOf, type Entered, operationAt, ownerIn, visibleNouns } from '../console.ts'
import { enterApi } from '../entering-endpoint.ts'
import { sendFile } from './export-endpoint.ts'
import { faultReply, problemReply, stepUpReply } from './problem-face.ts'
import { answerQuestion } from '../question-endpoint.ts'
import { carryOut, carryOutMany, fieldsFor, findList, findRow, historyOf, written } from '../rows-endpoint.ts'

/** What a program asks for, with the session of a script of our pages or a bearer token. */
export async function callApi(here: Console, request: Incoming, template: string): Promise<Reply> {
  const operation = operationAt(here, request.method, template, request.params)
  return replyTo(here, await enterApi(here, request), operation, request)
}

export async function replyTo(
  here: Console,
  entered: Entered,
  operation: Operation,
  request: Incoming,
): Promise<Reply> {
  ownerIn(entered.asked.actor, operation.noun, operation.verb)
  const reply =
    operation.isSensitive && !entered.isFresh
      ? stepUpReply(here.settings.proofSeconds)
      : await answer(here, entered, operation, request)
  return reply.status >= 400 ? withIncident(here, request, reply) : reply
}

/** A refusal that was decided, not thrown, is on record like any other. */
export function withIncident({ context }: Console, request: Incoming, reply: Reply): Reply {
  const kind = reply.status === 403 ? 'forbidden' : 'bad-request'
  const fault = new HttpFault(kind, 'The console refused this.', { detail: { rule: `console-${reply.status}` } })
  return withHeaders(reply, { 'latchkey-incident': context.incidents.report(fault, request) })
}

export function indexOf(here: Console, { asked }: Entered): Reply {
  const address = (name: string): string => `${here.context.publicUrl}${apiRoot}/${name}`
  const nouns = visibleNouns(here, asked.actor).map(({ name }) => [name, address(name)] as const)
  const all = {
    ...Object.fromEntries(nouns),
    overview: address('overview'),
    find: address('find'),
    openapi: address('openapi.json'),
    reference: address('reference/'),
  }
  return jsonReply(200, all)
}

export async function answerOpenApi(here: Console, request: Incoming): Promise<Reply> {
  await enterApi(here, request)
  const { nouns, context } = here
  const cookie = sessionCookieName(context)
  return jsonReply(200, openApiOf({ title: 'Latchkey', version: 'v1', server: context.publicUrl, cookie, nouns }))
}

function answer(here: Console, entered: Entered, operation: Operation, request: Incoming): Promise<Reply> {
  const id = request.params['id'] ?? ''
  switch (operation.task) {
    case 'list':
      return list(here, entered, operation, request)
    case 'export':
      return sendFile(here, entered, operation, request)
    case 'read':
      return read(here, entered, operation, id)
    case 'history':
      return history(here, entered, operation, id)
    case 'consequences':
      return consequences(here, entered, operation, id)
    case 'ask':
      return answerQuestion(here, entered, operation, request)
    case 'act-on-many':
      return actOnMany(here, entered, operation, request)
    default:
      return write(here, entered, operation, request)
  }
}

async function list(here: Console, entered: Entered, operation: Operation, request: Incoming): Promise<Reply> {
  const found = await findList(here, entered, operation, request)
  if (found.faults.length > 0) return faultReply(found.faults)
  const state = await deskOf(here, operation.noun).state?.()
  return jsonReply(200, {
    count: Math.min(found.count, mostCounted),
    count_is_exact: found.isCountExact,
    next: found.next ?? null,
    previous: found.previous ?? null,
    items: found.entries.map((entry) => written(operation.noun, entry)),
    ...(state === undefined ? {} : { state: Object.fromEntries(state.map(({ name, value }) => [name, value])) }),
  })
}

async function read(here: Console, entered: Entered, operation: Operation, id: string): Promise<Reply> {
  return oneReply(200, operation.noun, await findRow(here, entered, operation, id))
}

function oneReply(status: number, noun: Noun, entry: Entry, once?: ShownIn): Reply {
  const tag = entry.version === undefined ? {} : { etag: `"${entry.version}"` }
  return jsonReply(status, { ...written(noun, entry), ...once }, { ...noStore, ...tag })
}

async function history(here: Console, entered: Entered, operation: Operation, id: string): Promise<Reply> {
  await findRow(here, entered, operation, id)
  return jsonReply(200, { items: await historyOf(here, entered, operation, id) })
}

async function consequences(here: Console, entered: Entered, operation: Operation, id: string): Promise<Reply> {
  const entry = await findRow(here, entered, operation, id)
  const items = (await deskOf(here, operation.noun).consequences?.(entry)) ?? []
  return jsonReply(200, { items })
}

function bodyOf({ body }: Incoming): unknown {
  if (body.kind === 'json') return body.value
  if (body.kind === 'none') return {}
  if (body.kind === 'malformed') throw new HttpFault('bad-request', body.reason)
  throw new HttpFault('unsupported-media-type', 'The body is JSON: application/json.')
}

function reasonIn({ settings }: Console, request: Incoming): { readonly reason: Reason; readonly rest: unknown } {
  return readReason(bodyOf(request), request.headers[reasonHeader], settings.reasonRequired)
}

async function write(here: Console, entered: Entered, operation: Operation, request: Incoming): Promise<Reply> {
  const { noun, task } = operation
  const isNew = task === 'add' || task === 'act-on-noun'
  const entry = isNew ? undefined : await findRow(here, entered, operation, request.params['id'] ?? '')
  const changed = request.headers['if-match']
  if (entry?.version !== undefined && changed !== undefined && changed !== `"${entry.version}"`) {
    return problemReply({ status: 412, detail: 'It was changed since this version of it was read.' })
  }
  const { reason, rest } = reasonIn(here, request)
  if (reason.kind === 'invalid') return invalid(reason.errors)
  const input = inputOf(operation, await fieldsFor(here, entered, operation, entry), entry, rest)
  if (input.kind === 'invalid') return invalid(input.errors)
  const outcome = await carryOut(here, because(entered, reason.text), operation, entry, input.values)
  if (outcome.kind !== 'done') return refusal(outcome)
  if (task === 'delete') return emptyReply(204)
  const once = shownIn(outcome)
  if (task === 'act-on-noun') return jsonReply(200, { done: 1, ...once })
  const id = outcome.id ?? entry?.id ?? ''
  // What the caller may no longer see after the change is not shown.
  const now = await findRow(here, entered, { noun, verb: 'view' }, id).catch((error: unknown) => {
    if (error instanceof HttpFault) return undefined
    throw error
  })
  if (now === undefined) return jsonReply(task === 'add' ? 201 : 200, { id, ...once })
  return oneReply(task === 'add' ? 201 : 200, noun, now, once)
}

type ShownIn = Readonly<Record<'shown', readonly Pick<ShownOnce, 'label' | 'value'>[]>> | undefined

/** What exists in this answer only; no answer of the API is stored on its way. */
function shownIn({ shown = [] }: Extract<Outcome, { kind: 'done' }>): ShownIn {
  return shown.length === 0 ? undefined : { shown: shown.map(({ label, value }) => ({ label, value })) }
}

function inputOf({ task }: Operation, fields: readonly Field[], entry: Entry | undefined, body: unknown): Input {
  if (task !== 'change') return readJson(fields, body, true)
  const input = readJson(fields, body, false)
  const stored: Values = Object.fromEntries(fields.map(({ name }) => [name, entry?.values[name] ?? null]))
  return { ...input, values: { ...stored, ...input.values } }
}

function invalid(errors: Readonly<Record<string, readonly string[]>>): Reply {
  return problemReply({ status: 400, detail: 'Something is wrong with what was sent.', errors })
}

function refusal(outcome: Exclude<Outcome, { kind: 'done' }>): Reply {
  if (outcome.kind === 'invalid') return invalid(outcome.errors)
  if (outcome.kind === 'refused') return problemReply({ status: 403, detail: outcome.why })
  return problemReply({ status: 409, detail: outcome.why ?? 'It was changed meanwhile; nothing was written.' })
}

async function actOnMany(here: Console, entered: Entered, operation: Operation, request: Incoming): Promise<Reply> {
  const { reason, rest: body } = reasonIn(here, request)
  if (reason.kind === 'invalid') return invalid(reason.errors)
  const names = typeof body === 'object' && body !== null ? Object.keys(body) : []
  const ids: unknown = typeof body === 'object' && body !== null && 'ids' in body ? body.ids : undefined
  const isList = Array.isArray(ids) && ids.length > 0 && ids.length <= mostRows
  if (!isList || !ids.every((id) => ['string', 'number'].includes(typeof id)) || names.length > 1) {
    return invalid({ ids: [`It is a list of 1 to ${mostRows} ids, and there is nothing beside it.`] })
  }
  return jsonReply(200, await carryOutMany(here, because(entered, reason.text), operation, ids.map(String)))
}
