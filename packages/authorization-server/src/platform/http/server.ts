// Fastify behind our value objects: it speaks HTTP and finds the route; everything a route sees is an Incoming.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { fastifyCookie } from '@fastify/cookie'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { readBody } from './body.ts'
import type { Drain } from './drain.ts'
import type { Admission } from '../limits/index.ts'
import { HttpFault } from './fault.ts'
import type { Body, Face, Incoming, Method, Reply, Route, Work } from './message.ts'
import { MalformedForm, Parameters, parseForm } from './parameters.ts'
import { withHeaders } from './reply.ts'
import { baseHeaders, transportSecurity } from './security-headers.ts'
import { answerUnreadable, unreadableFault, unreadableRequest } from './unreadable.ts'

export interface HttpServerOptions {
  readonly routes: readonly Route[]
  /** The face of what no route claims. */
  readonly fallbackFace: Face
  /** Records a failure and returns the incident id under which it can be found. */
  readonly report: (error: unknown, request: Incoming) => string
  readonly bodyLimitBytes: number
  /** Addresses and ranges of proxies whose X-Forwarded-For is believed; none by default. */
  readonly trustedProxies: readonly string[]
  /** Whether the public address is https: adds Strict-Transport-Security. */
  readonly secure: boolean
  readonly drain: Drain
  /** Which work is taken while the server is busy. */
  readonly admission: Admission<Work>
}

/** We validate and serialize ourselves; without this Fastify would load its two compilers, and with them 10 MB. */
const noSchemas = {
  compilersFactory: {
    buildValidator: () => () => {
      throw new Error('Routes declare no schemas.')
    },
    buildSerializer: () => () => {
      throw new Error('Routes declare no schemas.')
    },
  },
}

/** A whole request must have arrived by then: a sender who never ends one would hold a connection for nothing. */
const longestRequestMs = 30_000

export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const fallback = { face: options.fallbackFace }
  const app = Fastify({
    logger: false,
    bodyLimit: options.bodyLimitBytes,
    requestTimeout: longestRequestMs,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1_024, querystringParser: () => ({}) },
    return503OnClosing: false,
    schemaController: noSchemas,
    clientErrorHandler: (error, socket) => refuseUnreadable(options, error, socket),
    frameworkErrors: (error, request, reply) => void answerFailure(options, fallback, error, request, reply),
  })
  await app.register(fastifyCookie)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const paths = byPath(options.routes)
  app.setNotFoundHandler(async (request, reply) => {
    // Methods that Fastify does not route, such as TRACE, end here, at addresses that exist as well.
    const claimed = claimedBy(paths, request.url)
    const fault =
      claimed === undefined ? new HttpFault('not-found', 'There is nothing at this address.') : refusedMethod(claimed)
    await answerFailure(options, claimed?.[0] ?? fallback, fault, request, reply)
  })
  app.setErrorHandler(async (error, request, reply) => answerFailure(options, fallback, error, request, reply))
  for (const [path, routes] of paths) mountPath(app, path, routes, options)
  return app
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  return Map.groupBy(routes, (route) => route.path)
}

/** The routes of an address, written with or without its slash. */
function claimedBy(paths: ReadonlyMap<string, readonly Route[]>, url: string): readonly Route[] | undefined {
  const [path = ''] = url.split('?', 1)
  return paths.get(path) ?? paths.get(path.endsWith('/') ? path.slice(0, -1) : `${path}/`)
}

const allMethods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Every method of a known path is answered in that path's face; one that it does not have is 405 with Allow (RFC 9110 §15.5.6). */
function mountPath(app: FastifyInstance, path: string, routes: readonly Route[], options: HttpServerOptions): void {
  const [first] = routes
  if (first === undefined) return
  const refuse: Route['handle'] = () => {
    throw refusedMethod(routes)
  }
  for (const method of allMethods) {
    const route = routes.find((candidate) => candidate.method === method) ?? { ...first, method, handle: refuse }
    app.route({
      method,
      url: path,
      exposeHeadRoute: method === 'GET',
      errorHandler: async (error, request, reply) => answerFailure(options, route, error, request, reply),
      handler: async (request, reply) => {
        const incoming = await toIncoming(request)
        try {
          send(reply, await admitted(route, incoming, options.admission), options)
        } catch (error) {
          await answerFailure(options, route, error, request, reply, incoming)
        }
        return reply
      },
    })
  }
}

