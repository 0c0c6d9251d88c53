/**
 * How long the server takes from process start to its first answer, and how much memory it then holds: `npm run bench:start`.
 * The first start makes keys and the demo; the later ones are what an operator meets. Each is a process of its own,
 * looked at from outside.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../tests/support/port.ts'

const laterStarts = 7
const idleAfterMs = 3_000
const limits = { startMs: 500, idleMb: 110 }

interface Figures {
  readonly startMs: number
  readonly idleMb: number
}

async function firstAnswer(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`)
    const answered = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (answered) return
    await wait(1)
  }
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1])
  return kilobytes / 1024
}

async function measure(dataDir: string): Promise<Figures> {
  const port = await freePort()
  const bin = path.join(import.meta.dirname, '../packages/authorization-server/bin/latchkey.js')
  const startedAt = performance.now()
  const child = spawn(process.execPath, [bin, 'dev'], {
    stdio: 'ignore',
    env: { ...process.env, LATCHKEY_PORT: String(port), LATCHKEY_DATA_DIR: dataDir, LATCHKEY_LOG_LEVEL: 'warn' },
  })
  try {
    await firstAnswer(`http://127.0.0.1:${port}/o/.well-known/openid-configuration`, child)
    const startMs = performance.now() - startedAt
    await wait(idleAfterMs)
    return { startMs, idleMb: await residentMb(child.pid ?? 0) }
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function row(name: string, values: readonly number[], unit: string): string {
  const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)].map((value) =>
    value.toFixed(0),
  )
  return `${name.padEnd(28)} min ${least}  median ${middle}  max ${most} ${unit}`
}

const dataDir = await mkdtemp(path.join(tmpdir(), 'latchkey-bench-'))
try {
  const first = await measure(dataDir)
  const later: Figures[] = []
  for (let start = 0; start < laterStarts; start++) later.push(await measure(dataDir))
  const starts = later.map((figures) => figures.startMs)
  const idle = later.map((figures) => figures.idleMb)
  console.log(`${process.version}, ${cpus().length} cores, load ${(loadavg()[0] ?? 0).toFixed(1)}`)
  console.log(row('first start', [first.startMs], 'ms'))
  console.log(row('idle after the first start', [first.idleMb], 'MB'))
  console.log(row(`later starts (${laterStarts})`, starts, 'ms'))
  console.log(row('idle after a later start', idle, 'MB'))
  const holds = median(starts) <= limits.startMs && median(idle) <= limits.idleMb
  console.log(`${holds ? 'holds' : 'MISSED'}: median ≤ ${limits.startMs} ms and ≤ ${limits.idleMb} MB`)
  process.exitCode = holds ? 0 : 1
} finally {
  await rm(dataDir, { recursive: true, force: true })
}
