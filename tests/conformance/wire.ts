// HTTPS as a relying party and a browser speak it: certificates are checked, names lead to this machine, redirects are answers.
import assert from 'node:assert/strict'
import { Agent, request } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import type { LookupFunction } from 'node:net'

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A form, or text of the type that the headers name. */
  readonly body?: URLSearchParams | string
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Wire {
  send(url: string, sent?: Sent): Promise<Answered>
  close(): void
}

/** Every name leads to this machine: whose certificate does not hold it is refused all the same. */
const toLoopback: LookupFunction = (_name, options, callback) => {
  if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }])
  else callback(null, '127.0.0.1', 4)
}

/** @param certificate the only root that is trusted, in PEM */
export function openWire(certificate: string): Wire {
  const agent = new Agent({ keepAlive: true, ca: certificate, lookup: toLoopback, maxSockets: 8 })
  return {
    send: (url, sent = {}) => exchange(agent, url, sent),
    close: () => agent.destroy(),
  }
}

function exchange(agent: Agent, url: string, { method, headers = {}, body }: Sent): Promise<Answered> {
  if (!url.startsWith('https://')) throw new Error(`${url} is no https address.`)
  const form = body instanceof URLSearchParams ? { 'content-type': 'application/x-www-form-urlencoded' } : {}
  const payload = body?.toString()
  const length = payload === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      agent,
      method: method ?? (payload === undefined ? 'GET' : 'POST'),
      headers: { ...form, ...length, ...headers },
    })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
        }),
      )
    })
    outgoing.end(payload)
  })
}

/** The members of an answer that must be JSON. */
export function jsonOf({ status, headers, body }: Answered): Readonly<Record<string, unknown>> {
  const type = headers['content-type'] ?? ''
  assert.match(type, /^application\/json(;|$)/, `${status} came as ${type}: ${body.slice(0, 200)}`)
  const value: unknown = JSON.parse(body)
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), body)
  return { ...value }
}
