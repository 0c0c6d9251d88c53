// The protocol as one would explain it: what a code, a grant and a token are worth, from what happened before.
// It knows no seal, no table and no race; the server must agree with it after every step.

export interface Stamp {
  readonly user: number
  readonly consent: number
}

export interface ModelCode {
  readonly stamp: Stamp
  readonly session: number
  readonly expiresAt: number
  /** The grant that its redemption made. */
  grant?: ModelGrant
}

export interface ModelGrant {
  readonly stamp: Stamp
  readonly session: number
  ended: boolean
  generation: number
  rotatedAt: number
  expiresAt: number
  /** Access tokens by generation. */
  readonly access: { readonly generation: number; readonly expiresAt: number }[]
}

export class Reference {
  now = 0
  active = true
  user = 0
  consent = 0
  session = 0
  sessionUser = 0
  readonly endedSessions: Set<number> = new Set()
  readonly codes: ModelCode[] = []
  readonly grants: ModelGrant[] = []
  readonly isStrict: boolean

  constructor(isStrict: boolean) {
    this.isStrict = isStrict
  }

  stands(stamp: Stamp): boolean {
    return this.active && stamp.user === this.user && stamp.consent === this.consent
  }

  lives(grant: ModelGrant): boolean {
    return !grant.ended && grant.expiresAt > this.now && this.stands(grant.stamp)
  }

  accessWorks(grant: ModelGrant, index: number): boolean {
    const token = grant.access[index]
    if (token === undefined || token.expiresAt <= this.now || !this.lives(grant)) return false
    return !this.isStrict || token.generation === grant.generation
  }

  issue(): boolean {
    const isIssued = this.active && this.sessionUser === this.user
    const stamp = { user: this.user, consent: this.consent }
    if (isIssued) this.codes.push({ stamp, session: this.session, expiresAt: this.now + 60_000 })
    return isIssued
  }

  redeem(code: ModelCode): boolean {
    if (code.grant !== undefined) code.grant.ended = true
    if (code.grant !== undefined || code.expiresAt <= this.now) return false
    if (!this.stands(code.stamp) || this.endedSessions.has(code.session)) return false
    const { stamp, session } = code
    code.grant = { stamp, session, ended: false, generation: 0, rotatedAt: 0, expiresAt: 0, access: [] }
    this.grants.push(code.grant)
    this.#answer(code.grant)
    return true
  }

  /** The generation of the answer, or undefined when the token is refused. */
  refresh(grant: ModelGrant, presented: number): number | undefined {
    if (!this.lives(grant)) return undefined
    const isRetry = presented === grant.generation - 1 && this.now - grant.rotatedAt < (this.isStrict ? 0 : 10_000)
    if (presented !== grant.generation && !isRetry) {
      grant.ended = true
      return undefined
    }
    if (!isRetry) {
      grant.generation += 1
      grant.rotatedAt = this.now
      this.#answer(grant)
    } else grant.access.push({ generation: grant.generation, expiresAt: this.now + 3_600_000 })
    return grant.generation
  }

  endSession(): void {
    this.endedSessions.add(this.session)
    for (const grant of this.grants) if (grant.session === this.session) grant.ended = true
  }

  #answer(grant: ModelGrant): void {
    grant.expiresAt = this.now + 86_400_000
    grant.access.push({ generation: grant.generation, expiresAt: this.now + 3_600_000 })
  }
}
