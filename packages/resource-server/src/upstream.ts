// Decides when the authorization server counts as unreachable: after two seconds, on a broken answer, and without asking
// while it has just failed several times in a row. Unreachable is never "invalid token".

import type { Clock, Instant } from './platform/time/index.ts'

/**
 * The part of `fetch` that is used; pass one to reach the server through a proxy, or a test issuer without a network.
 * @see https://fetch.spec.whatwg.org/
 * @example
 * import type { Fetch } from '@latchkey/resource-server'
 * const logged: Fetch = (url, init) => fetch(url, { ...init, keepalive: true })
 */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>

/**
 * Something that the operator should hear of: no token is accepted through it.
 * @example
 * import type { Fault } from '@latchkey/resource-server'
 * const log = (fault: Fault): void => console.error(fault.kind, fault.cause)
 */
export interface Fault {
  /** `authorization-server`: unreachable or answering nonsense; `check`: the user store, session or permission threw. */
  readonly kind: 'authorization-server' | 'check'
  readonly cause: unknown
}

/** Thrown when a token cannot be judged because something that is needed does not answer. */
export class Unreachable extends Error {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number, cause: unknown) {
    super('The authorization server cannot be reached.', { cause })
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Asks the authorization server, for a limited time. */
export interface Upstream {
  /** @throws Unreachable whatever went wrong */
  call<Result>(task: (signal: AbortSignal) => Promise<Result>): Promise<Result>
}

interface UpstreamOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly report: (fault: Fault) => void
}

const FAILURES_TO_OPEN = 5
const OPEN_MS = 5_000

/** Makes the way to one authorization server, with its timeout and circuit breaker. */
export function createUpstream({ clock, timeoutMs, report }: UpstreamOptions): Upstream {
  let failures = 0
  let openUntil: Instant = 0
  let isTrying = false

  return {
    async call(task) {
      const isOpen = failures >= FAILURES_TO_OPEN
      const now = clock.now()
      if (isOpen && (isTrying || now < openUntil)) {
        throw new Unreachable(Math.max(1, Math.ceil((openUntil - now) / 1000)), 'circuit open')
      }
      isTrying = isOpen
      try {
        const result = await within(timeoutMs, task)
        failures = 0
        return result
      } catch (cause) {
        failures += 1
        openUntil = clock.now() + OPEN_MS
        report({ kind: 'authorization-server', cause })
        throw new Unreachable(1, cause)
      } finally {
        if (isOpen) isTrying = false
      }
    },
  }
}

async function within<Result>(ms: number, task: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`No answer within ${ms} ms.`)
      controller.abort(error)
      reject(error)
    }, ms)
  })
  try {
    return await Promise.race([task(controller.signal), expired])
  } finally {
    clearTimeout(timer)
  }
}
