// One person and one client of theirs, with whatever may end what they hold: the operations that all their grants share, written
// down as they happen.
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import type { Context } from '../../packages/authorization-server/src/features/context/index.ts'
import { randomId } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import type { Write } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { raiseClientEpoch } from '../../packages/authorization-server/src/records/clients/index.ts'
import {
  findConsent,
  giveConsent,
  withdrawConsent,
} from '../../packages/authorization-server/src/records/consents/index.ts'
import { endGrantsOfClientForUser } from '../../packages/authorization-server/src/records/grants/index.ts'
import {
  findUser,
  insertUser,
  raiseUserEpoch,
  setUserActive,
} from '../../packages/authorization-server/src/records/users/index.ts'
import { registerClient, signedIn, type TestClient } from '../races/ground.ts'
import type { Operation, Outcome, Policy } from './history.ts'

export type Change = 'disable' | 'enable' | 'change password' | 'withdraw consent' | 'void client'

/** Milliseconds of one steady clock for all that is written down. */
export function clock(): number {
  return performance.now()
}

export function until(outcome: Outcome): number {
  return outcome === 'unknown' ? Number.POSITIVE_INFINITY : clock()
}

const scopes = ['read', 'write']
let subjects = 0

export class Subject {
  readonly policy: Policy
  readonly client: TestClient
  readonly #context: Context
  readonly #email: string
  readonly #userId: number
  readonly #changes: Operation[] = []
  /** Of one that is not yet answered others may already see the effect. */
  #underWay: Operation | undefined
  #sessions = 0

  private constructor(context: Context, email: string, userId: number, client: TestClient, policy: Policy) {
    this.#context = context
    this.#email = email
    this.#userId = userId
    this.client = client
    this.policy = policy
  }

  static async create(context: Context, policy: Policy): Promise<Subject> {
    subjects += 1
    const name = `subject-${subjects}`
    const email = `${name}@example.com`
    await context.database.commit([insertUser({ subject: randomId(context.random), email }, context.clock.now())])
    // Longer than any test: a stopped node must not decide by how long it was stopped.
    const refreshGraceSeconds = policy.hasGrace ? 3_600 : 0
    const refreshEndsAccessTokens = policy.endsAccessTokens
    const client = await registerClient(context, name, {
      refreshGraceSeconds,
      refreshEndsAccessTokens,
    })
    const person = await signedIn(context, email)
    const subject = new Subject(context, email, person.user.id, client, policy)
    await subject.#consent()
    return subject
  }

  /** A new session, as sign-in makes one; undefined when the person may not, or the database does not answer. */
  async signIn(): Promise<{ readonly person: SignedIn; readonly operation: Operation } | undefined> {
    this.#sessions += 1
    const session = `s${this.#sessions}`
    const start = clock()
    try {
      const person = await signedIn(this.#context, this.#email)
      return { person, operation: { kind: 'sign in', session, outcome: 'ok', start, end: clock() } }
    } catch {
      return undefined
    }
  }

  /** Makes one change, and whatever lets the person go on afterwards. */
  async change(kind: Change): Promise<void> {
    const start = clock()
    this.#underWay = { kind, outcome: 'unknown', start, end: until('unknown') }
    const outcome = await this.#apply(kind).catch((): Outcome => 'unknown')
    this.#underWay = undefined
    this.#changes.push({ kind, outcome, start, end: until(outcome) })
    if (kind === 'withdraw consent') await this.#consent().catch(() => undefined)
  }

  async #apply(kind: Change): Promise<Outcome> {
    const { won } = await this.#context.database.commit(await this.#writes(kind))
    return won ? 'ok' : 'unknown'
  }

  async #writes(kind: Change): Promise<readonly Write[]> {
    const now = this.#context.clock.now()
    const { row } = this.client
    switch (kind) {
      case 'disable':
      case 'enable':
        return [setUserActive(this.#userId, kind === 'enable', now)]
      case 'void client':
        return [raiseClientEpoch(row, now)]
      case 'withdraw consent':
        return [withdrawConsent(this.#userId, row, now), endGrantsOfClientForUser(this.#userId, row, now)]
      case 'change password': {
        const user = await findUser(this.#context.database, this.#userId)
        if (user === undefined) throw new Error('The person is gone.')
        return [raiseUserEpoch(user, now)]
      }
    }
  }

  async #consent(): Promise<void> {
    const { database, clock: now } = this.#context
    const known = await findConsent(database, this.#userId, this.client.row)
    await database.commit([giveConsent(this.#userId, this.client.row, scopes, known, now.now())])
  }

  /** What of the shared operations may matter to a history between two moments, and whether the person was enabled before it. */
  between(start: number, end: number): { readonly changes: readonly Operation[]; readonly isActive: boolean } {
    const before = this.#changes.findLast((one) => one.end < start && (one.kind === 'disable' || one.kind === 'enable'))
    const all = this.#underWay === undefined ? this.#changes : [...this.#changes, this.#underWay]
    const changes = all.filter((one) => one.end >= start && one.start <= end)
    return { changes, isActive: before?.kind !== 'disable' }
  }
}
