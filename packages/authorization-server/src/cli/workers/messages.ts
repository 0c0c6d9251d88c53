// What the first process of `latchkey serve --workers` and its workers tell each other, beside the lists of writes.

import type { SetupLink } from '../../features/setup/index.ts'
import type { Line } from '../../platform/storage/index.ts'
import type { CommandFailure, Explanation } from '../exit.ts'

export type ToWorker =
  | {
      readonly kind: 'start'
      /** Its place among the workers, from 1; whoever comes after it gets the same. */
      readonly number: number
      /** Chosen for all, where the settings leave it to the system. */
      readonly port: number | undefined
      /** One of them makes the link for the first administrator. */
      readonly opensSetup: boolean
    }
  | { readonly kind: 'stop' }

export type FromWorker =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'listening'
      readonly address: string
      readonly issuer: string
      readonly setup: SetupLink | undefined
    }
  | { readonly kind: 'failed'; readonly ending: CommandFailure['ending']; readonly explanation: Explanation }

const toWorker: ReadonlySet<unknown> = new Set<ToWorker['kind']>(['start', 'stop'])
const fromWorker: ReadonlySet<unknown> = new Set<FromWorker['kind']>(['ready', 'listening', 'failed'])

// The other end is this program in the same version: the kind tells one message from another, and nothing else is doubted.
export function isToWorker(message: unknown): message is ToWorker {
  return toWorker.has(kindOf(message))
}

export function isFromWorker(message: unknown): message is FromWorker {
  return fromWorker.has(kindOf(message))
}

function kindOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'kind' in message ? message.kind : undefined
}

/** The channel of a process, either end. */
export interface Channel {
  send(message: object, done: (error: Error | null) => void): unknown
  on(event: 'message', receive: (message: unknown) => void): unknown
}

export function lineOver(channel: Channel): Line {
  return {
    send: (message) =>
      channel.send(message, () => {
        // Whoever is not there to be told is dead, and is dealt with when its end is noticed.
      }),
    listen: (receive) => channel.on('message', receive),
  }
}
