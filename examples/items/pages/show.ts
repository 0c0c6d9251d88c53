// Sends pages: those of handlers, and the page that stands for an answer of the API where a browser asked.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { allowOf, formatOf } from '../endpoint.ts'
import { fieldsOf } from '../bodies.ts'
import { textOf } from '../fields.ts'
import { wantedFormat } from '../negotiation.ts'
import type { Visitor, Visitors } from '../staff/visitors.ts'
import { browsablePage, refusalPage } from './browsable.ts'
import { layout, type Page, pageHeaders, type Viewer } from './layout.ts'

export interface Stage {
  show(request: FastifyRequest, reply: FastifyReply, page: Page, status?: number): Promise<FastifyReply>
  /** The onSend hook: headers that all answers have, and the page for a browser. */
  finish(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown>
}

export function createStage(visitors: Visitors, issuer: string): Stage {
  const headers = pageHeaders(issuer)
  const draw = async (request: FastifyRequest, page: Page): Promise<string> =>
    layout(page, viewerOf(await visitors.of(request)))

  async function finish(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    const { endpoint } = request.routeOptions.config
    const isJson = /\bjson\b/.test(String(reply.getHeader('content-type')))
    if (endpoint === undefined) {
      const wantsPage = wantedFormat(request.headers.accept, undefined) === 'page'
      if (!isJson || reply.statusCode < 400 || !wantsPage || typeof payload !== 'string') return payload
      const detail = textOf(JSON.parse(payload), 'detail')
      reply.headers(headers)
      const viewer = viewerOf(await visitors.of(request))
      return layout(refusalPage(reply.statusCode, detail, viewer?.name), viewer)
    }
    reply.header('allow', allowOf(endpoint))
    const vary = reply.getHeader('vary')
    reply.header('vary', vary === undefined ? 'Accept' : `${String(vary)}, Accept`)
    reply.header('x-content-type-options', 'nosniff')
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    if (endpoint.isLegacy === true) reply.header('link', '</#tokens>; rel="deprecation"; type="text/html"')
    if (!isJson || typeof payload !== 'string') return payload
    if (formatOf(request) !== 'page') {
      reply.header('content-type', 'application/json')
      return payload
    }
    const shown = ['WWW-Authenticate', 'Retry-After'].flatMap((name) => {
      const value = reply.getHeader(name)
      return value === undefined ? [] : [[name, String(value)] as const]
    })
    reply.headers(headers)
    const visitor = await visitors.of(request)
    const answer = {
      endpoint,
      method: request.method,
      url: request.url,
      headers: shown,
      status: reply.statusCode,
      value: JSON.parse(payload) as unknown,
      typed: fieldsOf(request.body),
      isSignedIn: visitor !== undefined,
    }
    return layout(browsablePage(answer), viewerOf(visitor))
  }

  return {
    async show(request, reply, page, status = 200) {
      return reply
        .code(status)
        .headers(headers)
        .send(await draw(request, page))
    },
    finish,
  }
}

function viewerOf(visitor: Visitor | undefined): Viewer | undefined {
  if (visitor === undefined) return undefined
  const { user, isStaff, formToken, signOut } = visitor
  return { name: user.email ?? user.username ?? `User ${user.id}`, isStaff, formToken, signOut }
}
