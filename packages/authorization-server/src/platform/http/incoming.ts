// A request as our value, over the message that Node read. Most members are computed when somebody first asks for them:
// few endpoints look at the query and the cookies both.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { parseCookie } from 'cookie'
import type { Body, Incoming } from './message.ts'
import { MalformedForm, Parameters, parseForm } from './parameters.ts'

const noParams: Readonly<Record<string, string>> = Object.freeze({})
const noCookies: Readonly<Record<string, string>> = Object.freeze({})

export interface IncomingParts {
  readonly raw: IncomingMessage
  readonly body: Body
  readonly remoteAddress: string
  /** What the router found in the path. */
  readonly params?: unknown
}

export class IncomingRequest implements Incoming {
  readonly method: string
  readonly url: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  readonly body: Body
  readonly remoteAddress: string
  #query: Parameters | undefined
  #queryFault: string | undefined
  #cookies: Readonly<Record<string, string | undefined>> | undefined

  constructor({ raw, body, remoteAddress, params }: IncomingParts) {
    const { method = 'GET', url = '/' } = raw
    const at = url.indexOf('?')
    this.method = method === 'HEAD' ? 'GET' : method
    this.url = url
    this.path = at < 0 ? url : url.slice(0, at)
    this.params = params === undefined ? noParams : paramsOf(params)
    this.headers = raw.headers
    this.body = body
    this.remoteAddress = remoteAddress
  }

  get query(): Parameters {
    this.#query ??= this.#readQuery()
    return this.#query
  }

  get queryFault(): string | undefined {
    this.#query ??= this.#readQuery()
    return this.#queryFault
  }

  get cookies(): Readonly<Record<string, string | undefined>> {
    const { cookie } = this.headers
    this.#cookies ??= cookie === undefined ? noCookies : parseCookie(cookie)
    return this.#cookies
  }

  #readQuery(): Parameters {
    if (this.url.length <= this.path.length + 1) return Parameters.empty
    try {
      return parseForm(this.url.slice(this.path.length + 1))
    } catch (error) {
      if (!(error instanceof MalformedForm)) throw error
      this.#queryFault = error.message
      return Parameters.empty
    }
  }
}

/** The router's parameters are texts; what else could stand there is left out. */
function paramsOf(params: unknown): Readonly<Record<string, string>> {
  if (typeof params !== 'object' || params === null) return noParams
  return Object.fromEntries(
    Object.entries(params).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}
