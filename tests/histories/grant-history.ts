// One code and what became of it: asks the nodes, writes every question down with its answer, and has the checker judge it.
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import { type Answer, pairOf, type Post, redeem, refresh, type TestClient } from '../races/ground.ts'
import { explain, type Verdict } from './checker.ts'
import { type Given, lineOf, type Operation, type Outcome } from './history.ts'
import { clock, type Subject, until } from './subject.ts'

export interface Node {
  readonly name: string
  /** Whether it can be expected not to answer now. */
  readonly isHarmed?: () => boolean
  readonly post: Post
  /** A code, as the browser of this person is sent back with it; undefined when none is given. */
  authorize(person: SignedIn, client: TestClient): Promise<string | undefined>
}

/** How old a code may be before a refusal may mean that it ran out. */
const freshMs = 50_000

export class GrantHistory {
  readonly #subject: Subject
  readonly #operations: Operation[]
  readonly #code: string
  readonly #issuedAt: number
  /** Oldest first. */
  readonly #refresh: string[] = []
  readonly #access: string[] = []
  readonly #names = new Map<string, string>()
  /** Answers that no caller should get. */
  readonly strange: string[] = []

  private constructor(subject: Subject, operations: Operation[], code: string) {
    this.#subject = subject
    this.#operations = operations
    this.#code = code
    this.#issuedAt = clock()
  }

  /** Undefined when no code was given. */
  static async begin(
    subject: Subject,
    signIn: { readonly person: SignedIn; readonly operation: Operation },
    node: Node,
  ): Promise<GrantHistory | undefined> {
    const start = clock()
    const code = await node.authorize(signIn.person, subject.client).catch(() => undefined)
    if (code === undefined || signIn.operation.kind !== 'sign in') return undefined
    const { session } = signIn.operation
    const issue: Operation = { kind: 'issue', session, outcome: 'ok', start, end: clock(), at: node.name }
    return new GrantHistory(subject, [signIn.operation, issue], code)
  }

  get hasTokens(): boolean {
    return this.#access.length > 0
  }

  get operations(): readonly Operation[] {
    return this.#operations
  }

  get unknown(): number {
    return this.#operations.filter(({ outcome }) => outcome === 'unknown').length
  }

  async redeem(node: Node): Promise<void> {
    const { start, answer, outcome } = await this.#ask(() => redeem(node.post, this.#subject.client, this.#code))
    const isLate = clock() - this.#issuedAt > freshMs
    const given = this.#givenIn(answer, outcome)
    this.#note({ kind: 'redeem', isLate, outcome, start, end: until(outcome), at: node.name, ...given })
  }

  /** @param back 0 for the newest token that is known, 1 for the one before it */
  async refresh(node: Node, back: number): Promise<void> {
    const text = this.#refresh.at(-1 - back)
    if (text === undefined) return
    const { start, answer, outcome } = await this.#ask(() => refresh(node.post, this.#subject.client, text))
    const given = this.#givenIn(answer, outcome)
    this.#note({
      kind: 'refresh',
      token: this.#name(text),
      outcome,
      start,
      end: until(outcome),
      at: node.name,
      ...given,
    })
  }

  async introspect(node: Node, pick: number): Promise<void> {
    const token = this.#access[pick % Math.max(1, this.#access.length)]
    if (token === undefined) return
    const { credentials } = this.#subject.client
    const { start, answer, outcome } = await this.#ask(() => node.post('/o/introspect/', { token, ...credentials }))
    const told = outcome === 'ok' && answer?.body['active'] !== true ? 'refused' : outcome
    this.#note({ kind: 'introspect', token: this.#name(token), outcome: told, start, end: until(told), at: node.name })
  }

  /** Either half of the pair. */
  async revoke(node: Node, half: 'access' | 'refresh'): Promise<void> {
    const token = (half === 'access' ? this.#access : this.#refresh).at(-1)
    if (token === undefined) return
    const { credentials } = this.#subject.client
    const { start, outcome } = await this.#ask(() => node.post('/o/revoke_token/', { token, ...credentials }))
    this.#note({ kind: 'revoke', outcome, start, end: until(outcome), at: node.name })
  }

  /** Whether one sequential grant could have answered all this. */
  judge(): Verdict {
    const { operations, isActive } = this.#whole()
    return explain(operations, this.#subject.policy, isActive)
  }

  /** The history and what could not be explained, to read. */
  story(verdict: Verdict): string {
    const stuck = new Set(verdict.kind === 'unexplained' ? verdict.stuck : [])
    const lines = this.#whole()
      .operations.toSorted((a, b) => a.start - b.start)
      .map((one) => `${stuck.has(one) ? '?' : ' '} ${lineOf(one)}`)
    return [`${verdict.kind}, ${JSON.stringify(this.#subject.policy)}`, ...lines].join('\n')
  }

  #whole(): { readonly operations: readonly Operation[]; readonly isActive: boolean } {
    const own = this.#operations
    const from = own[0]?.start ?? 0
    const to = Math.max(...own.map(({ start, end }) => (end === Number.POSITIVE_INFINITY ? start : end)))
    const { changes, isActive } = this.#subject.between(from, to)
    return { operations: [...own, ...changes], isActive }
  }

  async #ask(send: () => Promise<Answer>): Promise<{ start: number; answer: Answer | undefined; outcome: Outcome }> {
    const start = clock()
    const answer = await send().catch(() => undefined)
    return { start, answer, outcome: this.#outcomeOf(answer) }
  }

  #outcomeOf(answer: Answer | undefined): Outcome {
    if (answer === undefined || answer.status === 503) return 'unknown'
    if (answer.status === 200) return 'ok'
    if (answer.status === 400 && answer.body['error'] === 'invalid_grant') return 'refused'
    this.strange.push(`${answer.status} ${JSON.stringify(answer.body)}`)
    return 'unknown'
  }

  #givenIn(answer: Answer | undefined, outcome: Outcome): { readonly given?: Given } {
    if (outcome !== 'ok' || answer === undefined) return {}
    const pair = pairOf(answer)
    if (!this.#refresh.includes(pair.refresh)) this.#refresh.push(pair.refresh)
    this.#access.push(pair.access)
    return { given: { access: this.#name(pair.access, 'a'), refresh: this.#name(pair.refresh, 'r') } }
  }

  /** Short names, since a story is read by people, and tokens do not belong in a log. */
  #name(text: string, letter = ''): string {
    const known = this.#names.get(text) ?? `${letter}${this.#names.size}`
    this.#names.set(text, known)
    return known
  }

  #note(operation: Operation): void {
    this.#operations.push(operation)
  }
}
