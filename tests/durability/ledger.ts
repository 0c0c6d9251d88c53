// What the server acknowledged, written down outside of it: the only witness that a killed process cannot take along.
import { setTimeout as delay } from 'node:timers/promises'

/** A grant as its client knows it: the newest refresh token that an answer named, and those before it. */
export interface Known {
  readonly code: string
  access: string
  /** Oldest first; the last one is the newest that was acknowledged. */
  readonly refreshTokens: string[]
  /** A revocation that was acknowledged, one whose answer never came, or none. */
  revoked: 'yes' | 'unknown' | 'no'
  /** One request at a time speaks for a grant, so that the order of the ledger is the order of the server. */
  busy: boolean
}

export class Ledger {
  readonly grants: Known[] = []
  /** Codes whose redemption was sent and never answered: spent or not, nobody knows. */
  readonly unknownCodes: string[] = []
  attempts = 0
  acknowledged = 0
  unknown = 0

  live(): readonly Known[] {
    return this.grants.filter((grant) => grant.revoked === 'no')
  }

  revoked(): readonly Known[] {
    return this.grants.filter((grant) => grant.revoked === 'yes')
  }

  /** Counts an attempt; undefined when no answer came, or one that promises nothing. */
  async attempt<T>(send: () => Promise<{ readonly status: number } & T>): Promise<T | undefined> {
    this.attempts += 1
    const answer = await send().catch(() => undefined)
    if (answer === undefined || answer.status !== 200) {
      if (answer !== undefined && answer.status !== 503)
        throw new Error(`The server answered ${answer.status} under load.`)
      this.unknown += 1
      // Whoever gets no answer waits a moment: a dead server must not be what most attempts find.
      await delay(10)
      return undefined
    }
    this.acknowledged += 1
    return answer
  }
}
