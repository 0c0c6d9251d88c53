// Runs a list of steps against the server and the reference, and compares them after each.
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { endCurrentSession } from '../../packages/authorization-server/src/features/browser/index.ts'
import { withdrawConsent } from '../../packages/authorization-server/src/records/consents/index.ts'
import { findUser, raiseUserEpoch, setUserActive } from '../../packages/authorization-server/src/records/users/index.ts'
import { commit, newScene, type Scene } from '../matrix/changes.ts'
import { codeFor, injecting, isActive, pairOf, redeem, refresh, registerClient, signedIn } from '../races/ground.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type ModelGrant, Reference } from './reference.ts'

export type Step =
  | {
      readonly kind: 'issue' | 'disable' | 'enable' | 'change password' | 'withdraw consent' | 'sign in' | 'end session'
    }
  | {
      readonly kind: 'redeem' | 'redeem again' | 'revoke' | 'refresh newest' | 'refresh previous'
      readonly which: number
    }
  | { readonly kind: 'refresh older'; readonly which: number; readonly back: number }
  | { readonly kind: 'advance'; readonly ms: number }

const which = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(5) })
const weighted = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary })
/** Steps that give something are drawn more often than those that take it all. */
const step: fc.Arbitrary<Step> = fc.oneof(
  weighted(8, fc.constant({ kind: 'issue' })),
  weighted(10, fc.record({ kind: fc.constant('redeem'), which })),
  weighted(1, fc.record({ kind: fc.constant('redeem again'), which })),
  weighted(14, fc.record({ kind: fc.constant('refresh newest'), which })),
  weighted(4, fc.record({ kind: fc.constant('refresh previous'), which })),
  weighted(2, fc.record({ kind: fc.constant('refresh older'), which, back: fc.integer({ min: 2, max: 4 }) })),
  weighted(2, fc.record({ kind: fc.constant('revoke'), which })),
  weighted(4, fc.constant({ kind: 'sign in' })),
  weighted(3, fc.constant({ kind: 'enable' })),
  weighted(1, fc.constant({ kind: 'disable' })),
  weighted(1, fc.constant({ kind: 'change password' })),
  weighted(1, fc.constant({ kind: 'withdraw consent' })),
  weighted(1, fc.constant({ kind: 'end session' })),
  weighted(4, fc.record({ kind: fc.constant('advance'), ms: fc.constantFrom(1, 500, 9_999, 10_000) })),
  weighted(1, fc.record({ kind: fc.constant('advance'), ms: fc.constantFrom(60_000, 3_600_000, 86_400_000) })),
)

/** Every history begins with something to lose. */
const beginning: readonly Step[] = [
  { kind: 'issue' },
  { kind: 'issue' },
  { kind: 'redeem', which: 0 },
  { kind: 'refresh newest', which: 0 },
]

interface RealGrant {
  readonly refreshTokens: string[]
  readonly access: string[]
}

class Run {
  readonly #server: TestServer
  readonly #scene: Scene
  readonly #model: Reference
  #person: Scene['person']
  readonly #codes: string[] = []
  readonly #grants = new Map<ModelGrant, RealGrant>()
  /** Answers that gave tokens, and those that were refused. */
  given = 0
  refused = 0

  constructor(server: TestServer, scene: Scene, isStrict: boolean) {
    this.#server = server
    this.#scene = scene
    this.#person = scene.person
    this.#model = new Reference(isStrict)
    this.#model.now = server.clock.now()
  }

  async take(next: Step): Promise<void> {
    switch (next.kind) {
      case 'issue':
        return this.#issue()
      case 'redeem':
        return this.#redeem(next.which, false)
      case 'redeem again':
        return this.#redeem(next.which, true)
      case 'refresh newest':
        return this.#refresh(next.which, 0)
      case 'refresh previous':
        return this.#refresh(next.which, 1)
      case 'refresh older':
        return this.#refresh(next.which, next.back)
      case 'revoke':
        return this.#revoke(next.which)
      case 'advance':
        this.#server.clock.advance(next.ms)
        this.#model.now += next.ms
        return undefined
      default:
        return this.#change(next.kind)
    }
  }