/** Beyond its class's bounds a request is refused before any of its work is done. */
async function admitted(route: Route, request: Incoming, admission: Admission<Work>): Promise<Reply> {
  const work = workOf(route, request)
  if (!admission.enter(work)) {
    throw new HttpFault('busy', 'The server is busy. Try again shortly.', {
      headers: { 'retry-after': '1' },
      detail: { rule: 'overload' },
    })
  }
  try {
    return await route.handle(request)
  } finally {
    admission.leave(work)
  }
}

function workOf({ method, work }: Route, request: Incoming): Work {
  if (work === undefined) return method === 'OPTIONS' ? 'public' : 'page'
  return typeof work === 'function' ? work(request) : work
}

function refusedMethod(routes: readonly Route[]): HttpFault {
  const allow = [...routes.map((route) => route.method), ...(routes.some((r) => r.method === 'GET') ? ['HEAD'] : [])]
  return new HttpFault('method-not-allowed', 'This address does not take that method.', {
    headers: { allow: allow.join(', ') },
  })
}

async function answerFailure(
  options: HttpServerOptions,
  route: Pick<Route, 'face' | 'finishRefusal'>,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  known?: Incoming,
): Promise<FastifyReply> {
  const incoming = known ?? (await toIncoming(request))
  const failure = asFault(error)
  const incident = options.report(failure, incoming)
  const refusal = withHeaders(route.face({ error: failure, incident }, incoming), { 'latchkey-incident': incident })
  send(reply, (await route.finishRefusal?.(refusal, incoming)) ?? refusal, options)
  return reply
}

function refuseUnreadable(options: HttpServerOptions, error: Error & { readonly code: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const request = unreadableRequest(socket)
  const fault = unreadableFault(error)
  const incident = options.report(fault, request)
  const refusal = withHeaders(options.fallbackFace({ error: fault, incident }, request), {
    ...baseHeaders,
    ...(options.secure ? transportSecurity : {}),
    'latchkey-incident': incident,
  })
  answerUnreadable(socket, error.code, refusal)
}

/** Fastify's own refusals in our words. */
function asFault(error: unknown): unknown {
  if (!(error instanceof Error) || !('statusCode' in error)) return error
  switch (error.statusCode) {
    case 413:
      return new HttpFault('too-large', 'The request body is too large.', { cause: error })
    case 415:
      return new HttpFault('unsupported-media-type', 'The body has a media type that is not taken here.', {
        cause: error,
      })
    case 404:
      return new HttpFault('not-found', 'There is nothing at this address.', { cause: error })
    default:
      return typeof error.statusCode === 'number' && error.statusCode < 500
        ? new HttpFault('bad-request', 'The request is malformed.', { cause: error })
        : error
  }
}

async function toIncoming(request: FastifyRequest): Promise<Incoming> {
  const url = request.raw.url ?? '/'
  const at = url.indexOf('?')
  const query = readQuery(at < 0 ? '' : url.slice(at + 1))
  return {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    path: at < 0 ? url : url.slice(0, at),
    url,
    ...query,
    params: paramsOf(request.params),
    headers: request.headers,
    cookies: request.cookies ?? {},
    body: await bodyOf(request.raw, request.body),
    remoteAddress: request.ip,
  }
}

/** The router's parameters are texts; what else could stand there is left out. */
function paramsOf(params: unknown): Readonly<Record<string, string>> {
  if (typeof params !== 'object' || params === null) return {}
  return Object.fromEntries(
    Object.entries(params).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}

function readQuery(text: string): Pick<Incoming, 'query' | 'queryFault'> {
  try {
    return { query: parseForm(text) }
  } catch (error) {
    if (error instanceof MalformedForm) return { query: Parameters.empty, queryFault: error.message }
    throw error
  }
}

async function bodyOf(raw: IncomingMessage, body: unknown): Promise<Body> {
  return readBody(raw.headers['content-type'], body instanceof Uint8Array ? body : undefined)
}

function send(reply: FastifyReply, answer: Reply, { secure, drain }: HttpServerOptions): void {
  reply.code(answer.status)
  reply.headers(baseHeaders)
  if (secure) reply.headers(transportSecurity)
  for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value)
  if (drain.isDraining) reply.header('connection', 'close')
  // As bytes: Fastify would add a charset to a JSON text, and `application/json` has none (RFC 8259 §11).
  // Nothing at all for an empty body: it would write null as JSON.
  reply.send(answer.body.length === 0 ? undefined : Buffer.from(answer.body))
}
