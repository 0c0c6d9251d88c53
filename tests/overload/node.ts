// Starts nodes in processes of their own, on one data folder or one PostgreSQL.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../support/port.ts'

export interface Node {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

export async function startNode(
  server: Readonly<Record<string, string>>,
  limits: Readonly<Record<string, number>> = {},
): Promise<Node> {
  const port = await freePort()
  const settings = { server: { ...server, port, host: '127.0.0.1' }, limits }
  const child = fork(new URL('node-child.ts', import.meta.url), [JSON.stringify(settings)], { execArgv: [] })
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`The node ended with ${String(code)}.`))),
  ])
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}
