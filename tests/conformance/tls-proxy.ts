// TLS in front of the server, as an operator would have it: a proxy that says whose request it is, and changes nothing - unless a
// test wants to see that a damaged answer is noticed.
import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Identity } from './certificate.ts'

export interface Passing {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What a worse server would do. */
export interface Damage {
  /** The path and query that it reads in the place of what was sent. */
  readonly reads?: (url: string) => string
  /** What it answers in the place of what was answered. */
  readonly answers?: (passing: Passing) => Passing | Promise<Passing>
}

export interface TlsProxy {
  readonly port: number
  /** Where requests go from now on. */
  lead(port: number): void
  /** From now on the server is as bad as that; undefined makes it good again. */
  damage(damage: Damage | undefined): void
  close(): Promise<void>
}

export async function startTlsProxy({ key, certificate }: Identity): Promise<TlsProxy> {
  const agent = new Agent({ keepAlive: true })
  let target = 0
  let damage: Damage | undefined
  const server = createServer({ key, cert: certificate }, (incoming, response) => {
    const { answers, reads = (url: string): string => url } = damage ?? {}
    pass(agent, target, incoming, reads(incoming.url ?? '/'))
      .then((answer) => (answers === undefined ? relay(answer, response) : change(answers, incoming, answer, response)))
      .catch((error: unknown) => response.writeHead(502).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port could be had.')
  return {
    port: address.port,
    lead(port) {
      target = port
    },
    damage(next) {
      damage = next
    },
    async close() {
      agent.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function pass(agent: Agent, port: number, incoming: IncomingMessage, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      agent,
      host: 'localhost',
      port,
      method: incoming.method ?? 'GET',
      path,
      headers: { ...incoming.headers, 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' },
    })
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    incoming.pipe(outgoing)
  })
}

function relay(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers))
  answer.pipe(response)
}

async function change(
  answers: NonNullable<Damage['answers']>,
  { method = 'GET', url = '/' }: IncomingMessage,
  answer: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of answer) parts.push(part as Buffer)
  const body = Buffer.concat(parts).toString()
  const changed = await answers({ method, url, status: answer.statusCode ?? 0, headers: answer.headers, body })
  response.writeHead(changed.status, {
    ...withoutHops(changed.headers),
    'content-length': Buffer.byteLength(changed.body),
  })
  response.end(changed.body)
}

/** RFC 9110 §7.6.1: of this connection alone. */
function withoutHops(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const hops = new Set(['connection', 'keep-alive', 'transfer-encoding'])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hops.has(name)))
}
