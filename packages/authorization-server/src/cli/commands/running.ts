// What `dev` and `serve` share: the address, starting, and waiting until somebody stops it.

import type { Flag } from '../../platform/config/index.ts'
import type { Context, OptionDeclaration } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import type { Mode, Running } from '../installation.ts'
import type { Result } from '../output.ts'
import { releaseMemoryOfStart } from '../release-memory.ts'

export const addressOptions: readonly OptionDeclaration[] = [
  { name: 'port', value: 'PORT', description: 'the port to listen on (LATCHKEY_PORT)' },
  { name: 'host', value: 'HOST', description: 'the address to listen on (LATCHKEY_HOST)' },
  { name: 'data-dir', value: 'FOLDER', description: 'the folder of database and key (LATCHKEY_DATA_DIR)' },
]

const keys: Readonly<Record<string, string>> = {
  port: 'server.port',
  host: 'server.host',
  'data-dir': 'server.dataDir',
  workers: 'server.workers',
}

/** Runs a server until it is stopped; `announce` gives the lines that people see. */
export async function runServer(
  context: Context,
  mode: Mode,
  more: readonly Flag[],
  announce: (running: Running) => readonly string[],
): Promise<Result> {
  const given = Object.entries(keys).flatMap(([name, key]): Flag[] => {
    const value = context.input.has(name) ? context.input.maybeText(name) : undefined
    return value === undefined ? [] : [{ flag: `--${name}`, key, value }]
  })
  const mayExpose = context.input.has('expose-demo') && context.input.flag('expose-demo')
  const running = await (await context.roof()).start(mode, [...more, ...given], mayExpose)
  const { address, issuer, demo, setup, workers } = running
  const facts = { event: 'listening', address, issuer, workers, demo: demo ?? null, setup: setup ?? null }
  context.output.event(facts, announce(running))
  releaseMemoryOfStart()
  try {
    await Promise.race([untilAborted(context.stopped), ...(running.ended === undefined ? [] : [running.ended])])
  } finally {
    await running.close()
  }
  const isByPerson = context.stopped.reason === 'SIGINT'
  return { say: 'Stopped.', data: { event: 'stopped' }, ending: isByPerson ? 'interrupted' : 'ok' }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => resolve(), { once: true })
  if (signal.aborted) {
    resolve()
  }
  // A signal alone keeps no process alive; the listening socket does, unless it fails.
  return promise
}

/** Django's `runserver 8001` and `runserver 0.0.0.0:8001`. */
export function addressFlags(text: string | undefined): readonly Flag[] {
  if (text === undefined) {
    return []
  }
  const parts = /^(?:(?<host>\[[0-9a-f:.]+\]|[^:[\]\s]+):)?(?<port>\d{1,5})$/i.exec(text)?.groups
  if (parts?.['port'] === undefined) {
    throw new CommandFailure('usage', {
      code: 'address_refused',
      what: `“${text}” is no address.`,
      why: 'It is a port, or a host and a port.',
      fix: 'latchkey dev 8001, or latchkey dev localhost:8001',
    })
  }
  const host = parts['host']?.replace(/^\[|\]$/g, '')
  const port: Flag = { flag: 'ADDRESS', key: 'server.port', value: parts['port'] }
  return host === undefined ? [port] : [port, { flag: 'ADDRESS', key: 'server.host', value: host }]
}
