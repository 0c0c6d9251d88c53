// What happens to nodes: they are killed and started again, stopped for a while, and cut off from their database. One at a time, so
// that there is always somebody to ask.
import { setTimeout as delay } from 'node:timers/promises'
import { sessionCookieFor } from '../../packages/authorization-server/src/features/browser/index.ts'
import { type Ground, type ServeNode, startNode } from '../nodes/nodes.ts'
import type { Answer } from '../races/ground.ts'
import { freePort } from '../support/port.ts'
import type { Node } from './grant-history.ts'
import { type Link, link } from './link.ts'
import { authorizePath, codeIn } from './stage.ts'

/** A client that waits longer learns nothing more: whatever is answered later is unknown to it. */
const patienceMs = 500

type Harm = 'kill' | 'stop' | 'sever' | 'hold'

export interface Harms {
  readonly counts: Record<Harm, number>
  /** Rejects when a node cannot be started again; else it resolves after `stop`. */
  readonly ended: Promise<void>
  /** Resolves when every node is well again. */
  stop(): Promise<void>
}

export class NodeAtRisk {
  readonly name: string
  readonly #place: Ground
  readonly #port: number
  readonly #link: Link | undefined
  #process: ServeNode
  #isHarmed = false

  private constructor(name: string, place: Ground, port: number, way: Link | undefined, process: ServeNode) {
    this.name = name
    this.#place = place
    this.#port = port
    this.#link = way
    this.#process = process
  }

  static async start(place: Ground, name: string): Promise<NodeAtRisk> {
    const port = await freePort()
    const address = place.databaseUrl === undefined ? undefined : new URL(place.databaseUrl)
    const way = address && (await link({ host: address.hostname, port: Number(address.port) }))
    return new NodeAtRisk(name, place, port, way, await startNode(place, optionsOf(place, port, way)))
  }

  /** As clients and browsers see it. */
  node(): Node {
    const url = `http://127.0.0.1:${this.#port}`
    return {
      name: this.name,
      isHarmed: () => this.#isHarmed,
      post: (path, fields) => ask(url + path, { method: 'POST', body: new URLSearchParams(fields) }),
      authorize: async ({ session }, client) => {
        const [cookie = ''] = sessionCookieFor(this.#place.context, session.id).split(';')
        const signal = AbortSignal.timeout(patienceMs)
        const reply = await fetch(url + authorizePath(client), { headers: { cookie }, redirect: 'manual', signal })
        await reply.arrayBuffer()
        return codeIn(reply.headers.get('location'))
      },
    }
  }

  async suffer(harm: Harm): Promise<void> {
    this.#isHarmed = true
    await this.#suffer(harm).finally(() => {
      this.#isHarmed = false
    })
  }

  async #suffer(harm: Harm): Promise<void> {
    const forMs = 200 + Math.random() * 1_000
    switch (harm) {
      case 'kill':
        await this.#process.end('SIGKILL')
        this.#process = await startNode(this.#place, optionsOf(this.#place, this.#port, this.#link))
        return
      case 'stop':
        this.#process.process.kill('SIGSTOP')
        await delay(forMs)
        this.#process.process.kill('SIGCONT')
        return
      case 'sever':
        this.#link?.sever()
        await delay(forMs)
        this.#link?.heal()
        return
      case 'hold':
        this.#link?.hold()
        await delay(forMs)
        // Half of the time what was held is lost, and not late.
        if (Math.random() < 0.5) this.#link?.sever()
        this.#link?.heal()
    }
  }

  async end(): Promise<void> {
    await this.#process.end('SIGKILL')
    await this.#link?.close()
  }
}

function optionsOf({ databaseUrl }: Ground, port: number, way: Link | undefined) {
  if (databaseUrl === undefined || way === undefined) return { port }
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${way.port}`
  return { port, environment: { LATCHKEY_DATABASE_URL: url.href } }
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const reply = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) })
  const text = await reply.text()
  return { status: reply.status, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} }
}

/** Harms one node after the other, each kind of harm as often as the others, until told to stop. */
export function unleash(nodes: readonly NodeAtRisk[], kinds: readonly Harm[]): Harms {
  const counts: Record<Harm, number> = { kill: 0, stop: 0, sever: 0, hold: 0 }
  let isRunning = true
  const loop = async (): Promise<void> => {
    for (let turn = 0; isRunning; turn += 1) {
      const harm = kinds[turn % kinds.length]
      const node = nodes[Math.floor(Math.random() * nodes.length)]
      if (harm === undefined || node === undefined) return
      await delay(Math.random() * 300)
      await node.suffer(harm)
      counts[harm] += 1
    }
  }
  const ended = loop()
  return {
    counts,
    ended,
    stop: () => {
      isRunning = false
      return ended
    },
  }
}
