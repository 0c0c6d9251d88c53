// Random clients against three processes that are killed, stopped and cut from their database; then every history is judged.
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ground } from '../nodes/nodes.ts'
import { times } from '../races/ground.ts'
import { NodeAtRisk, unleash } from './nemesis.ts'
import type { Engine } from './stage.ts'
import { Workload } from './workload.ts'

const nodeCount = 3

export async function runHistories(t: TestContext, engine: Engine, seconds: number): Promise<void> {
  const place = await ground(engine)
  const started = await Promise.allSettled(times(nodeCount, (n) => NodeAtRisk.start(place, `n${n + 1}`)))
  const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  try {
    for (const one of started) if (one.status === 'rejected') throw one.reason
    const workload = new Workload({
      context: place.context,
      nodes: nodes.map((node) => node.node()),
      subjects: 16,
      actors: 3,
      changePauseMs: 1_000,
      judgesAtOnce: false,
    })
    const harms = unleash(nodes, engine === 'postgres' ? ['kill', 'stop', 'sever', 'hold'] : ['kill', 'stop'])
    const running = workload.run()
    try {
      const enough = { ok: 25 * seconds, refused: 10 * seconds }
      const worked = delay(seconds * 1_000).then(() => workload.untilAnswered(enough))
      await Promise.race([worked, harms.ended])
      await harms.stop()
    } finally {
      workload.stop()
      await running
    }
    const { tally } = workload
    t.diagnostic(`${JSON.stringify(harms.counts)}, changes of authority ${tally.changes}`)
    t.diagnostic(`grants ${tally.grants}, operations ${tally.operations}`)
    t.diagnostic(`ok ${tally.ok}, refused ${tally.refused}, unknown ${tally.unknown}, undecided ${tally.undecided}`)
    assert.deepEqual(tally.faults.slice(0, 3), [], `${tally.faults.length} faults`)
    assert.ok(tally.undecided <= tally.grants / 200, `${tally.undecided} histories could not be judged`)
    assert.ok(tally.ok >= 25 * seconds && tally.refused >= 10 * seconds, 'it did too little')
    assert.ok(tally.unknown > 0 && Object.values(harms.counts).some((count) => count > 0), 'nobody was harmed')
  } finally {
    await Promise.all(nodes.map((node) => node.end()))
    await place.remove()
  }
}
