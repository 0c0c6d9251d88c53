// Requests byte by byte over a socket of their own: what fetch would refuse to send, too.
import { connect } from 'node:net'

export interface WireRequest {
  readonly method: string
  readonly target: string
  /** Header lines as they are sent, in latin-1; Host and Connection are added. */
  readonly headers?: readonly string[]
  readonly body?: string | Buffer
}

export interface WireAnswer {
  /** 0 when the server closed the connection without a word. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly milliseconds: number
}

const longestWaitMs = 2_000

export function write(port: number, request: WireRequest): Promise<WireAnswer> {
  const body = Buffer.from(request.body ?? '')
  const declared = (request.headers ?? []).some((line) => /^(content-length|transfer-encoding)\s*:/i.test(line))
  const lines = [
    `${request.method} ${request.target} HTTP/1.1`,
    `Host: localhost:${port}`,
    'Connection: close',
    ...(request.headers ?? []),
    ...(body.length > 0 && !declared ? [`Content-Length: ${body.length}`] : []),
  ]
  return writeBytes(port, Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]))
}

/** Sends the bytes and reads until the server closes; fails when that takes longer than two seconds. */
export function writeBytes(port: number, bytes: Buffer): Promise<WireAnswer> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    const socket = connect(port, 'localhost')
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`no answer within ${longestWaitMs} ms to ${printable(bytes)}`))
    }, longestWaitMs)
    socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)))
    // The server may close while we still write: what it said before counts.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ ...parse(Buffer.concat(chunks).toString('latin1')), milliseconds: performance.now() - started })
    })
    socket.write(bytes)
  })
}

function parse(all: string): Omit<WireAnswer, 'milliseconds'> {
  // 100 Continue is no answer yet.
  const text = all.replace(/^(HTTP\/1\.1 1\d\d [^\r]*\r\n(?:[^\r]+\r\n)*\r\n)+/, '')
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':')
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
  })
  const body = Buffer.from(text.slice(end + 4), 'latin1').toString()
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0), headers: Object.fromEntries(headers), body }
}

/** The beginning of a request, for the message of a failed test. */
export function printable(bytes: Buffer | string): string {
  return JSON.stringify((typeof bytes === 'string' ? bytes : bytes.toString('latin1')).slice(0, 300))
}
