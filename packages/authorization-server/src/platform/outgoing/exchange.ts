// One request over one connection to addresses that were checked: no name is looked up again, no proxy of the environment is used,
// no redirect is followed, no cookie kept, and no connection kept open. RFC 9110 §15.4; OWASP ASVS 5.0 V12.3.2.
import { Agent as PlainAgent, type IncomingMessage, type RequestOptions, request as plainRequest } from 'node:http'
import { Agent as TlsAgent, type RequestOptions as TlsOptions, request as tlsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import type { OutgoingRefused } from './outcome.ts'
import type { Target } from './target.ts'

export interface Exchange {
  readonly target: Target
  /** All of them were checked; no other is connected to. */
  readonly addresses: readonly string[]
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly sent?: string
  /** 0 reads no body. */
  readonly maxBytes: number
  readonly certificates: readonly string[] | undefined
  readonly signal: AbortSignal
}

export interface Answer {
  readonly kind: 'answer'
  readonly status: number
  /** In lower case, without parameters; empty when there is none, or when the body is encoded in a way that was not asked for. */
  readonly mediaType: string
  /** Undefined when it was larger than allowed. */
  readonly body: Uint8Array | undefined
}

export async function exchangeOver(exchange: Exchange): Promise<Answer | OutgoingRefused> {
  try {
    const message = await answerTo(exchange)
    const body = await readWithin(message, exchange.maxBytes)
    return { kind: 'answer', status: message.statusCode ?? 0, mediaType: mediaTypeOf(message), body }
  } catch {
    // Why exactly (a closed port, a certificate, a reset) would tell whoever named the address about our network.
    return { kind: 'refused', fault: exchange.signal.aborted ? 'timeout' : 'unreachable' }
  }
}

function answerTo(exchange: Exchange): Promise<IncomingMessage> {
  const { target, sent, signal } = exchange
  return new Promise((resolve, reject) => {
    const request = target.isTls ? tlsRequest(tlsOptionsOf(exchange)) : plainRequest(optionsOf(exchange))
    request.on('response', resolve)
    request.on('error', reject)
    // 1xx and upgrades are no answers.
    request.on('upgrade', (_message, socket) => socket.destroy())
    signal.addEventListener('abort', () => request.destroy(), { once: true })
    if (signal.aborted) request.destroy()
    request.end(sent)
  })
}

function optionsOf({ target, addresses, method, headers, sent }: Exchange): RequestOptions {
  const length = sent === undefined ? {} : { 'content-length': String(Buffer.byteLength(sent)) }
  return {
    method,
    host: target.host,
    port: target.port,
    path: target.path,
    lookup: pinned(addresses),
    agent: new PlainAgent({ keepAlive: false }),
    maxHeaderSize: 16_384,
    headers: { 'user-agent': 'Latchkey', ...headers, ...length },
  }
}

function tlsOptionsOf(exchange: Exchange): TlsOptions {
  const { certificates, target } = exchange
  return {
    ...optionsOf(exchange),
    agent: new TlsAgent({ keepAlive: false }),
    // Said outright, so that no variable of the environment can switch it off.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(target.isAddress ? {} : { servername: target.host }),
    ...(certificates === undefined ? {} : { ca: [...rootCertificates, ...certificates] }),
  }
}

/** The addresses in the place of a look-up: a name that leads elsewhere by now leads nobody there. */
function pinned(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  return (_name, options, callback) => {
    const [first] = found
    if (options.all === true) callback(null, found)
    else if (first === undefined) callback(new Error('There is no address.'), '')
    else callback(null, first.address, first.family)
  }
}

function mediaTypeOf({ headers }: IncomingMessage): string {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding.toLowerCase() !== 'identity') return ''
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

async function readWithin(message: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  const announced = Number(message.headers['content-length'] ?? 0)
  try {
    if (maxBytes === 0 || announced > maxBytes) return undefined
    const octets: AsyncIterable<Buffer> = message
    for await (const chunk of octets) {
      length += chunk.length
      if (length > maxBytes) return undefined
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } finally {
    message.destroy()
  }
}
