// Decides what every address of this example has in common: JSON for programs, a page with forms for browsers, the methods
// that it takes, and refusals as Django REST framework writes them. RFC 9110 §12.5.1, §15.5.6.
import { STATUS_CODES } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { fieldsOf } from './bodies.ts'
import { asFields, fieldOf, type Fields } from './fields.ts'
import { wantedFormat } from './negotiation.ts'
import type { HtmlValue } from './pages/html.ts'
import { pageHeaders, viewPage } from './pages/layout.ts'
import { methodNotAllowed, notFound, Refusal } from './refusal.ts'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof methods)[number]

export interface Call {
  readonly fields: Fields
  /** The part of the path that names one thing. */
  readonly id: string
  readonly address: string
}

export interface Answer {
  readonly status: number
  /** Undefined for an empty body. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What a page is made of: the answer that a program would have got, and who looks at it. */
export interface Shown {
  readonly method: string
  readonly path: string
  readonly id: string
  /** Undefined where a browser only opens the form of an address that takes POST. */
  readonly answer: { readonly status: number; readonly value: unknown } | undefined
  /** The fields that came with it. */
  readonly sent: Fields
  readonly person: Person | undefined
  /** Name and port of this example, for commands. */
  readonly host: string
}

export interface Person {
  readonly username: string | undefined
}

/** One address. */
export interface View {
  readonly path: string
  readonly title: string
  readonly lead: string
  readonly methods: Partial<Readonly<Record<Method, (call: Call) => Promise<Answer> | Answer>>>
  /** What stands below the answer: forms, links. */
  readonly below: (shown: Shown) => HtmlValue
  /** Where a browser goes once the thing is gone. */
  readonly parent?: string
}

export interface Around {
  readonly app: FastifyInstance
  readonly publicUrl: string
  readonly whoLooks: (cookie: string | undefined) => Promise<Person | undefined>
}

/** What a request brought, for the form that shows it again. */
const sent = new WeakMap<FastifyRequest, Fields>()

/** Serves a view behind a guard. */
export function serve({ app, publicUrl, whoLooks }: Around, view: View, guard: RouteShorthandOptions): void {
  const names = methods.filter((method) => view.methods[method] !== undefined)
  const allow = [...names, ...(names.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  const onSend = async (request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> => {
    reply.header('allow', allow).header('x-content-type-options', 'nosniff')
    vary(reply, 'Accept, Cookie')
    if (!wantsPage(request) || reply.statusCode === 303) return payload
    const isForm = (request.method === 'GET' || request.method === 'HEAD') && view.methods.GET === undefined
    if (isForm) reply.code(200)
    const shown: Shown = {
      method: request.method,
      path: pathOf(request),
      id: idOf(request),
      answer: isForm ? undefined : { status: reply.statusCode, value: valueOf(payload) },
      sent: sent.get(request) ?? {},
      host: new URL(publicUrl).host,
      person: await whoLooks(request.headers.cookie),
    }
    reply.headers(pageHeaders)
    return viewPage(view, shown, linesOf(reply)).text
  }
  for (const method of [...methods, 'OPTIONS'] as const) {
    app.route({
      ...guard,
      method,
      url: view.path,
      onSend,
      handler: async (request, reply) => {
        const answer = await answerTo(view, request, allow).catch(refused)
        reply.code(answer.status).headers({ 'cache-control': 'no-store', ...answer.headers })
        if (answer.body === undefined) return reply.send()
        // As bytes: Fastify would add a charset, which `application/json` does not have (RFC 8259 §11).
        return reply.header('content-type', 'application/json').send(Buffer.from(JSON.stringify(answer.body)))
      },
    })
  }
}

async function answerTo(view: View, request: FastifyRequest, allow: string): Promise<Answer> {
  if (wanted(request) === undefined) {
    if (formatOf(request) !== undefined) throw notFound()
    throw new Refusal(406, 'Could not satisfy the request Accept header.')
  }
  if (request.method === 'OPTIONS') return { status: 200, body: describe(view) }
  if (request.method !== 'GET' && request.method !== 'HEAD') refuseOtherSites(request)
  const fields = await fieldsOf(request)
  sent.set(request, fields)
  const method = methodOf(view, request.method, fields)
  const handle = method && view.methods[method]
  if (handle === undefined) throw methodNotAllowed(request.method, allow)
  const answer = await handle({ fields, id: idOf(request), address: request.ip })
  const isGone = answer.status === 204 && wantsPage(request) && view.parent !== undefined
  return isGone ? { status: 303, headers: { location: view.parent ?? '/' } } : answer
}

/** A form can only POST: on addresses that take no POST, the field `_method` says what it means. */
function methodOf(view: View, requested: string, fields: Fields): Method | undefined {
  const isForm = requested === 'POST' && view.methods.POST === undefined
  const meant = isForm ? fieldOf(fields, '_method') : requested === 'HEAD' ? 'GET' : requested
  return methods.find((method) => method === meant)
}

/** A form on another site must not act here. OWASP CSRF prevention, "Fetch Metadata". */
function refuseOtherSites({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site']
  if (headers.authorization === undefined && (site === 'cross-site' || site === 'same-site')) {
    throw new Refusal(403, 'CSRF Failed: the request comes from another site.')
  }
}

function refused(error: unknown): Answer {
  if (error instanceof Refusal) return { status: error.status, body: error.body, headers: error.headers }
  console.error(error)
  return { status: 500, body: { detail: 'A server error occurred.' } }
}

function describe({ title }: View): object {
  return {
    name: title,
    description: '',
    renders: ['application/json', 'text/html'],
    parses: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
  }
}

function formatOf({ query }: FastifyRequest): string | undefined {
  const format = fieldOf(asFields(query), 'format')
  // Sent twice it is no format that we know.
  return format === undefined || typeof format === 'string' ? format : ''
}

function wanted(request: FastifyRequest): 'json' | 'page' | undefined {
  return wantedFormat(request.headers.accept, formatOf(request))
}

function wantsPage(request: FastifyRequest): boolean {
  return request.method !== 'OPTIONS' && wanted(request) === 'page'
}

function idOf({ params }: FastifyRequest): string {
  const id = fieldOf(asFields(params), 'id')
  return typeof id === 'string' ? id : ''
}

function pathOf({ originalUrl }: FastifyRequest): string {
  return originalUrl.split('?', 1)[0] ?? '/'
}

function valueOf(payload: unknown): unknown {
  const text = payload instanceof Uint8Array ? new TextDecoder().decode(payload) : payload
  return typeof text === 'string' && text !== '' ? JSON.parse(text) : undefined
}

function vary(reply: FastifyReply, more: string): void {
  const known = String(reply.getHeader('vary') ?? '')
  const names = `${known},${more}`.split(',').map((name) => name.trim())
  reply.header('vary', [...new Set(names.filter((name) => name !== ''))].join(', '))
}

/** The head of the answer, as a program would have seen it. */
function linesOf(reply: FastifyReply): readonly string[] {
  const headers = ['allow', 'www-authenticate', 'retry-after', 'vary'].flatMap((name) => {
    const value = reply.getHeader(name)
    return value === undefined ? [] : [`${name}: ${String(value)}`]
  })
  return [`HTTP ${reply.statusCode} ${STATUS_CODES[reply.statusCode] ?? ''}`, ...headers]
}
