/**
 * How much of what the machine can do the server does: `npm run bench -- --quick | --full | --profile refresh`. See README.md here.
 * Ends with 1 when an answer was wrong, or a figure of the quick run is far behind what is demanded.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { generatorCore, pin, pinning } from './load/cpu.ts'
import { countStatements } from './runs/counts.ts'
import { compareOperation, type Compared, operations, type Stage } from './runs/floors.ts'
import type { Figure } from './runs/bars.ts'
import { latencyUnderLoad, moreRows, twoWorkers } from './runs/latency.ts'
import type { Pace } from './runs/measure.ts'
import { profileOperation } from './runs/profile.ts'
import { failures, figureLine, machine, page, resultLine } from './runs/report.ts'
import { startFloors } from './servers/floor.ts'
import { openGround, startLatchkey } from './servers/latchkey.ts'
import { fill } from './servers/material.ts'
import { startPeers } from './servers/peers.ts'
import type { Engine } from './servers/target.ts'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    profile: { type: 'string' },
    engine: { type: 'string' },
    only: { type: 'string' },
    peers: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    people: { type: 'string' },
  },
})

interface Plan {
  readonly engines: readonly Engine[]
  readonly pace: Pace
  readonly withPeers: boolean
  readonly refreshes: number
  readonly latencySeconds: number
  /** 0 leaves the comparison out. */
  readonly manyPeople: number
  readonly codes: number
}

/** A code is good once: with fewer than are redeemed, a round would end early. */
const mostCodesPerSecond = 8_000

function codesFor({ rounds, seconds, warmUpSeconds }: Pace): number {
  return Math.ceil(mostCodesPerSecond * (rounds * seconds + warmUpSeconds))
}

function plan(): Plan {
  const given = { rounds: Number(flags.rounds ?? 0), seconds: Number(flags.seconds ?? 0) }
  const engines: readonly Engine[] =
    flags.engine === 'sqlite' || flags.engine === 'postgres' ? [flags.engine] : ['sqlite', 'postgres']
  if (flags.full) {
    const pace = { rounds: given.rounds || 5, seconds: given.seconds || 5, warmUpSeconds: 5 }
    return {
      engines,
      pace,
      withPeers: true,
      refreshes: 100_000,
      latencySeconds: 20,
      manyPeople: Number(flags.people ?? 1_000_000),
      codes: codesFor(pace),
    }
  }
  const seconds = given.seconds || 0.3
  const pace = { rounds: given.rounds || 3, seconds, warmUpSeconds: Math.max(0.7, seconds) }
  return {
    engines,
    pace,
    withPeers: flags.peers,
    refreshes: 2_000,
    latencySeconds: 1,
    manyPeople: Number(flags.people ?? 0),
    codes: codesFor(pace),
  }
}

const wanted = (id: string): boolean => flags.only === undefined || id.includes(flags.only)
/** The quick run asks PostgreSQL only where it has work to do. */
const onPostgresWhenQuick = new Set(['client-credentials', 'refresh', 'code'])
const isAsked = (id: string, engine: Engine): boolean =>
  wanted(id) && (flags.full || flags.only !== undefined || engine === 'sqlite' || onPostgresWhenQuick.has(id))
const compared: Compared[] = []
const figures: Figure[] = []

function tell(more: readonly Figure[]): void {
  figures.push(...more)
  for (const figure of more) console.log(figureLine(figure))
}

async function onEngine(engine: Engine, planned: Plan): Promise<void> {
  const { pace } = planned
  const ground = await openGround(engine)
  try {
    if (wanted('statements')) tell(await countStatements(ground, planned.refreshes))
    const place = await ground.place()
    const material = await fill(place, { people: 1_000, asked: 1_000, codes: planned.codes })
    const floorPlace = await ground.place()
    const floors = await startFloors(
      floorPlace.databaseUrl ?? join(floorPlace.dataDir, 'floor.db'),
      ground.databasePids,
    )
    const ours = await startLatchkey(ground, place)
    const comparesPeers = planned.withPeers && engine === 'sqlite' && operations.some(({ id }) => wanted(id))
    const peers = comparesPeers ? await startPeers(planned.codes) : undefined
    try {
      const stage: Stage = { engine, ours, material, floors, peers: peers?.list ?? [] }
      for (const operation of operations.filter(({ id }) => isAsked(id, engine))) {
        const one = await compareOperation(operation, stage, pace)
        compared.push(one)
        console.log(`\n${operation.id}, ${engine}`)
        for (const result of one.results) console.log(resultLine(result))
        for (const fault of one.results.flatMap(({ faults }) => faults)) console.log(`  fault: ${fault}`)
        tell(one.figures)
      }
      // With tokens that no round has spent.
      if (wanted('latency')) {
        const other = await ground.place()
        const fresh = await fill(other, { people: 1_000, asked: 1_000, codes: 0 })
        const server = await startLatchkey(ground, other)
        tell(await latencyUnderLoad(ground, server, fresh, planned.latencySeconds))
        await server.stop()
      }
    } finally {
      await ours.stop()
      await floors.stop()
      await peers?.stop()
    }
    if (wanted('workers') && (engine === 'sqlite' || flags.full)) tell(await twoWorkers(ground, pace))
    if (wanted('size') && planned.manyPeople > 0) tell(await moreRows(ground, planned.manyPeople, pace))
  } finally {
    await ground.close()
  }
}

async function measure(): Promise<void> {
  const planned = plan()
  const machineAtStart = machine()
  console.log(`${machineAtStart}\n${pinning().how}\n`)
  for (const engine of planned.engines) await onEngine(engine, planned)
  const faults = compared.flatMap(({ results }) => results).reduce((sum, { faultCount }) => sum + faultCount, 0)
  const behind = failures(figures)
  if (flags.full && flags.only === undefined) {
    const { peersText } = await import('./servers/peers.ts')
    const folder = join(import.meta.dirname, '../docs/reference')
    await mkdir(folder, { recursive: true })
    const text = page(
      { compared, figures, pace: planned.pace, peers: planned.withPeers ? peersText : [] },
      machineAtStart,
    )
    await writeFile(join(folder, 'performance.md'), `${text.trimEnd()}\n`)
  }
  for (const figure of behind) console.log(`BEHIND  ${figureLine(figure)}`)
  console.log(faults === 0 ? '\nEvery answer was right.' : `\n${faults} answers were wrong.`)
  process.exitCode = faults === 0 && behind.length === 0 ? 0 : 1
}

pin(process.pid, generatorCore)
if (flags.profile === undefined) await measure()
else
  await profileOperation(flags.profile, flags.engine === 'postgres' ? 'postgres' : 'sqlite', Number(flags.seconds ?? 5))
process.exit()
