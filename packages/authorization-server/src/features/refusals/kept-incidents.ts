// Decides which records of refusals are kept: a bounded number in memory, the newest of each rule.
import type { Instant } from '../../platform/time/index.ts'

export interface Incident {
  readonly id: string
  readonly at: Instant
  readonly code: string
  readonly rule: string
  readonly description: string
  /** What the client's owner needs to know: sent, registered, difference. Never a secret. */
  readonly detail: Readonly<Record<string, string>>
  readonly path: string
}

export const mostKept = 2_000

/** The newest of each rule: a crowd that is refused by one pushes out what was kept of that rule, and nothing else. */
export class KeptIncidents {
  readonly #byRule = new Map<string, Map<string, Incident>>()
  #count = 0

  add(incident: Incident): void {
    const alike = this.#byRule.get(incident.rule) ?? new Map<string, Incident>()
    this.#byRule.set(incident.rule, alike.set(incident.id, incident))
    this.#count += 1
    if (this.#count > mostKept) this.#forgetOne()
  }

  find(id: string): Incident | undefined {
    for (const alike of this.#byRule.values()) {
      const found = alike.get(id)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** The newest first. */
  where(isWanted: (incident: Incident) => boolean, most: number): readonly Incident[] {
    return [...this.#byRule.values()]
      .flatMap((alike) => [...alike.values()].filter(isWanted).slice(-most).toReversed())
      .toSorted((a, b) => b.at - a.at)
      .slice(0, most)
  }

  #forgetOne(): void {
    let largest = new Map<string, Incident>()
    for (const alike of this.#byRule.values()) if (alike.size > largest.size) largest = alike
    const [oldest] = largest.keys()
    if (oldest !== undefined && largest.delete(oldest)) this.#count -= 1
  }
}
