// Starts a server in this process and says what people see of it; a worker process and a server that runs alone do the same.

import { flushCompileCache } from 'node:module'
import type { Settings } from '../config.ts'
import { openEngine } from '../database.ts'
import type { Deps } from '../deps.ts'
import { CommandFailure, exitCodes } from './exit.ts'
import type { Mode, Running } from './installation.ts'

export interface StartOptions {
  readonly mode: Mode
  /** Whether a link for the first administrator is made, where there is none. */
  readonly opensSetup: boolean
  readonly deps?: Partial<Deps>
}

/** @throws CommandFailure when the address cannot be had */
export async function startHere(settings: Settings, { mode, opensSetup, deps = {} }: StartOptions): Promise<Running> {
  const isDevelopment = mode === 'development'
  // The writer's thread starts while the modules below are loaded: a tenth of the whole start.
  const opening = deps.openDatabase?.() ?? openEngine(settings.server, endProcess)
  opening.catch(saidBelow)
  // Loaded here: a command that only reads a table needs no HTTP server and no pages.
  const [{ startServer }, { describeDemo }, { openSetup }] = await Promise.all([
    import('../index.ts'),
    import('../demo.ts'),
    import('../features/setup/index.ts'),
  ])
  const server = await startServer(settings, isDevelopment, {
    onFatal: endProcess,
    ...deps,
    openDatabase: () => opening,
  })
  try {
    const listening = await server.listen()
    const address = nameOf(settings, listening)
    // Written now: a server that is killed writes nothing at its end, and the next start shall be quick.
    flushCompileCache()
    const demo = isDevelopment ? describeDemo(settings.identity.publicUrl ?? address) : undefined
    const setup = opensSetup ? await openSetup(server.app.context) : undefined
    const close = async (): Promise<void> => {
      if (!isDevelopment) await server.drain()
      await server.close()
    }
    return { address, issuer: server.issuer, demo, setup, workers: 1, ended: undefined, close }
  } catch (error) {
    await server.close()
    throw addressFailure(error, settings)
  }
}

/** A database that cannot be opened is an error of the start, which waits for it; until then it is nobody's. */
function saidBelow(): void {}

/** The address to open: by the name that the settings use, because cookies and issuer go by it; the port may be the system's. */
function nameOf({ server }: Settings, listening: string): string {
  const url = new URL(listening)
  return server.host === 'localhost' ? `http://localhost:${url.port || '80'}` : listening
}

/** Nothing can be acknowledged any more: the supervisor starts a process anew, which recovers from the log. */
export function endProcess(error: Error): never {
  process.stderr.write(`${error.name}: ${error.message}\n`)
  process.exit(exitCodes.dependencyDown)
}

function addressFailure(error: unknown, { server }: Settings): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const place = `${server.host}:${server.port}`
  if (code === 'EADDRINUSE') {
    const what = `Something listens on ${place} already.`
    const fix = `Stop it, or add --port ${server.port + 1}`
    return new CommandFailure('conflict', { code: 'address_in_use', what, why: 'A port has one listener.', fix }, error)
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    const why = code === 'EACCES' ? 'Ports below 1024 need a right.' : 'This machine does not have the address.'
    const fix = 'Choose another with --host and --port.'
    return new CommandFailure(
      'notAllowed',
      { code: 'address_refused', what: `${place} cannot be used.`, why, fix },
      error,
    )
  }
  return error
}
