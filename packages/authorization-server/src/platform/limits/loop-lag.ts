// Decides how far the event loop lags behind: how late a timer fires. One pause, such as a collection or the first use of a module,
// is no overload; a lag that does not go away is, so the least of the last samples counts (as CoDel thinks of queues).

export interface LoopLag {
  /** Asked with each request: sampling goes on while there are requests, and costs nothing when there are none. */
  standingMs(): number
}

const sampleEveryMs = 50
const samples = 6

export function createLoopLag(now: () => number = () => performance.now()): LoopLag {
  let recent: readonly number[] = []
  let isSampling = false
  let asked = false

  function sample(): void {
    isSampling = true
    asked = false
    const due = now() + sampleEveryMs
    setTimeout(() => {
      isSampling = false
      recent = [...recent, Math.max(0, now() - due)].slice(-samples)
      // A lag of long ago says nothing of the next request.
      if (asked) sample()
      else recent = []
    }, sampleEveryMs).unref()
  }

  return {
    standingMs() {
      asked = true
      if (!isSampling) sample()
      return recent.length < samples ? 0 : Math.min(...recent)
    },
  }
}
