// Asks a running server for a list, page after page, and keeps how long each answer took.
import { setTimeout as delay } from 'node:timers/promises'
import { type CursorSeal, writeCursor } from '../../packages/authorization-server/src/platform/console/index.ts'
import { type Answer, Connection, requestText } from '../load/connection.ts'
import type { Case } from './cases.ts'

export interface Waits {
  readonly p50: number
  readonly p95: number
  readonly max: number
}

export interface Timed {
  readonly noun: string
  readonly name: string
  readonly page: string
  readonly waits: Waits
}

export class Asker {
  readonly #connection: Connection
  readonly #cookie: string

  constructor(port: number, cookie: string) {
    this.#connection = new Connection(port)
    this.#cookie = cookie
  }

  close(): void {
    this.#connection.close()
  }

  async get(path: string, accept = 'application/json'): Promise<Answer> {
    const headers = { cookie: this.#cookie, accept }
    const answer = await this.#connection.exchange(requestText({ method: 'GET', path, headers }))
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body.slice(0, 300)}`)
    return answer
  }

  async waitsFor(path: string, requests: number, accept?: string): Promise<Waits> {
    const waits: number[] = []
    for (let asked = 0; asked < requests; asked += 1) {
      const began = performance.now()
      const isAnswered = await this.get(path, accept).then(
        () => true,
        () => false,
      )
      // Who is refused has to come again.
      waits.push(isAnswered ? performance.now() - began : refusedMs)
      if (!isAnswered) await delay(1_000)
    }
    return waitsOf(waits)
  }
}

const refusedMs = 10_000

export function waitsOf(waits: readonly number[]): Waits {
  const sorted = waits.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}

/** The first page, one from the middle of the order, the one before that; of a search the third page. */
export async function timeCase(asker: Asker, one: Case, seal: CursorSeal, requests: number): Promise<readonly Timed[]> {
  const { noun, name, query, parsed, middle } = one
  const addressOf = (more: Readonly<Record<string, string>>): string =>
    `/api/v1/${noun.name}?${new URLSearchParams({ ...query, ...more }).toString()}`
  const timed = async (page: string, address: string): Promise<Timed> => {
    const waits = await asker.waitsFor(address, requests)
    return { noun: noun.name, name, page, waits }
  }
  const first = addressOf({})
  const found = [await timed('first', first)]
  const deep = middle === undefined ? await followed(asker, first, addressOf) : writeCursor(noun, parsed, middle, seal)
  if (deep === undefined) return found
  found.push(await timed('deep', addressOf({ after: deep })))
  found.push(await timed('before', addressOf({ before: deep })))
  return found
}

async function followed(
  asker: Asker,
  first: string,
  addressOf: (more: Readonly<Record<string, string>>) => string,
): Promise<string | undefined> {
  let place: string | undefined
  let address = first
  for (let page = 0; page < 2; page += 1) {
    const { next }: { readonly next?: unknown } = JSON.parse((await asker.get(address)).body)
    if (typeof next !== 'string') break
    place = next
    address = addressOf({ after: next })
  }
  return place
}
