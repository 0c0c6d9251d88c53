// The checker is only worth something if it finds what is wrong: each broken variant within five seconds, and nothing in the
// server as it is.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Engine, stage, type Variant } from './stage.ts'
import { variants } from './variants.ts'
import { type Tally, Workload } from './workload.ts'

/** On a machine with nothing else to do each is found within five seconds, most within one. */
const mostMs = 60_000
const enough = { ok: 300, refused: 150 }

/** Until the first fault, or until `ended` has seen enough. */
async function work(
  engine: Engine,
  variant: () => Variant,
  ended: (workload: Workload, stopped: AbortSignal) => Promise<void>,
): Promise<Tally & { tookMs: number }> {
  const { own, nodes, remove } = await stage(engine, variant)
  try {
    const workload = new Workload({
      context: own.app.context,
      nodes,
      subjects: 6,
      actors: 3,
      changePauseMs: 250,
      judgesAtOnce: true,
    })
    const start = performance.now()
    const done = new AbortController()
    const limit = ended(workload, done.signal).then(() => workload.stop())
    await workload.run()
    done.abort()
    await limit
    return { ...workload.tally, tookMs: performance.now() - start }
  } finally {
    await remove()
  }
}

function tell(
  t: TestContext,
  { grants, operations, ok, refused, unknown, changes, tookMs }: Tally & { tookMs: number },
): void {
  t.diagnostic(`${Math.round(tookMs)} ms, grants ${grants}, operations ${operations}`)
  t.diagnostic(`ok ${ok}, refused ${refused}, unknown ${unknown}, changes of authority ${changes}`)
}

for (const engine of ['sqlite', 'postgres'] as const) {
  test(`on ${engine} nothing is found in the server as it is`, async (t) => {
    const tally = await work(
      engine,
      () => ({}),
      (workload) => workload.untilAnswered(enough),
    )
    tell(t, tally)
    assert.deepEqual(tally.faults, [])
    assert.equal(tally.undecided, 0)
    assert.ok(tally.grants > 20 && tally.ok >= enough.ok && tally.refused >= enough.refused, 'it did too little')
  })
}

for (const [name, variant] of Object.entries(variants)) {
  test(`found: ${name}`, async (t) => {
    const tally = await work('sqlite', variant, (_workload, signal) =>
      delay(mostMs, undefined, { signal }).catch(() => undefined),
    )
    tell(t, tally)
    t.diagnostic(tally.faults[0] ?? 'nothing was found')
    assert.ok(tally.faults.length > 0, 'nothing was found')
  })
}
