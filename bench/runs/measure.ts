// One comparison: the contenders take turns on the same core, forward and backward, and each round gives the processor time
// of every process behind a verified answer. What is compared are rounds of one run, never figures of two runs.
import { cpuMs } from '../load/cpu.ts'
import { closedLoop, type Counted, percentile, Pool, type Source } from '../load/loops.ts'
import type { Target } from '../servers/target.ts'

export interface Contender {
  readonly target: Target
  readonly source: Source
  readonly inFlight: number
}

export interface Pace {
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
}

export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

export interface Result {
  readonly name: string
  readonly cpuMicros: Spread
  readonly perSecond: Spread
  readonly p50Ms: number
  readonly generatorLoad: number
  readonly verified: number
  readonly faultCount: number
  readonly faults: readonly string[]
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { min: sorted[0] ?? Number.NaN, median: percentile(sorted, 0.5), max: sorted.at(-1) ?? Number.NaN }
}

interface Round {
  readonly counted: Counted
  readonly cpuMicros: number
}

async function round(contender: Contender, pool: Pool, seconds: number): Promise<Round> {
  const before = cpuMs(contender.target.pids)
  const counted = await closedLoop(pool, contender.source, contender.inFlight, seconds)
  const spent = cpuMs(contender.target.pids) - before
  return { counted, cpuMicros: (spent * 1_000) / counted.verified }
}

export async function compare(contenders: readonly Contender[], pace: Pace): Promise<readonly Result[]> {
  const runs = contenders.map((contender) => ({
    contender,
    pool: new Pool(contender.target.port, contender.inFlight),
    rounds: new Array<Round>(),
    warmUp: [] as readonly string[],
  }))
  for (const run of runs) run.warmUp = (await round(run.contender, run.pool, pace.warmUpSeconds)).counted.faults
  for (let at = 0; at < pace.rounds; at += 1) {
    for (const run of at % 2 === 0 ? runs : runs.toReversed()) {
      const one = await round(run.contender, run.pool, pace.seconds)
      if (one.counted.verified > 0) run.rounds.push(one)
      else run.warmUp = [...run.warmUp, ...one.counted.faults, 'A round had no verified answer.']
    }
  }
  for (const { pool } of runs) pool.close()
  return runs.map(({ contender, rounds, warmUp }) => summary(contender.target.name, rounds, warmUp))
}

function summary(name: string, rounds: readonly Round[], warmUp: readonly string[]): Result {
  const all = rounds.map(({ counted }) => counted)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  return {
    name,
    cpuMicros: spreadOf(rounds.map(({ cpuMicros }) => cpuMicros)),
    perSecond: spreadOf(all.map(({ verified, seconds }) => verified / seconds)),
    p50Ms: percentile(
      all.flatMap(({ latencies }) => latencies).toSorted((a, b) => a - b),
      0.5,
    ),
    generatorLoad: sum(all.map(({ generatorLoad }) => generatorLoad)) / all.length,
    verified: sum(all.map(({ verified }) => verified)),
    faultCount: sum(all.map(({ faultCount }) => faultCount)) + warmUp.length,
    faults: [...warmUp, ...all.flatMap(({ faults }) => faults)].slice(0, 3),
  }
}

/** By how many of the other's one's is done in the same processor time; the range is the worst and the best pair of rounds. */
export function ratio(ours: Result, other: Result): Spread {
  return {
    min: other.cpuMicros.min / ours.cpuMicros.max,
    median: other.cpuMicros.median / ours.cpuMicros.median,
    max: other.cpuMicros.max / ours.cpuMicros.min,
  }
}
