// A request that cannot be read as HTTP: Node hands over the bare socket, and it is answered there as any other refusal.
import type { Socket } from 'node:net'
import { HttpFault } from './fault.ts'
import type { Incoming, Reply } from './message.ts'
import { Parameters } from './parameters.ts'
import { reasonOf } from './reason.ts'

/** What can be said of such a request. */
export function unreadableRequest(socket: Socket): Incoming {
  return {
    method: 'GET',
    path: '',
    url: '',
    query: Parameters.empty,
    params: {},
    headers: {},
    cookies: {},
    body: { kind: 'none' },
    remoteAddress: socket.remoteAddress ?? '',
  }
}

export function unreadableFault(cause: Error): HttpFault {
  return new HttpFault('bad-request', 'The request is malformed.', { cause, detail: { rule: 'http-syntax' } })
}

const statuses: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
}

/** Nothing more can be read from the connection, so it ends with the answer. */
export function answerUnreadable(socket: Socket, code: string, reply: Reply): void {
  const status = statuses[code] ?? reply.status
  const body = Buffer.from(reply.body)
  const lines = Object.entries(reply.headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`))
  const head = [
    `HTTP/1.1 ${status} ${reasonOf(status)}`,
    ...lines,
    `content-length: ${body.length}`,
    'connection: close',
  ]
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]))
}
