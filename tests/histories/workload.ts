// Random people and clients at work on the nodes, until told to stop: each grant is asked by several at once, and now and then
// something ends all that its person or its client holds.
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '../../packages/authorization-server/src/features/context/index.ts'
import { times } from '../races/ground.ts'
import { GrantHistory, type Node } from './grant-history.ts'
import type { Policy } from './history.ts'
import { type Change, Subject } from './subject.ts'

export interface WorkloadOptions {
  /** The test's own server: it makes people, clients, sessions and changes. */
  readonly context: Context
  readonly nodes: readonly Node[]
  readonly subjects: number
  /** How many ask about one grant at the same time. */
  readonly actors: number
  /** The longest pause between two changes of authority of one subject. */
  readonly changePauseMs: number
  /** Judges each grant when its life is over, too, and not only at the end. */
  readonly judgesAtOnce: boolean
}

export interface Tally {
  grants: number
  operations: number
  ok: number
  refused: number
  unknown: number
  changes: number
  undecided: number
  /** Histories that nothing explains, and answers that no caller should get. */
  readonly faults: string[]
}

const policies: readonly Policy[] = [
  { hasGrace: false, endsAccessTokens: true },
  { hasGrace: true, endsAccessTokens: false },
]
/** A history with more questions that nobody answered is too costly to judge: any of them may have been done at any time. */
const mostUnknown = 3
/** Grants whose life is over, and that are asked after again later: dead is dead. */
const remembered = 4

const longestWaitMs = 60_000

const chance = (probability: number): boolean => Math.random() < probability
const below = (limit: number): number => Math.floor(Math.random() * limit)
const pause = (longestMs: number): Promise<void> => delay(Math.random() * longestMs)

export class Workload {
  readonly tally: Tally = {
    grants: 0,
    operations: 0,
    ok: 0,
    refused: 0,
    unknown: 0,
    changes: 0,
    undecided: 0,
    faults: [],
  }
  readonly #options: WorkloadOptions
  readonly #histories: GrantHistory[] = []
  #isRunning = true

  constructor(options: WorkloadOptions) {
    this.#options = options
  }

  /** Runs until `stop`, or until the first fault where each grant is judged at once. */
  async run(): Promise<void> {
    const { context, subjects, judgesAtOnce } = this.#options
    const lanes = times(subjects, async (n) => {
      const subject = await Subject.create(
        context,
        policies[n % policies.length] ?? { hasGrace: true, endsAccessTokens: false },
      )
      await Promise.all([this.#live(subject), this.#live(subject), this.#govern(subject)])
    })
    await Promise.all(lanes)
    if (!judgesAtOnce) for (const history of this.#histories) this.#judge(history)
    this.#count()
  }

  stop(): void {
    this.#isRunning = false
  }

  /** Waits until so much was answered, since a busy machine needs longer for it; a minute at most. */
  async untilAnswered(least: { readonly ok: number; readonly refused: number }): Promise<void> {
    const start = performance.now()
    while (this.#isRunning && performance.now() - start < longestWaitMs) {
      const outcomes = this.#histories.flatMap((history) => history.operations.map(({ outcome }) => outcome))
      const ok = outcomes.filter((outcome) => outcome === 'ok').length
      if (ok >= least.ok && outcomes.filter((outcome) => outcome === 'refused').length >= least.refused) return
      await delay(250)
    }
  }

  /** Signs in when it must, and lives through one grant after the other. */
  async #live(subject: Subject): Promise<void> {
    const former: GrantHistory[] = []
    let signIn = await subject.signIn()
    while (this.#isRunning) {
      const history = signIn && (await GrantHistory.begin(subject, signIn, this.#node()))
      if (history === undefined) {
        await pause(20)
        signIn = (await subject.signIn()) ?? signIn
        continue
      }
      this.#histories.push(history)
      await Promise.all(times(this.#options.actors, (n) => this.#act(history, n)))
      await this.#close(history)
      const old = former[below(former.length)]
      if (old !== undefined) await this.#close(old)
      former.unshift(history)
      former.splice(remembered)
    }
  }

  /** What a careful client would see last; in this order, one after the other. */
  async #close(history: GrantHistory): Promise<void> {
    if (history.unknown <= mostUnknown) {
      await history.introspect(this.#node(), below(8))
      await history.refresh(this.#node(), 0)
      await history.introspect(this.#node(), below(8))
    }
    if (this.#options.judgesAtOnce) this.#judge(history)
  }

  async #act(history: GrantHistory, actor: number): Promise<void> {
    if (actor === 0 || chance(0.1)) await history.redeem(this.#node())
    const steps = 2 + below(5)
    for (let n = 0; n < steps && this.#isRunning && history.unknown <= mostUnknown; n += 1) {
      await pause(8)
      // Of what is dead nobody asks for long.
      if (history.operations.at(-1)?.outcome === 'refused' && chance(0.4)) return
      if (history.hasTokens) await this.#step(history)
      else if (actor === 0) await history.redeem(this.#node())
    }
  }

  async #step(history: GrantHistory): Promise<void> {
    const node = this.#node()
    const drawn = Math.random()
    if (drawn < 0.4) await history.introspect(node, below(8))
    else if (drawn < 0.75) await history.refresh(node, 0)
    else if (drawn < 0.87) await history.refresh(node, 1)
    else if (drawn < 0.91) await history.refresh(node, 2)
    else if (drawn < 0.95) await history.redeem(node)
    else await history.revoke(node, chance(0.5) ? 'access' : 'refresh')
  }

  /** Somebody with power over the person or the client. */
  async #govern(subject: Subject): Promise<void> {
    const change = async (kind: Change): Promise<void> => {
      this.tally.changes += 1
      await subject.change(kind)
    }
    while (this.#isRunning) {
      await pause(this.#options.changePauseMs)
      const drawn = Math.random()
      if (drawn < 0.5) {
        await change('disable')
        await pause(40)
        await change('enable')
      } else if (drawn < 0.7) await change('change password')
      else if (drawn < 0.85) await change('withdraw consent')
      else await change('void client')
    }
  }

  /** Any of them, but seldom one that will not answer: asking those is mostly waiting. */
  #node(): Node {
    const well = this.#options.nodes.filter((one) => one.isHarmed?.() !== true || chance(0.1))
    const nodes = well.length === 0 ? this.#options.nodes : well
    const node = nodes[below(nodes.length)]
    if (node === undefined) throw new Error('There is no node.')
    return node
  }

  #judge(history: GrantHistory): void {
    const verdict = history.judge()
    if (verdict.kind === 'undecided') this.tally.undecided += 1
    if (verdict.kind === 'unexplained') {
      this.tally.faults.push(history.story(verdict))
      if (this.#options.judgesAtOnce) this.stop()
    }
  }

  #count(): void {
    this.tally.grants = this.#histories.length
    for (const history of this.#histories) {
      this.tally.operations += history.operations.length
      for (const { outcome } of history.operations) this.tally[outcome] += 1
      this.tally.faults.push(...history.strange)
    }
  }
}
