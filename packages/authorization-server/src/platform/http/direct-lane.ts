// The routes that are asked most stand in front of Fastify: found by their exact spelling, read and answered on Node's own
// messages. Whatever is spelled otherwise (another slash, another method, HEAD) goes Fastify's way to the same route,
// and gets the same answer (direct-lane.test.ts). docs/decisions/0011 has what this saves.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answering } from './answering.ts'
import { readBody } from './body.ts'
import { HttpFault } from './fault.ts'
import { IncomingRequest } from './incoming.ts'
import type { Body, Reply, Route } from './message.ts'
import type { Turn } from './turn.ts'

export interface DirectLaneOptions {
  readonly routes: readonly Route[]
  readonly answering: Answering
  readonly bodyLimitBytes: number
  readonly addressOf: (raw: IncomingMessage) => string
  readonly turn: Turn
}

/** Takes the request and answers it, or returns false. */
export type DirectLane = (raw: IncomingMessage, response: ServerResponse) => boolean

export function createDirectLane(options: DirectLaneOptions): DirectLane {
  const byPath = new Map<string, Map<string, Route>>()
  for (const route of options.routes.filter(({ direct }) => direct)) {
    for (const path of spellingsOf(route.path)) {
      const methods = byPath.get(path) ?? new Map<string, Route>()
      byPath.set(path, methods.set(route.method, route))
    }
  }
  return (raw, response) => {
    const { url = '', method = '' } = raw
    const at = url.indexOf('?')
    const route = byPath.get(at < 0 ? url : url.slice(0, at))?.get(method)
    if (route === undefined) return false
    if (method === 'GET') options.turn.handle(() => void serve(options, route, raw, response, undefined))
    else collect(options, route, raw, response)
    return true
  }
}

function spellingsOf(path: string): readonly string[] {
  return path.endsWith('/') && path.length > 1 ? [path, path.slice(0, -1)] : [path]
}

function collect(options: DirectLaneOptions, route: Route, raw: IncomingMessage, response: ServerResponse): void {
  const { bodyLimitBytes } = options
  const parts: Buffer[] = []
  let length = 0
  const refuse = (): void => {
    raw.removeAllListeners('data').removeAllListeners('end')
    void refuseLarge(options, route, raw, response)
  }
  if (Number(raw.headers['content-length'] ?? 0) > bodyLimitBytes) return refuse()
  raw.on('data', (part: Buffer) => {
    length += part.length
    if (length > bodyLimitBytes) refuse()
    else parts.push(part)
  })
  raw.on('end', () => {
    const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts)
    options.turn.handle(() => void serve(options, route, raw, response, bytes))
  })
}

async function serve(
  { answering, addressOf, turn }: DirectLaneOptions,
  route: Route,
  raw: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer | undefined,
): Promise<void> {
  const read = readBody(raw.headers['content-type'], bytes)
  const body = read instanceof Promise ? await read : read
  const request = new IncomingRequest({ raw, body, remoteAddress: addressOf(raw) })
  const reply = await answering.answer(route, request)
  turn.answer(() => write(response, answering, reply))
}

async function refuseLarge(
  { answering, addressOf }: DirectLaneOptions,
  route: Route,
  raw: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body: Body = { kind: 'none' }
  const request = new IncomingRequest({ raw, body, remoteAddress: addressOf(raw) })
  const reply = await answering.refuse(route, tooLarge(), request)
  // What the sender still sends is not read: the connection cannot be used again.
  write(response, answering, { ...reply, headers: { ...reply.headers, connection: 'close' } })
}

export function tooLarge(cause?: unknown): HttpFault {
  return new HttpFault('too-large', 'The request body is too large.', { cause })
}

/** As text where that is possible: Node then writes head and body in one piece. */
function write(response: ServerResponse, answering: Answering, reply: Reply): void {
  const { body, status } = reply
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
  response.writeHead(status, answering.headersOf(reply, length))
  if (typeof body !== 'string') response.end(body)
  // Every character is one byte, which is what latin1 is fastest at.
  else response.end(body, length === body.length ? 'latin1' : 'utf8')
}
