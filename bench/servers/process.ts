// Starts and ends the processes that are measured. Only what was started here is ever ended.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { pin, serverCore } from '../load/cpu.ts'

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

function keep(child: ChildProcess): ChildProcess {
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

export interface Started {
  readonly child: ChildProcess
  /** Its first message. */
  readonly ready: unknown
}

/** A module that says by message when it is ready. */
export async function startModule(file: string, args: readonly string[]): Promise<Started> {
  const child = keep(fork(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] }))
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${file} ended before it was ready.`)))
  const message = once(child, 'message')
  const [ready]: unknown[] = await Promise.race([message, ended])
  ended.catch(() => undefined)
  pin(child.pid ?? 0, serverCore)
  return { child, ready }
}

export interface Command {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly readyPort: number
}

/** A command of node that is ready when its port takes connections. */
export async function startCommand({ args, env, readyPort }: Command): Promise<ChildProcess> {
  const child = keep(
    spawn(process.execPath, [...args], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } }),
  )
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}.`)
    const answered = await fetch(`http://127.0.0.1:${readyPort}/`).then(
      () => true,
      () => false,
    )
    if (answered) break
    await delay(20)
  }
  pin(child.pid ?? 0, serverCore)
  return child
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(timer)
}
