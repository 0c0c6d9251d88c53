// The first process of `latchkey serve --workers`: owns the writer of the embedded database, keeps its workers alive, and
// serves nothing itself. The workers accept from one listening socket that it holds: a connection that one of them has not
// taken when it ends or dies is taken by another. With SO_REUSEPORT it would be lost, and so would be one that the first
// process had handed to a worker that had just died.

import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Settings } from '../../config.ts'
import { embeddedFile } from '../../database.ts'
import { systemDeps } from '../../deps.ts'
import type { Log } from '../../platform/log/index.ts'
import { openWriterOwner, type WriterOwner } from '../../platform/storage/index.ts'
import { CommandFailure } from '../exit.ts'
import type { Running } from '../installation.ts'
import { endProcess } from '../server.ts'
import { type FromWorker, isFromWorker, lineOver, type ToWorker } from './messages.ts'
import { afterDeath } from './restarts.ts'

type Listening = Extract<FromWorker, { kind: 'listening' }>

/** One place among the workers, and the process that holds it now. */
interface Place {
  readonly number: number
  worker: Worker | undefined
  serves: boolean
  earlyDeaths: number
}

/** Starts the workers, the first one alone: it makes the tables and keys that are missing. */
export async function supervise(settings: Settings): Promise<Running> {
  cluster.schedulingPolicy = cluster.SCHED_NONE
  cluster.setupPrimary({ serialization: 'advanced' })
  const { log } = systemDeps(settings.log, false)
  const { server } = settings
  const owner =
    server.databaseUrl === undefined
      ? await openWriterOwner({ file: embeddedFile(server), onFatal: endProcess })
      : undefined
  const crew = new Crew(settings, log, owner)
  try {
    await crew.choosePort()
    const { address, issuer, setup } = await crew.start()
    return {
      address,
      issuer,
      setup,
      demo: undefined,
      workers: server.workers,
      ended: crew.ended,
      close: () => crew.stop(),
    }
  } catch (error) {
    await crew.stop()
    throw error
  }
}

/** Beyond drain and deadline, for what comes after the last request. */
const slackMs = 5_000

class Crew {
  readonly ended: Promise<never>
  readonly #settings: Settings
  readonly #log: Log
  readonly #owner: WriterOwner | undefined
  readonly #places: readonly Place[]
  readonly #giveUp: (failure: CommandFailure) => void
  #port: number | undefined
  #isStopping = false

  constructor(settings: Settings, log: Log, owner: WriterOwner | undefined) {
    this.#settings = settings
    this.#log = log
    this.#owner = owner
    this.#places = Array.from({ length: settings.server.workers }, (_, index) => ({
      number: index + 1,
      worker: undefined,
      serves: false,
      earlyDeaths: 0,
    }))
    const { promise, reject } = Promise.withResolvers<never>()
    this.ended = promise
    this.#giveUp = reject
    // Somebody listens only once the start is over.
    promise.catch(() => undefined)
  }

  /** Workers share a socket by its address, so a port that the system chooses is chosen once. */
  async choosePort(): Promise<void> {
    const { host, port } = this.#settings.server
    if (port !== 0) return
    const probe = createServer().listen(0, host)
    await once(probe, 'listening')
    const address = probe.address()
    probe.close()
    await once(probe, 'close')
    if (typeof address === 'object' && address !== null) this.#port = address.port
  }

  async start(): Promise<Listening> {
    const [first, ...others] = this.#places
    if (first === undefined) throw new Error('There is no worker to start.')
    const listening = await this.#begin(first, true)
    this.#watch(first)
    await Promise.all(others.map((place) => this.#serve(place)))
    return listening
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    const { drainDelayMs, shutdownDeadlineMs } = this.#settings.server
    const workers = this.#places.flatMap(({ worker }) => (worker === undefined || worker.isDead() ? [] : [worker]))
    const ends = workers.map((worker) => endOf(worker))
    const order: ToWorker = { kind: 'stop' }
    for (const worker of workers) lineOver(worker).send(order)
    const deadline = setTimeout(
      () => workers.forEach((worker) => worker.process.kill('SIGKILL')),
      drainDelayMs + shutdownDeadlineMs + slackMs,
    )
    await Promise.all(ends)
    clearTimeout(deadline)
    await this.#owner?.close()
  }

  /** Starts a worker in a place and, from then on, its successors; resolves when it serves or has failed once. */
  async #serve(place: Place): Promise<void> {
    const startedAt = performance.now()
    const failure = await this.#begin(place, false).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (failure === undefined) this.#watch(place, startedAt)
    else void this.#replace(place, startedAt, failure)
  }

  /** Forks; resolves when it listens. @throws CommandFailure with the reason that it gave, or how it ended */
  async #begin(place: Place, opensSetup: boolean): Promise<Listening> {
    const worker = cluster.fork()
    place.worker = worker
    const line = lineOver(worker)
    this.#owner?.serve(line)
    const { promise, resolve, reject } = Promise.withResolvers<Listening>()
    line.listen((message) => {
      if (!isFromWorker(message)) return
      const order: ToWorker = { kind: 'start', number: place.number, port: this.#port, opensSetup }
      if (message.kind === 'ready') line.send(order)
      else if (message.kind === 'failed') reject(new CommandFailure(message.ending, message.explanation))
      else resolve(message)
    })
    void endOf(worker).then((how) => reject(diedAtStart(how)))
    const listening = await promise
    place.serves = true
    this.#log.info('a worker serves', { worker: place.number, pid: worker.process.pid })
    return listening
  }

  #watch(place: Place, startedAt: number = performance.now()): void {
    if (place.worker === undefined) return
    void endOf(place.worker).then((how) => this.#replace(place, startedAt, how))
  }

  async #replace(place: Place, startedAt: number, how: unknown): Promise<void> {
    place.serves = false
    if (this.#isStopping) return
    const wasAsked = how === 'exit 0'
    const { earlyDeaths } = place
    const othersServe = this.#places.some(({ serves }) => serves)
    const next = afterDeath({ earlyDeaths, livedMs: performance.now() - startedAt, wasAsked, othersServe })
    const fields = { worker: place.number, how: how instanceof Error ? how.message : how }
    if (next.kind === 'give-up') {
      this.#log.error('workers die as soon as they are started', fields)
      this.#giveUp(diesAgain(how))
      return
    }
    place.earlyDeaths = next.earlyDeaths
    if (wasAsked) this.#log.info('a worker ended, and is replaced', fields)
    else this.#log.error('a worker died, and is replaced', { ...fields, afterMs: next.afterMs })
    await delay(next.afterMs)
    if (!this.#isStopping) await this.#serve(place)
  }
}

/** `exit 0`, `exit 7` or `SIGKILL`. */
function endOf(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`))
  })
}

function diedAtStart(how: string): CommandFailure {
  return new CommandFailure('dependencyDown', {
    code: 'worker_died',
    what: 'A worker died before it could serve.',
    why: `It ended with ${how}.`,
    fix: 'Read what it wrote above, or start with --workers 1.',
  })
}

function diesAgain(how: unknown): CommandFailure {
  if (how instanceof CommandFailure) return how
  return new CommandFailure('dependencyDown', {
    code: 'workers_die',
    what: 'Every worker dies soon after it was started, and none is left.',
    why: `The last one ended with ${String(how)}.`,
    fix: 'Read what they wrote above, or start with --workers 1.',
  })
}
