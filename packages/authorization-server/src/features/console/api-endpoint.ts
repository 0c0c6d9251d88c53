// The console's JSON API under /api/v1. It does what the pages do, by the same operations and the same rules.
import {
  apiRoot,
  changeFields,
  completed,
  csvOf,
  type Entry,
  type Input,
  jsonOf,
  mostCounted,
  mostRows,
  type Noun,
  openApiOf,
  type Operation,
  type Outcome,
  readJson,
  type Values,
} from '../../platform/console/index.ts'
import { english, jsonPage } from '../../platform/html/index.ts'
import {
  contentSecurityPolicy,
  emptyReply,
  htmlReply,
  HttpFault,
  type Incoming,
  jsonReply,
  noStore,
  preferred,
  reasonOf,
  type Reply,
  withHeaders,
} from '../../platform/http/index.ts'
import { type Console, deskOf, type Entered, operationAt, ownerIn, visibleNouns } from './console.ts'
import { enterApi } from './entering-endpoint.ts'
import { problemReply, stepUpReply } from './problem-face.ts'
import { carryOut, carryOutMany, findList, findRow, historyOf } from './rows-endpoint.ts'

export async function answerApi(here: Console, request: Incoming, template: string): Promise<Reply> {
  const operation = operationAt(here, request.method, template, request.params)
  const entered = await enterApi(here, request)
  ownerIn(entered.asked.actor, operation.noun, operation.verb)
  const reply =
    operation.isSensitive && !entered.isFresh
      ? stepUpReply(here.settings.proofSeconds)
      : await answer(here, entered, operation, request)
  if (reply.status >= 400) return withIncident(here, request, reply)
  return request.method === 'GET' && operation.task !== 'export' ? browsable(here, request, reply) : reply
}

/** A refusal that was decided, not thrown, is on record like any other. */
function withIncident({ context }: Console, request: Incoming, reply: Reply): Reply {
  const kind = reply.status === 403 ? 'forbidden' : 'bad-request'
  const fault = new HttpFault(kind, 'The console refused this.', { detail: { rule: `console-${reply.status}` } })
  return withHeaders(reply, { 'latchkey-incident': context.incidents.report(fault, request) })
}

/** What there is, for whoever asks. */
export async function answerIndex(here: Console, request: Incoming): Promise<Reply> {
  const { asked } = await enterApi(here, request)
  const nouns = visibleNouns(here, asked.actor).map(({ name }) => [name, `${here.context.publicUrl}${apiRoot}/${name}`])
  const all: Readonly<Record<string, string>> = {
    ...Object.fromEntries<string>(nouns.map(([name = '', address = '']) => [name, address])),
    openapi: `${here.context.publicUrl}${apiRoot}/openapi.json`,
  }
  return browsable(here, request, jsonReply(200, all))
}

export async function answerOpenApi(here: Console, request: Incoming): Promise<Reply> {
  await enterApi(here, request)
  const { nouns, context } = here
  return jsonReply(200, openApiOf({ title: 'Latchkey', version: 'v1', server: context.publicUrl, nouns }))
}

function answer(here: Console, entered: Entered, operation: Operation, request: Incoming): Promise<Reply> {
  const id = request.params['id'] ?? ''
  switch (operation.task) {
    case 'list':
      return list(here, entered, operation, request)
    case 'export':
      return exported(here, entered, operation, request)
    case 'read':
      return read(here, entered, operation, id)
    case 'history':
      return history(here, entered, operation, id)
    case 'consequences':
      return consequences(here, entered, operation, id)
    case 'act-on-many':
      return actOnMany(here, entered, operation, request)
    default:
      return write(here, entered, operation, request)
  }
}

/** An entry as JSON: its id, then its fields. */
function written(noun: Noun, { id, values }: Entry): Readonly<Record<string, unknown>> {
  return { id: noun.key.kind === 'number' ? Number(id) : id, ...values }
}

async function list(here: Console, entered: Entered, operation: Operation, request: Incoming): Promise<Reply> {
  const found = await findList(here, entered, operation, request)
  const wrong = faultReply(found)
  if (wrong !== undefined) return wrong
  return jsonReply(200, {
    count: Math.min(found.count, mostCounted),
    count_is_exact: found.count <= mostCounted,
    next: found.next ?? null,
    items: found.entries.map((entry) => written(operation.noun, entry)),
  })
}

function faultReply({ faults }: Pick<Awaited<ReturnType<typeof findList>>, 'faults'>): Reply | undefined {
  if (faults.length === 0) return undefined
  const errors = Object.fromEntries(faults.map(({ parameter, reason }) => [parameter, [reason]]))
  return problemReply({ status: 400, detail: 'The list cannot be had like this.', errors })
}

