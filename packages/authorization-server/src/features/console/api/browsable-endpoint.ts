// The API in a browser: the same address shows the same answer as a page, with forms for what the reader may do there. Such a form is
// a POST with the request that it stands for in its fields; it is taken from our own pages only, with the form token of the session,
// and never together with a bearer token. Programs send the request itself (api-endpoint.ts).
import {
  type ApiForm,
  type ApiLink,
  apiPage,
  apiRoot,
  completed,
  type Entry,
  entryPath,
  exampleOf,
  findEntry,
  nounPath,
  type Operation,
  pageRoot,
  reachOf,
  reasonName,
  writableFields,
} from '../../../platform/console/index.ts'
import {
  type Body,
  HttpFault,
  type Incoming,
  type Parameters,
  preferred,
  reasonOf,
  type Reply,
  withHeaders,
} from '../../../platform/http/index.ts'
import { pageContext, requireForm } from '../../browser/index.ts'
import { callApi, indexOf, replyTo } from './api-endpoint.ts'
import { type Console, deskOf, type Entered, operationAt, visibleNouns } from '../console.ts'
import { enterApi, type EnteredPage, enterPage, pageReply, toProof } from '../entering-endpoint.ts'
import { problemReply } from './problem-face.ts'

/** Header lines that a reader learns something from. */
const shownHeaders = ['content-type', 'etag', 'location', 'retry-after', 'latchkey-incident'] as const

/** A browser asks for a page, or sends a form; whoever shows a bearer token is a program. */
function isBrowsed({ method, headers, body }: Incoming): boolean {
  if (headers.authorization !== undefined) return false
  return method === 'GET' ? preferred(headers.accept) === 'html' : body.kind === 'form'
}

export async function answerApi(here: Console, request: Incoming, template: string): Promise<Reply> {
  if (!isBrowsed(request)) return callApi(here, request, template)
  const back = request.method === 'GET' ? request.url : request.path
  const entered = await enterPage(here, request, back)
  if ('status' in entered) return entered
  const sent =
    request.method === 'GET' ? request : fromForm(request, requireForm(here.context, request, entered.visitor))
  const operation = operationAt(here, sent.method, template, sent.params)
  if (operation.isSensitive && !entered.isFresh) return toProof(request, back)
  const reply = await tried(replyTo(here, entered, operation, sent), sent.method)
  return reply.stream === undefined ? shown(here, entered, { operation, sent, reply }) : reply
}

/** What is wrong with a form is told where it was filled in. */
async function tried(answered: Promise<Reply>, method: string): Promise<Reply> {
  if (method === 'GET') return answered
  try {
    return await answered
  } catch (error) {
    if (error instanceof HttpFault) return problemReply({ status: error.status, detail: error.message })
    throw error
  }
}

/** The request that a form stands for. */
function fromForm(request: Incoming, form: Parameters): Incoming {
  const { path, url, query, params, headers, cookies, remoteAddress } = request
  const method = form.get('_method') ?? 'POST'
  if (!['POST', 'PATCH', 'DELETE'].includes(method))
    throw new HttpFault('bad-request', 'A form stands for no such method.')
  const version = form.get('_version')
  return {
    method,
    path,
    url,
    query,
    params,
    cookies,
    remoteAddress,
    headers: version === undefined ? headers : { ...headers, 'if-match': `"${version}"` },
    body: contentOf(form.raw('_content') ?? ''),
  }
}

function contentOf(text: string): Body {
  if (text.trim() === '') return { kind: 'none' }
  try {
    return { kind: 'json', value: JSON.parse(text) }
  } catch {
    // Whoever typed it is told, as a program would be.
    return { kind: 'malformed', type: 'application/json', reason: 'The body is not valid JSON.' }
  }
}

interface Answered {
  readonly operation: Operation
  readonly sent: Incoming
  readonly reply: Reply
}

async function shown(here: Console, entered: EnteredPage, { operation, sent, reply }: Answered): Promise<Reply> {
  const { noun } = operation
  const isGone = operation.task === 'delete' && reply.status === 204
  const id = isGone ? undefined : sent.params['id']
  const entry = id === undefined ? undefined : await seen(here, entered, operation, id)
  const typed = {
    operation,
    content: entered.request.body.kind === 'form' ? entered.request.body.parameters.raw('_content') : undefined,
  }
  const forms = operationsHere(here, operation, id !== undefined)
    .filter((one) => mayHere(entered, one, entry))
    .map((one) => formOf(here, one, entry?.row, reply.status >= 400 ? typed : undefined))
  const page = entry === undefined ? nounPath(noun) : entryPath(noun, entry.row)
  const links = operation.task === 'list' ? linksOf(operation, sent, reply) : []
  return browsed(here, entered, { sent, reply }, { forms, page, links })
}

/** The rows of a page of a list, and the pages beside it. */
function linksOf({ noun, path }: Operation, sent: Incoming, { body }: Reply): readonly ApiLink[] {
  const answer: unknown = typeof body === 'string' ? JSON.parse(body) : undefined
  if (typeof answer !== 'object' || answer === null) return []
  const place = (name: 'next' | 'previous'): string | undefined => {
    const value: unknown = Object.entries(answer).find(([own]) => own === name)?.[1]
    return typeof value === 'string' ? value : undefined
  }
  const beside = (rel: 'next' | 'prev', cursor: string | undefined): readonly ApiLink[] => {
    if (cursor === undefined) return []
    const query = new URLSearchParams(sent.url.slice(sent.path.length))
    query.delete('after')
    query.delete('before')
    query.set(rel === 'next' ? 'after' : 'before', cursor)
    return [{ label: rel, rel, href: `${path}?${query.toString()}` }]
  }
  const items: unknown = 'items' in answer ? answer.items : []
  const rows = (Array.isArray(items) ? items : []).flatMap((item: unknown): readonly ApiLink[] => {
    const id: unknown = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined
    const isId = typeof id === 'string' || typeof id === 'number'
    return isId ? [{ label: `${noun.name}/${id}`, href: `${path}/${encodeURIComponent(id)}` }] : []
  })
  return [...beside('prev', place('previous')), ...beside('next', place('next')), ...rows]
}

