// One of the processes that serve: started by the first process, it reads the database by itself, sends its writes there
// when the database is the embedded one, and ends with it.

import { embeddedFile } from '../../database.ts'
import { systemDeps } from '../../deps.ts'
import type { Settings } from '../../config.ts'
import { openSharedWriter } from '../../platform/storage/index.ts'
import { failureOf } from '../exit.ts'
import { releaseMemoryOfStart } from '../release-memory.ts'
import { endProcess, startHere } from '../server.ts'
import { type Channel, type FromWorker, isToWorker, lineOver, type ToWorker } from './messages.ts'

/** Serves until it is told to stop, then ends the process. */
export async function runWorker(settings: Settings): Promise<never> {
  const channel = ownChannel()
  const { promise: order, resolve: begin } = Promise.withResolvers<Extract<ToWorker, { kind: 'start' }>>()
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  channel.on('message', (message) => {
    if (!isToWorker(message)) return
    if (message.kind === 'start') begin(message)
    else stop()
  })
  // A terminal's Ctrl-C and a supervisor may reach every process; one worker alone may be told to end as well.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop())
  await tell(channel, { kind: 'ready' })
  try {
    const running = await start(settings, channel, await order)
    await stopped
    await running.close()
    process.exit()
  } catch (error) {
    const { ending, explanation } = failureOf(error)
    await tell(channel, { kind: 'failed', ending, explanation })
    process.exit(1)
  }
}

async function start(settings: Settings, channel: Channel, order: Extract<ToWorker, { kind: 'start' }>) {
  const { server } = settings
  const placed = { ...settings, server: { ...server, port: order.port ?? server.port } }
  const log = systemDeps(settings.log, false).log.with({ worker: order.number })
  const openDatabase = async () => openSharedWriter({ file: embeddedFile(server), line: lineOver(channel) })
  const running = await startHere(placed, {
    mode: 'production',
    opensSetup: order.opensSetup,
    deps: { log, onFatal: endProcess, ...(server.databaseUrl === undefined ? { openDatabase } : {}) },
  })
  const { address, issuer, setup } = running
  await tell(channel, { kind: 'listening', address, issuer, setup })
  releaseMemoryOfStart()
  return running
}

function ownChannel(): Channel {
  const send = process.send?.bind(process)
  if (send === undefined) throw new Error('A worker is started by another process.')
  return { send: (message, done) => send(message, undefined, undefined, done), on: process.on.bind(process) }
}

function tell(channel: Channel, message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    channel.send(message, () => resolve())
  })
}