async function exported(here: Console, entered: Entered, operation: Operation, request: Incoming): Promise<Reply> {
  const { noun } = operation
  const { query, faults, owner } = await findList(here, entered, operation, request)
  const wrong = faultReply({ faults })
  if (wrong !== undefined) return wrong
  const { database } = here.context
  const source = {
    database,
    noun,
    query,
    owner,
    complete: (entries: readonly Entry[]) => completed(deskOf(here, noun), entries),
  }
  const isCsv = operation.path.endsWith('.csv')
  const name = `${noun.name}.${isCsv ? 'csv' : 'json'}`
  return {
    status: 200,
    headers: {
      'content-type': isCsv ? 'text/csv; charset=utf-8' : 'application/json',
      'content-disposition': `attachment; filename="${name}"`,
      ...noStore,
    },
    body: '',
    stream: () => (isCsv ? csvOf(source) : jsonOf(source, (entry) => written(noun, entry))),
  }
}

async function read(here: Console, entered: Entered, operation: Operation, id: string): Promise<Reply> {
  return oneReply(200, operation.noun, await findRow(here, entered, operation, id))
}

function oneReply(status: number, noun: Noun, entry: Entry): Reply {
  const tag = entry.version === undefined ? {} : { etag: `"${entry.version}"` }
  return jsonReply(status, written(noun, entry), { ...noStore, ...tag })
}

async function history(here: Console, entered: Entered, operation: Operation, id: string): Promise<Reply> {
  await findRow(here, entered, operation, id)
  return jsonReply(200, { items: await historyOf(here, operation.noun, id) })
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

async function write(here: Console, entered: Entered, operation: Operation, request: Incoming): Promise<Reply> {
  const { noun, task } = operation
  const isNew = task === 'add' || task === 'act-on-noun'
  const entry = isNew ? undefined : await findRow(here, entered, operation, request.params['id'] ?? '')
  const changed = request.headers['if-match']
  if (entry?.version !== undefined && changed !== undefined && changed !== `"${entry.version}"`) {
    return problemReply({ status: 412, detail: 'It was changed since this version of it was read.' })
  }
  const input = inputOf(operation, entry, bodyOf(request))
  if (input.kind === 'invalid') return invalid(input.errors)
  const outcome = await carryOut(here, entered, operation, entry, input.values)
  if (outcome.kind !== 'done') return refusal(outcome)
  if (task === 'delete') return emptyReply(204)
  if (task === 'act-on-noun') return jsonReply(200, { done: 1 })
  const id = outcome.id ?? entry?.id ?? ''
  // What the caller may no longer see after the change is not shown.
  const now = await findRow(here, entered, { noun, verb: 'view' }, id).catch((error: unknown) => {
    if (error instanceof HttpFault) return undefined
    throw error
  })
  if (now === undefined) return jsonReply(task === 'add' ? 201 : 200, { id })
  return oneReply(task === 'add' ? 201 : 200, noun, now)
}

function inputOf({ noun, task, act }: Operation, entry: Entry | undefined, body: unknown): Input {
  if (task === 'add') return readJson(noun.add ?? [], body, true)
  if (task !== 'change') return readJson(act?.fields ?? [], body, true)
  const input = readJson(changeFields(noun), body, false)
  return { ...input, values: { ...storedValues(noun, entry), ...input.values } }
}

function storedValues(noun: Noun, entry: Entry | undefined): Values {
  return Object.fromEntries(changeFields(noun).map(({ name }) => [name, entry?.values[name] ?? null]))
}

function invalid(errors: Readonly<Record<string, readonly string[]>>): Reply {
  return problemReply({ status: 400, detail: 'Something is wrong with what was sent.', errors })
}

function refusal(outcome: Exclude<Outcome, { kind: 'done' }>): Reply {
  if (outcome.kind === 'invalid') return invalid(outcome.errors)
  if (outcome.kind === 'refused') return problemReply({ status: 403, detail: outcome.why })
  return problemReply({ status: 409, detail: 'It was changed meanwhile; nothing was written.' })
}

async function actOnMany(here: Console, entered: Entered, operation: Operation, request: Incoming): Promise<Reply> {
  const body = bodyOf(request)
  const names = typeof body === 'object' && body !== null ? Object.keys(body) : []
  const ids: unknown = typeof body === 'object' && body !== null && 'ids' in body ? body.ids : undefined
  const isList = Array.isArray(ids) && ids.length > 0 && ids.length <= mostRows
  if (!isList || !ids.every((id) => ['string', 'number'].includes(typeof id)) || names.length > 1) {
    return invalid({ ids: [`It is a list of 1 to ${mostRows} ids, and there is nothing beside it.`] })
  }
  return jsonReply(200, await carryOutMany(here, entered, operation, ids.map(String)))
}

/** The same address in a browser is a page. */
function browsable({ context }: Console, request: Incoming, reply: Reply): Reply {
  if (preferred(request.headers.accept) !== 'html' || typeof reply.body !== 'string') return reply
  const markup = jsonPage(
    { locale: english, development: context.development, assetVersion: context.assets.version },
    {
      title: request.path,
      method: request.method,
      path: request.url,
      status: reply.status,
      reason: reasonOf(reply.status),
      allowedMethods: ['GET'],
      value: JSON.parse(reply.body),
    },
  )
  return htmlReply(reply.status, markup, { ...contentSecurityPolicy(), vary: 'Accept, Cookie' })
}
