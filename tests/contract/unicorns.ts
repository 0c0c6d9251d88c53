// The unicorns example on a port and in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Running, start } from '../../examples/unicorns/server.ts'
import { freePort } from '../support/port.ts'

export interface Unicorns extends Running {
  readonly port: number
}

export async function startUnicorns(): Promise<Unicorns> {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-unicorns-'))
  const port = await freePort()
  const running = await start({
    host: 'localhost',
    port,
    publicUrl: `http://localhost:${port}`,
    dataDir,
    trustedProxies: [],
  })
  return {
    ...running,
    port,
    async close() {
      await running.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export interface Alone {
  readonly port: number
  /** Asks it to end. @returns its exit code */
  close(): Promise<number | null>
}

/** Started as its README says: a process of its own, told everything by the environment. */
export async function startAlone(folder: string, name: string): Promise<Alone> {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-alone-'))
  const port = await freePort()
  const child: ChildProcess = spawn(process.execPath, ['server.ts'], {
    cwd: join(import.meta.dirname, '..', '..', 'examples', folder),
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')])
  if (String(line) !== `${name}: http://localhost:${port}\n`) throw new Error(`It said ${String(line)}.`)
  return {
    port,
    async close() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const [code] = await ended
      await rm(dataDir, { recursive: true, force: true })
      return code
    },
  }
}
