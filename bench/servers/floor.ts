// The floors by which everything is divided, and the process that holds them.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Answer } from '../load/connection.ts'
import { startModule, stopProcess } from './process.ts'
import type { Target } from './target.ts'

/**
 * a: node:http with the same bytes. b: a + SHA-256 + HMAC tag. c: b + one durable row through the same storage driver.
 * d: a + one ES256 signature. c+d: all of it. hash: a + one argon2id at the server's default settings.
 */
export const floorKinds = ['a', 'b', 'c', 'd', 'c+d', 'hash'] as const
export type FloorKind = (typeof floorKinds)[number]

export interface FloorReply {
  readonly status: number
  /** Names and values by turns. */
  readonly headers: readonly string[]
  /** latin1 */
  readonly body: string
}

export interface Floors {
  /** Answers with the bytes of this answer from now on. */
  imitate(answer: Answer): Promise<void>
  target(kind: FloorKind): Target
  stop(): Promise<void>
}

/** @param place the file or address of a database of its own */
export async function startFloors(place: string, databasePids: readonly number[]): Promise<Floors> {
  const { child, ready } = await startModule(join(import.meta.dirname, 'floor-server.ts'), [place])
  const { ports } = ready as { readonly ports: Readonly<Record<FloorKind, number>> }
  const pids = [child.pid ?? 0, ...databasePids]
  return {
    imitate: (answer) => imitate(child, answer),
    target: (kind) => ({ name: `floor (${kind})`, port: ports[kind], pids, stop: async () => undefined }),
    stop: () => stopProcess(child),
  }
}

async function imitate(child: ChildProcess, { status, head, body }: Answer): Promise<void> {
  const lines = head.split('\r\n').slice(1)
  // Node writes these itself.
  const headers = lines
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const)
    .filter(([name]) => !/^(date|connection|keep-alive|transfer-encoding|content-length)$/i.test(name))
  const reply: FloorReply = { status, headers: [...headers.flat(), 'content-length', String(body.length)], body }
  const set = once(child, 'message')
  child.send(reply)
  await set
}
