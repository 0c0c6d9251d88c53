// What a process tree cost, from /proc, and on which core it may run. Where there is no /proc or no taskset, that is said, not guessed.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

export const serverCore = 0
export const generatorCore = 1
const ticksPerSecond = 100

export interface Pinning {
  readonly isPinned: boolean
  /** For the report. */
  readonly how: string
}

function works(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false // not installed, or not allowed here
  }
}

export function pinning(): Pinning {
  if (cpus().length < 2)
    return { isPinned: false, how: 'one core only: server and generator share it, so rates are too low' }
  if (!works('taskset', '-p', String(process.pid)))
    return { isPinned: false, how: 'no taskset: the scheduler places all processes' }
  return {
    isPinned: true,
    how: `taskset: servers and databases on core ${serverCore}, the generator on core ${generatorCore}`,
  }
}

/** Binds all threads of a process, and what they will start, to one core. */
export function pin(pid: number, core: number): void {
  if (!pinning().isPinned) return
  for (const one of [pid, ...descendants(pid)]) works('taskset', '-a', '-c', '-p', String(core), String(one))
}

interface Stat {
  readonly parent: number
  readonly ownTicks: number
  readonly buriedTicks: number
}

/** proc_pid_stat(5): the name in brackets may hold anything, so fields are counted from its end. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const at = (index: number): number => Number(fields[index])
    return { parent: at(1), ownTicks: at(11) + at(12), buriedTicks: at(13) + at(14) }
  } catch {
    return undefined // it has ended
  }
}

export function descendants(pid: number): readonly number[] {
  if (!existsSync('/proc/self/stat')) return []
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = statOf(Number(name))?.parent
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const found: number[] = []
  for (const queue = [pid]; queue.length > 0; ) {
    const own = children.get(queue.pop() ?? 0) ?? []
    found.push(...own)
    queue.push(...own)
  }
  return found
}

/** Milliseconds of processor time of these processes, their threads, their children, and children that have ended. */
export function cpuMs(pids: readonly number[]): number {
  const all = new Set(pids.flatMap((pid) => [pid, ...descendants(pid)]))
  let ticks = 0
  for (const pid of all) {
    const stat = statOf(pid)
    ticks += stat === undefined ? 0 : stat.ownTicks + stat.buriedTicks
  }
  return (ticks / ticksPerSecond) * 1_000
}
