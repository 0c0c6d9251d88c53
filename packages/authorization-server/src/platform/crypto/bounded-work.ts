// Decides how much expensive work runs at once and who waits for it: a fixed number run, a fixed number wait, none waits
// longer than the deadline. Without the bound a flood of sign-ins would take all memory and every thread of the pool.

/** The most work that may run and wait. */
export interface WorkBound {
  readonly maxConcurrent: number
  readonly maxQueued: number
  /** The longest wait in the queue; running work is never interrupted. */
  readonly deadlineMs: number
}

/** The queue for hashing is full, or the wait in it took too long. The caller may try again later. */
export class HasherBusy extends Error {
  override name = 'HasherBusy'
}

/** Runs work under a bound, first come first served. */
export class BoundedWork {
  readonly #bound: WorkBound
  readonly #waiting = new Set<() => void>()
  #running = 0

  constructor(bound: WorkBound) {
    this.#bound = bound
  }

  /** @throws HasherBusy when the queue is full or the deadline passes before the work starts */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn()
    try {
      return await work()
    } finally {
      this.#next()
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < this.#bound.maxConcurrent) {
      this.#running += 1
      return
    }
    if (this.#waiting.size >= this.#bound.maxQueued)
      throw new HasherBusy('Too many passwords are waiting to be checked.')
    await new Promise<void>((resolve, reject) => {
      const start = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(start)
        reject(new HasherBusy('The password waited too long to be checked.'))
      }, this.#bound.deadlineMs)
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
