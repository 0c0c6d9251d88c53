// A load balancer of the test's own: it looks at each node's readiness, goes to another node only when a connection was
// refused before anything was sent, leaves out a node whose connection broke, obeys `Connection: close`, and never sends a request twice.
import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

export interface Target {
  readonly port: number
  isUp: boolean
}

export interface Tally {
  answered: number
  refused: number
  /** Requests that were sent and got no answer, or one that is no success. */
  readonly failures: string[]
}

export interface Load {
  readonly tally: Tally
  /** Stops, and resolves when the last answer is in. */
  stop(): Promise<void>
}

interface Sent {
  readonly status: number
  readonly body: string
}

export interface Ask {
  readonly path: string
  /** What is posted; made anew for each request where it may be used only once. */
  readonly form?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>)
}

export function send(agent: Agent, port: number, { path, form }: Ask): Promise<Sent> {
  const fields = typeof form === 'function' ? form() : form
  const body = fields && new URLSearchParams(fields).toString()
  const headers = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const sent = request({ agent, host: '127.0.0.1', port, path, method, headers, timeout: 10_000 }, (reply) => {
      let text = ''
      reply.setEncoding('utf8')
      reply.on('data', (part: string) => {
        text += part
      })
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, body: text }))
      reply.on('error', reject)
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')))
    sent.on('error', reject)
    sent.end(body)
  })
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
}

/** @param probes whether readiness is looked at; else every target is always asked */
export function startLoad(targets: readonly Target[], asks: readonly Ask[], clients: number, probes: boolean): Load {
  const agent = new Agent({ keepAlive: true })
  const probing = new Agent({ keepAlive: false })
  const tally: Tally = { answered: 0, refused: 0, failures: [] }
  let isRunning = true
  let turn = 0

  async function one(ask: Ask): Promise<void> {
    for (let tries = 0; tries < 50; tries += 1) {
      const up = targets.filter((target) => target.isUp)
      turn += 1
      const target = up[turn % Math.max(1, up.length)]
      if (target === undefined) {
        await delay(20)
        continue
      }
      try {
        const { status, body } = await send(agent, target.port, ask)
        if (status === 200) tally.answered += 1
        else tally.failures.push(`${ask.path} ${status} ${body.slice(0, 200)}`)
        return
      } catch (error) {
        // Nobody else is sent where a connection broke, until it says again that it is ready.
        if (probes) target.isUp = false
        if (!isRefused(error)) {
          tally.failures.push(`${ask.path} ${String(error)}`)
          return
        }
        tally.refused += 1
        await delay(5)
      }
    }
    tally.failures.push(`${ask.path} nobody could be asked`)
  }

  async function client(index: number): Promise<void> {
    for (let n = index; isRunning; n += 1) {
      const ask = asks[n % asks.length]
      if (ask !== undefined) await one(ask)
    }
  }

  async function probe(target: Target): Promise<void> {
    while (isRunning) {
      const answer = await send(probing, target.port, { path: '/health/ready' }).catch(() => undefined)
      target.isUp = answer?.status === 200
      await delay(40)
    }
  }

  const loops = [
    ...Array.from({ length: clients }, (_, index) => client(index)),
    ...(probes ? targets.map((target) => probe(target)) : []),
  ]
  return {
    tally,
    async stop() {
      isRunning = false
      await Promise.all(loops)
      agent.destroy()
      probing.destroy()
    },
  }
}
