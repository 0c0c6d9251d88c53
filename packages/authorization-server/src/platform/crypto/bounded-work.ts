// Decides how much expensive work runs at once and who waits for it: a fixed number run, a fixed number wait, and who would wait
// longer than the deadline is refused at once: the wait is foreseen from what the work took lately.
// Without the bound a flood of sign-ins would take all memory and every thread.

/** The most work that may run and wait. */
export interface WorkBound {
  readonly maxConcurrent: number
  readonly maxQueued: number
  /** The longest wait that is foreseen; who waits twice as long after all is refused. Running work is never interrupted. */
  readonly deadlineMs: number
}

/** The queue for hashing is full, or the wait in it too long. The caller may try again later. */
export class HasherBusy extends Error {
  override name = 'HasherBusy'
  readonly retryAfterSeconds: number
  constructor(message: string, retryAfterSeconds: number = 1) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Turning people away late is the worst: they waited for nothing. It takes a machine that suddenly halts. */
const unforeseen = 2

/** How much the newest duration counts in the foreseen one. */
const newestShare = 0.2

/** Runs work under a bound, first come first served. */
export class BoundedWork {
  readonly #bound: WorkBound
  readonly #waiting = new Set<() => void>()
  #running = 0
  #typicalMs = 0

  constructor(bound: WorkBound) {
    this.#bound = bound
  }

  /** How long work that came now would wait for its turn. */
  get foreseenWaitMs(): number {
    if (this.#running < this.#bound.maxConcurrent) return 0
    return ((this.#waiting.size + 1) * this.#typicalMs) / this.#bound.maxConcurrent
  }

  /** Costs nothing, so it may be asked before anything else is done. @throws HasherBusy when work that came now would be refused */
  requireRoom(): void {
    if (this.#running < this.#bound.maxConcurrent) return
    const foreseenMs = this.foreseenWaitMs
    if (this.#waiting.size < this.#bound.maxQueued && foreseenMs <= this.#bound.deadlineMs) return
    throw new HasherBusy('Too many passwords are waiting to be checked.', Math.max(1, Math.ceil(foreseenMs / 1_000)))
  }

  /** @throws HasherBusy when the queue is full, or the deadline passes, or would, before the work starts */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn()
    const start = performance.now()
    try {
      return await work()
    } finally {
      this.#learn(performance.now() - start)
      this.#next()
    }
  }

  #learn(tookMs: number): void {
    this.#typicalMs = this.#typicalMs === 0 ? tookMs : this.#typicalMs + newestShare * (tookMs - this.#typicalMs)
  }

  async #turn(): Promise<void> {
    this.requireRoom()
    if (this.#running < this.#bound.maxConcurrent) {
      this.#running += 1
      return
    }
    await new Promise<void>((resolve, reject) => {
      const start = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(start)
        reject(new HasherBusy('The password waited too long to be checked.'))
      }, this.#bound.deadlineMs * unforeseen)
      this.#waiting.add(start)
    })
  }

  // The place of finished work passes straight to the longest waiter, so no newcomer slips in between.
  #next(): void {
    const [longest] = this.#waiting
    if (longest === undefined) {
      this.#running -= 1
      return
    }
    this.#waiting.delete(longest)
    longest()
  }
}
