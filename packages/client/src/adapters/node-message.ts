// What Node's requests and responses have in common, as far as the adapters use it; structural, so that no Node type is
// needed and every version of a framework fits.

import type { LoginRequest } from '../request.ts'
import { formOf } from '../request.ts'

/**
 * Headers as Node parses them.
 * @example
 * import type { NodeHeaders } from '@latchkey/client/express'
 * const headers: NodeHeaders = { cookie: 'a=b' }
 */
export type NodeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The part of Node's request that is used.
 * @example
 * import type { IncomingMessage } from 'node:http'
 * import type { NodeRequest } from '@latchkey/client/express'
 * const same = (request: IncomingMessage): NodeRequest => request
 */
export interface NodeRequest extends AsyncIterable<unknown> {
  readonly headers: NodeHeaders
  readonly socket?: object | null
  readonly readableEnded?: boolean
}

/**
 * The part of Node's response that is used.
 * @example
 * import type { ServerResponse } from 'node:http'
 * import type { NodeResponse } from '@latchkey/client/express'
 * const same = (response: ServerResponse): NodeResponse => response
 */
export interface NodeResponse {
  getHeader(name: string): number | string | readonly string[] | undefined
  setHeader(name: string, value: string | string[]): unknown
  writeHead(status: number, ...rest: unknown[]): { end(body: string): unknown }
}

const MOST_FORM_BYTES = 65_536

/** The core's view of a Node request. @param body what a body parser has made of it already */
export function loginRequest(message: NodeRequest, method: string, url: string, body: unknown): LoginRequest {
  const isEncrypted = message.socket !== undefined && message.socket !== null && 'encrypted' in message.socket
  const header = (name: string): string | undefined => {
    // HTTP/2 has the host under another name (RFC 9113 §8.3.1).
    const value = message.headers[name] ?? (name === 'host' ? message.headers[':authority'] : undefined)
    return typeof value === 'string' || value === undefined ? value : value.join(', ')
  }
  return {
    method,
    url,
    scheme: isEncrypted ? 'https' : 'http',
    header,
    form: async () => parsedForm(body) ?? formOf(header('content-type'), await textOf(message)),
  }
}

/** The form in what a body parser left; undefined when none has run. */
function parsedForm(body: unknown): URLSearchParams | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(body)) {
    for (const one of [value].flat()) if (typeof one === 'string') form.append(name, one)
  }
  return form
}

async function textOf(message: NodeRequest): Promise<string> {
  if (message.readableEnded === true) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const part of message) {
    if (!(part instanceof Uint8Array)) continue
    bytes += part.byteLength
    if (bytes > MOST_FORM_BYTES) return ''
    text += decoder.decode(part, { stream: true })
  }
  return text + decoder.decode()
}

/** Sends a web-standard response through Node's. */
export async function sendResponse(response: NodeResponse, made: Response): Promise<void> {
  const body = await made.text()
  for (const [name, value] of made.headers) if (name !== 'set-cookie') response.setHeader(name, value)
  appendCookies(response, made.headers.getSetCookie())
  response.writeHead(made.status).end(body)
}

/** Adds cookies to those that the app sets. */
export function appendCookies(response: NodeResponse, lines: readonly string[]): void {
  if (lines.length === 0) return
  const known = response.getHeader('set-cookie')
  const before = known === undefined ? [] : [known].flat().map(String)
  response.setHeader('set-cookie', [...before, ...lines])
}

/** What an answer says that sets the cookie of a session: it is nobody else's, whatever the app says of it. RFC 9111 §7.3. */
export const PRIVATE = 'private, no-store'

/** Sets the cookies of a visit, and keeps the answer out of shared caches. */
export function setVisitCookies(response: NodeResponse, lines: readonly string[]): void {
  if (lines.length === 0) return
  appendCookies(response, lines)
  const writeHead = response.writeHead.bind(response)
  // At the last moment, as handlers of files set their own.
  response.writeHead = (status, ...rest) => {
    response.setHeader('cache-control', PRIVATE)
    return writeHead(status, ...rest)
  }
}

/** The `Vary` of an answer with one more name in it. */
export function withVary(known: unknown, name: string): string {
  const text = typeof known === 'string' ? known : Array.isArray(known) ? known.join(', ') : ''
  const names = text.split(',').map((one) => one.trim())
  if (names.some((one) => one.toLowerCase() === name.toLowerCase() || one === '*')) return text
  return text === '' ? name : `${text}, ${name}`
}
