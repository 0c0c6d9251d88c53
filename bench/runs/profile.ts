// Where the time of one operation goes: the real command under V8's sampling profiler, and the functions in which it was found most.
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { closedLoop, Pool } from '../load/loops.ts'
import { openGround, startLatchkey } from '../servers/latchkey.ts'
import { fill } from '../servers/material.ts'
import type { Engine } from '../servers/target.ts'
import { operations } from './floors.ts'

const folderOfProject = resolve(import.meta.dirname, '../..')
const warmUpSeconds = 2

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  /** Microseconds of the machine's monotonic clock, which all processes share. */
  readonly startTime: number
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export async function profileOperation(id: string, engine: Engine, seconds: number): Promise<void> {
  const operation = operations.find((one) => one.id === id)
  if (operation === undefined) {
    throw new Error(`There is no operation ${id}; there are ${operations.map((one) => one.id).join(', ')}.`)
  }
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-profile-'))
  const ground = await openGround(engine)
  let window: Window = { from: 0, to: 0 }
  try {
    const place = await ground.place()
    const material = await fill(place, { people: 1_000, asked: 1_000, codes: 40_000 })
    const nodeFlags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200']
    const target = await startLatchkey(ground, place, { nodeFlags })
    const pool = new Pool(target.port, operation.inFlight)
    const source = await operation.source(material, target)
    await closedLoop(pool, source, operation.inFlight, warmUpSeconds)
    window = { from: nowMicros(), to: Number.POSITIVE_INFINITY }
    const counted = await closedLoop(pool, source, operation.inFlight, seconds)
    window = { ...window, to: nowMicros() }
    pool.close()
    await target.stop()
    console.log(`${id}: ${counted.verified} verified, ${counted.faultCount} faults. Profiles: ${folder}`)
    if (counted.faults[0] !== undefined) console.log(counted.faults[0])
  } finally {
    await ground.close()
  }
  for (const file of await readdir(folder)) {
    print(file, JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile, window)
  }
}

interface Window {
  readonly from: number
  readonly to: number
}

function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}

const shown = 25
const notOurs = new Set(['(idle)', '(program)', '(root)'])

/** Microseconds by node: of itself, within the window. */
function selfTimes({ samples, timeDeltas, startTime }: CpuProfile, window: Window): ReadonlyMap<number, number> {
  const times = new Map<number, number>()
  let at = startTime
  samples.forEach((node, index) => {
    const delta = timeDeltas[index] ?? 0
    at += delta
    if (at >= window.from && at <= window.to) times.set(node, (times.get(node) ?? 0) + delta)
  })
  return times
}

function print(file: string, profile: CpuProfile, window: Window): void {
  const self = selfTimes(profile, window)
  const byId = new Map(profile.nodes.map((node) => [node.id, node]))
  const bySelf = new Map<string, number>()
  const byTotal = new Map<string, number>()
  let busy = 0
  const add = (times: Map<string, number>, key: string, micros: number): void => {
    times.set(key, (times.get(key) ?? 0) + micros)
  }
  /** Adds up a call tree; a function inside itself counts once. */
  const walk = (node: ProfileNode, above: ReadonlySet<string>): number => {
    const place = placeOf(node)
    const own = notOurs.has(node.callFrame.functionName) ? 0 : (self.get(node.id) ?? 0)
    busy += own
    add(bySelf, place, own)
    const inside = new Set([...above, place])
    const total = (node.children ?? []).reduce((sum, id) => {
      const child = byId.get(id)
      return sum + (child === undefined ? 0 : walk(child, inside))
    }, own)
    if (!above.has(place)) add(byTotal, place, total)
    return total
  }
  const [root] = profile.nodes
  if (root !== undefined) walk(root, new Set())
  console.log(`\n${file}: ${(busy / 1e6).toFixed(2)} s busy`)
  table('self time', bySelf, busy)
  table('with what it calls', byTotal, busy)
}

function table(title: string, times: ReadonlyMap<string, number>, busy: number): void {
  console.log(`\n${title}`)
  for (const [place, micros] of [...times].toSorted((a, b) => b[1] - a[1]).slice(0, shown)) {
    console.log(`${((100 * micros) / busy).toFixed(1).padStart(5)} %  ${place}`)
  }
}

function placeOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const name = functionName === '' ? '(anonymous)' : functionName
  if (url === '') return name
  const file = url.startsWith('file:') ? relative(folderOfProject, new URL(url).pathname) : url
  return `${name}  ${file.replace(/^.*node_modules\//, '')}:${lineNumber + 1}`
}
