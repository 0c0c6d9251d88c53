// The relying party's own server: it takes answers, logout tokens and frames, and serves the documents that it registers.
import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'
import type { Identity } from './certificate.ts'

export interface Received {
  readonly method: string
  /** As it was asked for: scheme, host and port, path and query. */
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly form: URLSearchParams
}

export interface PartyServer {
  /** An address of this server, by one of its names. */
  at(path: string, host?: string): string
  /** What is at a path from now on; a page where nothing else was said. */
  say(path: string, body: string | Buffer, type?: string): void
  /** All that was asked for, in order. */
  readonly received: readonly Received[]
  /** What is at a path since some count; waits for it, as it may come in the background. */
  arrival(path: string, since: number): Promise<Received>
  close(): Promise<void>
}

export const partyHost = 'rp.example'

export async function startParty({ key, certificate }: Identity): Promise<PartyServer> {
  const received: Received[] = []
  const documents = new Map<string, { readonly body: string | Buffer; readonly type: string }>()
  const server = createServer({ key, cert: certificate }, (request, response) => {
    void textOf(request).then((text) => {
      const url = new URL(request.url ?? '/', `https://${request.headers.host ?? partyHost}`)
      const { method = '', headers } = request
      received.push({ method, url, headers, form: new URLSearchParams(text) })
      const { body, type } = documents.get(url.pathname) ?? {
        body: '<title>The application</title>',
        type: 'text/html',
      }
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port could be had.')
  const { port } = address
  return {
    at: (path, host = partyHost) => `https://${host}:${port}${path}`,
    say: (path, body, type = 'application/json') => void documents.set(path, { body, type }),
    received,
    async arrival(path, since) {
      const deadline = performance.now() + 10_000
      for (;;) {
        const found = received.slice(since).find(({ url }) => url.pathname === path)
        if (found !== undefined) return found
        if (performance.now() > deadline) throw new Error(`Nothing came to ${path}.`)
        await delay(20)
      }
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
