// A place on loopback that serves documents, and counts who asks.
import { once } from 'node:events'
import { createServer } from 'node:http'

export interface Place {
  at(path: string): string
  /** What is answered at a path from now on; JSON unless a header says otherwise. */
  say(path: string, body: string | Uint8Array, status?: number, headers?: Readonly<Record<string, string>>): void
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

export async function startPlace(): Promise<Place> {
  const answers = new Map<
    string,
    { body: string | Uint8Array; status: number; headers: Readonly<Record<string, string>> }
  >()
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const answer = answers.get(request.url ?? '')
    if (answer === undefined) response.writeHead(404).end()
    else response.writeHead(answer.status, answer.headers).end(answer.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port could be had.')
  return {
    at: (path) => `http://127.0.0.1:${address.port}${path}`,
    say: (path, body, status = 200, headers = {}) =>
      void answers.set(path, { body, status, headers: { 'content-type': 'application/json', ...headers } }),
    asked,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
