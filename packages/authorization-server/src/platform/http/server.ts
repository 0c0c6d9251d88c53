// Fastify behind our value objects: it speaks HTTP and finds the route; everything a route sees is an Incoming.
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type Answering, type AnsweringOptions, createAnswering, type Refusing } from './answering.ts'
import { readBody } from './body.ts'
import { createDirectLane, tooLarge } from './direct-lane.ts'
import { HttpFault } from './fault.ts'
import { IncomingRequest } from './incoming.ts'
import type { Face, Incoming, Method, Reply, Route } from './message.ts'
import { withHeaders } from './reply.ts'
import { baseHeaders, transportSecurity } from './security-headers.ts'
import { createTrustedAddress } from './trusted-address.ts'
import { type AroundTurn, createTurn } from './turn.ts'
import { answerUnreadable, unreadableFault, unreadableRequest } from './unreadable.ts'

export interface HttpServerOptions extends AnsweringOptions {
  readonly routes: readonly Route[]
  /** The face of what no route claims. */
  readonly fallbackFace: Face
  readonly bodyLimitBytes: number
  /** Addresses and ranges of proxies whose X-Forwarded-For is believed; none by default. */
  readonly trustedProxies: readonly string[]
  /** Told when the requests that arrived together are handled. */
  readonly aroundTurn?: AroundTurn | undefined
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

interface Desk {
  readonly answering: Answering
  readonly addressOf: (raw: IncomingMessage) => string
}

export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { routes, bodyLimitBytes } = options
  const fallback: Refusing = { face: options.fallbackFace }
  const desk: Desk = { answering: createAnswering(options), addressOf: createTrustedAddress(options.trustedProxies) }
  const paths = byPath(routes)
  const direct = createDirectLane({ routes, bodyLimitBytes, turn: createTurn(options.aroundTurn), ...desk })
  const app = Fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    serverFactory: (handler, { keepAliveTimeout }) => {
      const server = createServer((raw, response) => {
        if (!direct(raw, response)) handler(raw, response)
      })
      server.requestTimeout = longestRequestMs
      if (typeof keepAliveTimeout === 'number') server.keepAliveTimeout = keepAliveTimeout
      return server
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1_024, querystringParser: () => ({}) },
    return503OnClosing: false,
    schemaController: noSchemas,
    clientErrorHandler: (error, socket) => refuseUnreadable(options, error, socket),
    frameworkErrors: (error, request, reply) =>
      void refuse(desk, claimedBy(paths, request.raw.url ?? '')?.[0] ?? fallback, error, request, reply),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setNotFoundHandler(async (request, reply) => {
    // Methods that Fastify does not route, such as TRACE, end here, at addresses that exist as well.
    const claimed = claimedBy(paths, request.url)
    const fault =
      claimed === undefined ? new HttpFault('not-found', 'There is nothing at this address.') : refusedMethod(claimed)
    await refuse(desk, claimed?.[0] ?? fallback, fault, request, reply)
  })
  app.setErrorHandler(async (error, request, reply) => refuse(desk, fallback, error, request, reply))
  for (const [path, routesOfPath] of paths) mountPath(app, path, routesOfPath, desk)
  return app
}

// Not imported as an ES module: see reason.ts.
function createServer(listener: RequestListener): Server {
  return process.getBuiltinModule('node:http').createServer({}, listener)
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  return Map.groupBy(routes, (route) => route.path)
}

/** The routes of an address, written with or without its slash, for a method that the router does not look at. */
function claimedBy(paths: ReadonlyMap<string, readonly Route[]>, url: string): readonly Route[] | undefined {
  const [path = ''] = url.split('?', 1)
  const known = paths.get(path) ?? paths.get(path.endsWith('/') ? path.slice(0, -1) : `${path}/`)
  return known ?? [...paths].find(([pattern]) => pattern.includes(':') && isOf(pattern, path))?.[1]
}

function isOf(pattern: string, path: string): boolean {
  const [wanted, given] = [partsOf(pattern), partsOf(path)]
  const fits = (part: string, at: number): boolean => (part.startsWith(':') ? given[at] !== '' : part === given[at])
  return wanted.length === given.length && wanted.every(fits)
}

function partsOf(path: string): readonly string[] {
  return path.replace(/\/$/, '').split('/')
}

const allMethods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Every method of a known path is answered in that path's face; one that it does not have is 405 with Allow (RFC 9110 §15.5.6). */
function mountPath(app: FastifyInstance, path: string, routes: readonly Route[], desk: Desk): void {
  const [first] = routes
  if (first === undefined) return
  const refuseMethod: Route['handle'] = () => {
    throw refusedMethod(routes)
  }
  const refusing: Route = { ...first, handle: refuseMethod }
  const routeOf = ({ method }: FastifyRequest): Route => {
    const asked = method === 'HEAD' ? 'GET' : method
    return routes.find((route) => route.method === asked) ?? refusing
  }
  // All methods at once: what Fastify keeps for each route was 10 MB, and a tenth of a start.
  app.route({
    method: [...allMethods],
    url: path,
    exposeHeadRoute: true,
    errorHandler: async (error, request, reply) => refuse(desk, routeOf(request), error, request, reply),
    handler: async (request, reply) =>
      send(reply, desk.answering, await desk.answering.answer(routeOf(request), await toIncoming(desk, request))),
  })
}

function refusedMethod(routes: readonly Route[]): HttpFault {
  const allow = [...routes.map((route) => route.method), ...(routes.some((r) => r.method === 'GET') ? ['HEAD'] : [])]
  return new HttpFault('method-not-allowed', 'This address does not take that method.', {
    headers: { allow: allow.join(', ') },
  })
}

async function refuse(
  desk: Desk,
  route: Refusing,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const refusal = await desk.answering.refuse(route, asFault(error), await toIncoming(desk, request))
  return send(reply, desk.answering, refusal)
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
      return tooLarge(error)
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

async function toIncoming({ addressOf }: Desk, { raw, body, params }: FastifyRequest): Promise<Incoming> {
  const read = await readBody(raw.headers['content-type'], Buffer.isBuffer(body) ? body : undefined)
  return new IncomingRequest({ raw, body: read, remoteAddress: addressOf(raw), params })
}

function send(reply: FastifyReply, answering: Answering, answer: Reply): FastifyReply {
  // As bytes: Fastify would add a charset to a JSON text, and `application/json` has none (RFC 8259 §11).
  if (answer.stream !== undefined) return sendStream(reply, answering, answer, answer.stream)
  const body = Buffer.from(answer.body)
  const headers = answering.headersOf(answer, body.length)
  reply.code(answer.status)
  for (let index = 0; index < headers.length; index += 2) reply.header(headers[index] ?? '', headers[index + 1])
  // Nothing at all for an empty body: it would write null as JSON.
  return reply.send(body.length === 0 ? undefined : body)
}

/** Of unknown length: the reader that goes away ends the making of it. */
function sendStream(
  reply: FastifyReply,
  answering: Answering,
  answer: Reply,
  stream: NonNullable<Reply['stream']>,
): FastifyReply {
  const headers = answering.headersOf(answer, 0)
  reply.code(answer.status)
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== 'content-length') reply.header(headers[index] ?? '', headers[index + 1])
  }
  const pieces = Readable.from(stream())
  if (reply.request.method !== 'HEAD') return reply.send(pieces)
  // There is nothing to make: Fastify would run through all of it, as fast as it can. Whoever got it ready is told.
  pieces.destroy()
  return reply.send()
}