interface Seen {
  readonly row: Entry
  readonly isOwn: boolean
}

async function seen(here: Console, { asked }: EnteredPage, { noun }: Operation, id: string): Promise<Seen | undefined> {
  const { database } = here.context
  const own = noun.owner && (await findEntry(database, noun, id, asked.actor.id))
  const isAll = own === undefined && reachOf(asked.actor, noun, 'view') === 'all'
  const entry = isAll ? await findEntry(database, noun, id, undefined) : own
  // What stands in a form is what is stored, to the last field: it is what will be stored.
  const [row] = entry === undefined ? [] : await completed(deskOf(here, noun), [entry])
  return row && { row, isOwn: own !== undefined }
}

/** What can be sent at all to this list, or to this row. */
function operationsHere({ operations }: Console, { noun }: Operation, isOfRow: boolean): readonly Operation[] {
  return [...operations.values()].filter(
    (one) => one.surface === 'api' && one.noun === noun && one.method !== 'GET' && one.path.includes(':id') === isOfRow,
  )
}

function mayHere({ asked }: EnteredPage, { noun, verb, act, path }: Operation, entry: Seen | undefined): boolean {
  const reach = reachOf(asked.actor, noun, verb)
  if (!path.includes(':id')) return reach !== 'none'
  if (entry === undefined || act?.when?.(entry.row.values) === false) return false
  return reach === 'all' || (reach === 'own' && entry.isOwn)
}

interface Typed {
  readonly operation: Operation
  readonly content: string | undefined
}

function formOf(here: Console, operation: Operation, row: Entry | undefined, typed: Typed | undefined): ApiForm {
  const { noun, method, path, act, task } = operation
  const fields = writableFields(operation)
  const isAgain = typed?.operation === operation && fields.every(({ kind }) => kind !== 'password')
  const reason = here.settings.reasonRequired ? { [reasonName]: '' } : {}
  const example = task === 'act-on-many' ? { ids: [] } : exampleOf(fields, task === 'change' ? row?.values : undefined)
  return {
    method,
    action: path.replace(':id', encodeURIComponent(row?.id ?? '')),
    task,
    noun: noun.one,
    act,
    isDanger: act?.isDanger === true || task === 'delete',
    version: task === 'change' ? row?.version : undefined,
    content: (isAgain ? typed.content : undefined) ?? JSON.stringify({ ...example, ...reason }, null, 2),
    isOpen: isAgain,
  }
}

interface Around {
  readonly forms: readonly ApiForm[]
  readonly links: readonly ApiLink[]
  /** Where the console shows the same. */
  readonly page: string
}

function browsed(
  here: Console,
  entered: EnteredPage,
  { sent, reply }: Pick<Answered, 'sent' | 'reply'>,
  { forms, links, page }: Around,
): Reply {
  const headers = shownHeaders.flatMap((name) => {
    const value = reply.headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  const markup = apiPage(pageContext(here.context, entered.visitor), {
    frame: { nouns: visibleNouns(here, entered.asked.actor) },
    response: {
      title: sent.path,
      method: sent.method,
      path: sent.url,
      status: reply.status,
      reason: reasonOf(reply.status),
      allowedMethods: [
        'GET',
        ...new Set(forms.filter(({ action }) => action === sent.path).map(({ method }) => method)),
      ],
      headers: Object.fromEntries(headers),
      value: typeof reply.body === 'string' && reply.body !== '' ? JSON.parse(reply.body) : undefined,
    },
    forms,
    links,
    page,
    reference: `${apiRoot}/reference/`,
  })
  // A page has a body, whatever the answer had.
  const framed = pageReply(here, entered, markup, reply.status === 204 ? 200 : reply.status)
  return withHeaders(framed, { vary: 'Accept' })
}

/** What belongs to no noun and has no forms: to a browser it is a page. */
export async function answerCommon(
  here: Console,
  request: Incoming,
  answer: (entered: Entered) => Promise<Reply>,
): Promise<Reply> {
  if (!isBrowsed(request)) return answer(await enterApi(here, request))
  const entered = await enterPage(here, request, request.url)
  if ('status' in entered) return entered
  const reply = await answer(entered)
  return browsed(here, entered, { sent: request, reply }, { forms: [], links: [], page: pageRoot })
}

/** What there is, for whoever asks. */
export async function answerIndex(here: Console, request: Incoming): Promise<Reply> {
  if (!isBrowsed(request)) return indexOf(here, await enterApi(here, request))
  const entered = await enterPage(here, request, request.url)
  if ('status' in entered) return entered
  const reply = indexOf(here, entered)
  const names = visibleNouns(here, entered.asked.actor).map(({ name }) => name)
  const links = [...names, 'overview', 'openapi.json'].map((name) => ({ label: name, href: `${apiRoot}/${name}` }))
  return browsed(here, entered, { sent: request, reply }, { forms: [], links, page: pageRoot })
}
