// Starting leaves garbage behind: parsed modules, settings schemas, the demo. V8 would keep those pages until it needs them;
// one full collection when the start is over gives them back, about 20 MB of 130.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

const settledAfterMs = 500

/** Collects once, shortly after the start, when nobody waits for an answer any more than later. */
export function releaseMemoryOfStart(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc')
    const collect: unknown = runInNewContext('gc')
    setFlagsFromString('--no-expose-gc')
    if (isCollect(collect)) collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }, settledAfterMs).unref()
}

function isCollect(value: unknown): value is Collect {
  return typeof value === 'function'
}
