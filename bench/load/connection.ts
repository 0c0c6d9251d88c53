// A raw HTTP/1.1 connection (RFC 9112): one request at a time, kept alive, no pipelining. Cheaper than any client that knows more,
// so that the generator does not become what is measured.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  readonly head: string
  readonly body: string
}

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

export class Connection {
  readonly #port: number
  #socket: Socket | undefined
  #waiting: Waiting | undefined
  #received = ''

  constructor(port: number) {
    this.#port = port
  }

  async exchange(request: string): Promise<Answer> {
    const socket = this.#socket ?? (await this.#open())
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      socket.write(request, 'latin1')
    })
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  async #open(): Promise<Socket> {
    const socket = connect(this.#port, '127.0.0.1')
    socket.setNoDelay(true)
    await once(socket, 'connect')
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#take(text))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined
      this.#fail(new Error('The connection was closed.'))
    })
    this.#socket = socket
    return socket
  }

  #fail(error: Error): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#received = ''
    waiting?.reject(error)
  }

  #take(text: string): void {
    this.#received += text
    const answer = parseAnswer(this.#received)
    if (answer === undefined) return
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#received = ''
    if (/\r\nconnection: close/i.test(answer.head)) this.close()
    waiting?.resolve(answer)
  }
}

/** Undefined until the whole answer is there. */
function parseAnswer(text: string): Answer | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = text.slice(0, end)
  const status = Number(head.slice(9, 12))
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  const rest = end + 4
  if (length !== undefined) {
    return text.length < rest + Number(length)
      ? undefined
      : { status, head, body: text.slice(rest, rest + Number(length)) }
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const body = chunkedBody(text, rest)
    return body === undefined ? undefined : { status, head, body }
  }
  return { status, head, body: '' }
}

function chunkedBody(text: string, start: number): string | undefined {
  let body = ''
  for (let at = start; ; ) {
    const line = text.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = Number.parseInt(text.slice(at, line), 16)
    if (text.length < line + 2 + size + 2) return undefined
    if (size === 0) return body
    body += text.slice(line + 2, line + 2 + size)
    at = line + 2 + size + 2
  }
}

export interface RequestParts {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
}

/** The bytes of a request, latin1. */
export function requestText(parts: RequestParts): string {
  const body = parts.form === undefined ? '' : new URLSearchParams(parts.form).toString()
  const headers = {
    host: '127.0.0.1',
    ...parts.headers,
    ...(parts.form === undefined
      ? {}
      : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) }),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${parts.method} ${parts.path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}
