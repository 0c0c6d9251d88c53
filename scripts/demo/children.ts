// The examples as processes of their own: started with a port and an issuer, waited for, and ended together.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const compileCache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'compile')
const readyWithinMs = 30_000
const patienceMs = 5_000

export interface Child {
  readonly name: string
  /** Settles when the process has ended by itself, with why. */
  readonly ended: Promise<string>
  stop(): Promise<void>
}

/** Starts `node server.ts` in a folder; what it says of errors is passed on under its name. */
export function startChild(name: string, folder: string, variables: Readonly<Record<string, string>>): Child {
  const child = spawn(process.execPath, ['server.ts'], {
    cwd: folder,
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => process.stderr.write(text.replaceAll(/^(?=.)/gm, `${name}: `)))
  const ended = once(child, 'exit').then(([code, signal]) => `${name} ended (${String(signal ?? code)}).`)
  return { name, ended, stop: () => stop(child, ended) }
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  await ended
  clearTimeout(timer)
}

/** Waits until the address answers anything at all. @throws Error when it does not, or when the process ends */
export async function untilReady(url: string, { name, ended }: Child): Promise<void> {
  const deadline = Date.now() + readyWithinMs
  let isOver = false
  const gone = ended.then((words) => {
    isOver = true
    throw new Error(words)
  })
  const answered = async (): Promise<void> => {
    while (!isOver && Date.now() < deadline) {
      // One attempt after another: the process is still starting.
      // oxlint-disable-next-line no-await-in-loop
      if (
        await fetch(url, { redirect: 'manual' }).then(
          () => true,
          () => false,
        )
      )
        return
      // oxlint-disable-next-line no-await-in-loop
      await sleep(50)
    }
    throw new Error(`${name} does not answer at ${url}.`)
  }
  await Promise.race([answered(), gone])
}
