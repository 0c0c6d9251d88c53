// Decides where passwords are hashed: in a process of its own, made at the first hash and let go when idle. Its threads
// are not those that sign and read files, its priority is lower, and its memory goes back to the system with it.
// docs/decisions/0010 has the figures.
import { type ChildProcess, fork } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import type { ComputeArgon2 } from './argon2.ts'
import { HasherBusy } from './bounded-work.ts'
import type { HashAnswer, HashRequest } from './hash-messages.ts'

export interface HashProcessOptions {
  /** How many hashes it computes at the same time. */
  readonly threads: number
  /** How long it may have nothing to do before it is let go. */
  readonly idleMs?: number
  /** Told when it ended by itself, or could not be started. */
  readonly report?: (reason: string) => void
}

interface Waiting {
  readonly resolve: (hash: Uint8Array) => void
  readonly reject: (error: Error) => void
}

const restMs = 30_000

export class HashProcess {
  readonly #options: HashProcessOptions
  readonly #waiting = new Map<number, Waiting>()
  #child: ChildProcess | undefined
  #letGo: NodeJS.Timeout | undefined
  #lastId = 0

  constructor(options: HashProcessOptions) {
    this.#options = options
  }

  /** Its process id, while it lives. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  readonly compute: ComputeArgon2 = (password, parameters) => {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
    const child = this.#awake()
    this.#lastId += 1
    this.#waiting.set(this.#lastId, { resolve, reject })
    const request: HashRequest = { id: this.#lastId, password, parameters }
    child.send(request, (error) => error && this.#lose(child, error.message))
    return promise
  }

  /** Lets it go; what is under way fails. */
  close(): void {
    const child = this.#child
    this.#child = undefined
    clearTimeout(this.#letGo)
    this.#failAll()
    if (child?.connected) child.disconnect()
    child?.unref()
  }

  #awake(): ChildProcess {
    clearTimeout(this.#letGo)
    this.#child ??= this.#start()
    this.#child.ref()
    this.#child.channel?.ref()
    return this.#child
  }

  #start(): ChildProcess {
    const child = fork(new URL('./hash-child.ts', import.meta.url), [], {
      serialization: 'advanced',
      execArgv: [],
      env: environment(this.#options.threads),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.on('message', (answer: HashAnswer) => this.#settle(answer))
    child.once('exit', (code, signal) => this.#lose(child, `It ended with ${signal ?? code}.`))
    child.on('error', (error) => this.#lose(child, error.message))
    return child
  }

  #settle(answer: HashAnswer): void {
    const asked = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (answer.kind === 'hash') asked?.resolve(answer.hash)
    else asked?.reject(new Error(`A password could not be hashed: ${answer.reason}`))
    if (this.#waiting.size === 0) this.#rest()
  }

  /** An idle hashing process keeps nobody alive; a busy one does. */
  #rest(): void {
    this.#child?.unref()
    this.#child?.channel?.unref()
    clearTimeout(this.#letGo)
    this.#letGo = setTimeout(() => this.close(), this.#options.idleMs ?? restMs).unref()
  }

  #lose(child: ChildProcess, reason: string): void {
    if (child !== this.#child) return
    this.#child = undefined
    clearTimeout(this.#letGo)
    if (child.connected) child.disconnect()
    this.#options.report?.(reason)
    this.#failAll()
  }

  #failAll(): void {
    for (const { reject } of this.#waiting.values()) reject(new HasherBusy('The hashing process ended.'))
    this.#waiting.clear()
  }
}

/** Nothing of ours: it needs no secret. With the compile cache it starts without stripping types again. */
function environment(threads: number): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir()
  return {
    UV_THREADPOOL_SIZE: String(threads),
    ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) }),
  }
}
