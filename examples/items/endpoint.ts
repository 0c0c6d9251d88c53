// Decides what every address of the API has in common: JSON or a page of it, Allow and Vary, and refusals in one form.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fieldOf, type Fields } from './fields.ts'
import { wantedFormat } from './negotiation.ts'
import type { Html } from './pages/html.ts'
import { methodNotAllowed, notFound, Refusal } from './refusal.ts'

export interface Answer {
  readonly status: number
  readonly value: unknown
  /** What the form sent. */
  readonly typed: Fields
}

export interface Endpoint {
  readonly title: string
  readonly lead: string
  readonly methods: readonly string[]
  /** True for what new clients should not use. */
  readonly isLegacy?: boolean
  /** What a browser is offered under the answer. */
  readonly forms: (answer: Answer) => Html | undefined
}

declare module 'fastify' {
  interface FastifyContextConfig {
    endpoint?: Endpoint
  }
}

const everyMethod = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

export function allowOf({ methods }: Endpoint): string {
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
}

/** Which of the two a request wants; decided before anybody is asked who they are. */
export function formatOf(request: FastifyRequest): 'json' | 'page' | undefined {
  const format = fieldOf(request.query, 'format')
  return wantedFormat(request.headers.accept, typeof format === 'string' ? format : undefined)
}

/** Answers what no handler of the endpoint answers: other methods, OPTIONS, formats that it does not have. */
export function completeEndpoint(
  app: FastifyInstance,
  url: string,
  endpoint: Endpoint,
  guard: object,
  handled: readonly string[] = endpoint.methods,
): void {
  const shared = { url, config: { endpoint }, ...guard }
  app.route({ ...shared, method: 'OPTIONS', handler: () => describe(endpoint) })
  const others = everyMethod.filter((method) => !handled.includes(method))
  app.route({
    ...shared,
    method: others,
    handler(request) {
      throw methodNotAllowed(request.method, allowOf(endpoint))
    },
  })
}

function describe({ title, lead }: Endpoint): unknown {
  return {
    name: title,
    description: lead,
    renders: ['application/json', 'text/html'],
    parses: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
  }
}

/** Refuses formats that an endpoint does not have, before its guard is asked. */
export async function negotiate(request: FastifyRequest): Promise<void> {
  if (request.routeOptions.config.endpoint === undefined || formatOf(request) !== undefined) return
  if (fieldOf(request.query, 'format') !== undefined) throw notFound()
  throw new Refusal(406, 'Could not satisfy the request Accept header.')
}

/** What handlers, parsers and Fastify itself throw, as the API says it. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof Refusal) return reply.code(error.status).headers(error.headers).send(error.body)
  const statusCode = fieldOf(error, 'statusCode')
  if (fieldOf(error, 'code') === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const type = request.headers['content-type'] ?? ''
    return reply.code(415).send({ detail: `Unsupported media type "${type}" in request.` })
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return reply.code(statusCode).send({ detail: error instanceof Error ? error.message : 'Malformed request.' })
  }
  console.error(error)
  return reply.code(500).send({ detail: 'Something went wrong on our side.' })
}
