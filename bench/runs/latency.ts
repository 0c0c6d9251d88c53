// What a caller waits: requests at a fixed arrival rate, at 70 % of the capacity found just before, alone and while sign-ins flood in.
// And the cost of what should cost nothing: a second worker, a thousand times the people.
import { closedLoop, type Counted, openLoop, percentile, Pool, type Source } from '../load/loops.ts'
import { type Ground, startLatchkey } from '../servers/latchkey.ts'
import { fill } from '../servers/material.ts'
import type { Material, Target } from '../servers/target.ts'
import { exactly, type Figure } from './bars.ts'
import { compare, type Contender, type Pace } from './measure.ts'
import {
  authorize,
  clientCredentials,
  introspectGarbage,
  introspectValid,
  mixed,
  ourPaths,
  refresh,
  signIn,
} from './operations.ts'

const share = 0.7
const floodFactor = 10
const connections = 128

/** What machines ask all day, and no password among it. */
function mix(material: Material): Source {
  return mixed([
    clientCredentials(material, ourPaths),
    introspectValid(material, ourPaths),
    refresh(material, ourPaths),
    introspectGarbage(material, ourPaths),
  ])
}

export async function latencyUnderLoad(
  ground: Ground,
  ours: Target,
  material: Material,
  seconds: number,
): Promise<readonly Figure[]> {
  const { engine } = ground
  const pool = new Pool(ours.port, connections)
  const people = new Pool(ours.port, connections)
  try {
    const source = mix(material)
    await closedLoop(pool, source, 64, Math.min(2, seconds))
    const capacity = await closedLoop(pool, source, 64, seconds)
    const rate = (share * capacity.verified) / capacity.seconds
    const calm = await openLoop(pool, source, rate, seconds)
    const signIns = await signIn(material, ours.port, [303, 429, 503])
    const raw = await closedLoop(people, signIns, 4, Math.min(2, seconds))
    const floodRate = floodFactor * (raw.verified / raw.seconds)
    const flood = (forSeconds: number): Promise<readonly Counted[]> =>
      Promise.all([openLoop(pool, source, rate, forSeconds), openLoop(people, signIns, floodRate, forSeconds)])
    // As everywhere, what runs for the first time is not measured: here it is the refusal of a sign-in.
    await flood(Math.min(4, 2 * seconds))
    const [flooded] = await flood(seconds)
    if (flooded === undefined) throw new Error('Nothing was measured.')
    const p99 = percentile(calm.latencies, 0.99)
    const note = `${rate.toFixed(0)}/s, p50 ${percentile(calm.latencies, 0.5).toFixed(1)} ms, ${calm.faultCount} faults`
    const floodP99 = percentile(flooded.latencies, 0.99)
    return [
      { id: `p99:${engine}`, engine, value: exactly(p99), note },
      {
        id: 'flood',
        engine,
        value: exactly(floodP99 / p99),
        note: `p99 ${floodP99.toFixed(1)} ms beside ${floodRate.toFixed(0)} sign-ins/s, ${flooded.faultCount} faults`,
      },
    ]
  } finally {
    pool.close()
    people.close()
  }
}

export async function twoWorkers(ground: Ground, pace: Pace): Promise<readonly Figure[]> {
  const contenders: Contender[] = []
  const targets: Target[] = []
  try {
    for (const workers of [1, 2]) {
      const place = await ground.place()
      const material = await fill(place, { people: 1_000, asked: 1_000, codes: 0 })
      const target = await startLatchkey(ground, place, { workers, name: `${workers}` })
      targets.push(target)
      contenders.push({ target, source: mix(material), inFlight: 64 })
    }
    const [one, two] = await compare(contenders, pace)
    if (one === undefined || two === undefined) throw new Error('Nothing was measured.')
    const value = {
      min: two.cpuMicros.min / one.cpuMicros.max,
      median: two.cpuMicros.median / one.cpuMicros.median,
      max: two.cpuMicros.max / one.cpuMicros.min,
    }
    const note = `${two.cpuMicros.median.toFixed(0)} µs against ${one.cpuMicros.median.toFixed(0)} µs, on one core, ${two.faultCount} faults`
    return [{ id: 'workers', engine: ground.engine, value, note }]
  } finally {
    for (const target of targets) await target.stop()
  }
}

export async function moreRows(ground: Ground, many: number, pace: Pace): Promise<readonly Figure[]> {
  const targets: Target[] = []
  const materials: Material[] = []
  try {
    for (const people of [1_000, many]) {
      const place = await ground.place()
      materials.push(await fill(place, { people, asked: 1_000, codes: 0 }))
      targets.push(await startLatchkey(ground, place, { name: `${people}` }))
    }
    const kinds = { refresh, 'introspect-valid': introspectValid, authorize }
    const figures: Figure[] = []
    for (const [id, make] of Object.entries(kinds)) {
      const contenders = targets.flatMap((target, at) => {
        const material = materials[at]
        return material === undefined ? [] : [{ target, source: make(material, ourPaths), inFlight: 8 }]
      })
      const [few, lots] = await compare(contenders, pace)
      if (few === undefined || lots === undefined) throw new Error('Nothing was measured.')
      const note = `${many} people: ${lots.p50Ms.toFixed(2)} ms against ${few.p50Ms.toFixed(2)} ms, 8 in flight`
      figures.push({ id: `size:${id}`, engine: ground.engine, value: exactly(lots.p50Ms / few.p50Ms), note })
    }
    return figures
  } finally {
    for (const target of targets) await target.stop()
  }
}