  async #issue(): Promise<void> {
    const code = await codeFor(this.#scene.context, this.#person, this.#scene.client).catch(noCode)
    assert.equal(code !== undefined, this.#model.issue(), 'issue')
    if (code !== undefined) this.#codes.push(code)
  }

  async #redeem(at: number, isSpent: boolean): Promise<void> {
    const candidates = this.#model.codes.filter((code) => (code.grant !== undefined) === isSpent)
    const known = candidates.at(-1 - (at % Math.max(1, candidates.length)))
    const code = known && this.#codes[this.#model.codes.indexOf(known)]
    if (code === undefined || known === undefined) return
    const answer = await redeem(this.#scene.post, this.#scene.client, code)
    assert.equal(answer.status === 200, this.#model.redeem(known), 'redeem')
    this.#count(answer.status)
    if (answer.status !== 200 || known.grant === undefined) return
    const pair = pairOf(answer)
    this.#grants.set(known.grant, { refreshTokens: [pair.refresh], access: [pair.access] })
  }

  async #refresh(at: number, back: number): Promise<void> {
    const [model, real] = this.#grant(at)
    const presented = (model?.generation ?? 0) - back
    if (model === undefined || real === undefined || presented < 0) return
    const answer = await refresh(this.#scene.post, this.#scene.client, real.refreshTokens[presented] ?? '')
    const generation = this.#model.refresh(model, presented)
    assert.equal(answer.status === 200, generation !== undefined, 'refresh')
    this.#count(answer.status)
    if (generation === undefined) return
    const pair = pairOf(answer)
    real.access.push(pair.access)
    const known = real.refreshTokens[generation]
    if (known === undefined) real.refreshTokens.push(pair.refresh)
    else assert.equal(pair.refresh, known, 'a retry names the same successor')
    assert.equal(answer.body['scope'], 'read write', 'the scope never widens')
  }

  #grant(at: number): readonly [ModelGrant, RealGrant] | readonly [undefined, undefined] {
    return [...this.#grants].at(-1 - (at % Math.max(1, this.#grants.size))) ?? [undefined, undefined]
  }

  #count(status: number): void {
    if (status === 200) this.given += 1
    else this.refused += 1
  }

  async #revoke(at: number): Promise<void> {
    const [model, real] = this.#grant(at)
    if (model === undefined || real === undefined) return
    const token = at % 2 === 0 ? real.refreshTokens.at(-1) : real.access[0]
    const answer = await this.#scene.post('/o/revoke_token/', { token: token ?? '', ...this.#scene.client.credentials })
    assert.equal(answer.status, 200)
    model.ended = true
  }

  async #change(
    kind: 'disable' | 'enable' | 'change password' | 'withdraw consent' | 'sign in' | 'end session',
  ): Promise<void> {
    const { context, client } = this.#scene
    const user = await findUser(context.database, this.#person.user.id)
    assert.ok(user)
    const now = context.clock.now()
    switch (kind) {
      case 'disable':
      case 'enable':
        await commit(context, [setUserActive(user.id, kind === 'enable', now)])
        this.#model.active = kind === 'enable'
        this.#model.user += 1
        return
      case 'change password':
        await commit(context, [raiseUserEpoch(user, now)])
        this.#model.user += 1
        return
      case 'withdraw consent':
        await commit(context, [withdrawConsent(user.id, client.row, now)])
        this.#model.consent += 1
        return
      case 'sign in':
        if (!this.#model.active) return
        this.#person = await signedIn(context, user.email ?? '')
        this.#model.session += 1
        this.#model.sessionUser = this.#model.user
        return
      case 'end session':
        await endCurrentSession(context, this.#person)
        this.#model.endSession()
    }
  }

  /** Every token that was ever issued is worth what the reference says. */
  async compare(): Promise<void> {
    for (const [model, real] of this.#grants) {
      for (const [index, token] of real.access.entries()) {
        assert.equal(
          await isActive(this.#scene.post, this.#scene.client, token),
          this.#model.accessWorks(model, index),
          'introspection',
        )
      }
    }
  }
}

/** The authorize step issues none for what stands no longer. */
function noCode(): undefined {
  return undefined
}

/** @returns the figures of the run */
export async function runModel(numRuns: number): Promise<string> {
  const server = await startTestServer()
  const post = injecting(server)
  let [steps, given, refused, clients] = [0, 0, 0, 0]
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(step, { minLength: 6, maxLength: 40, size: 'max' }),
        async (isStrict, list) => {
          const scene = await newScene(server.context, post)
          const policy = isStrict
            ? { refreshGraceSeconds: 0, refreshEndsAccessTokens: true }
            : { refreshGraceSeconds: 10 }
          const client = await registerClient(server.context, `model-${++clients}`, policy)
          const run = new Run(server, { ...scene, client }, isStrict)
          for (const next of [...beginning, ...list]) {
            await run.take(next)
            await run.compare()
            steps += 1
          }
          given += run.given
          refused += run.refused
        },
      ),
      { numRuns },
    )
  } finally {
    await server.close()
  }
  assert.ok(
    given > 2 * numRuns && refused > numRuns,
    `the histories say too little: given ${given}, refused ${refused}, steps ${steps}`,
  )
  return `histories ${numRuns}, steps ${steps}, tokens given ${given}, refused ${refused}`
}
