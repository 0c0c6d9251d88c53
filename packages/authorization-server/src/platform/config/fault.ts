// What is wrong with a setting, in the four parts a person needs: what was written, where, what rule it breaks, what to write instead.

export interface Fault {
  /** The name as it was written: an environment variable, a key of the file, a flag. */
  readonly name: string
  /** What was written there; absent for secrets and for what is missing. */
  readonly value?: string
  /** Where it was written, e.g. `environment`, `file latchkey.json:3`. */
  readonly from: string
  readonly why: string
  /** What to type instead, as a sentence. */
  readonly fix: string
}

/** Thrown by `loadSettings` with every fault at once, so that one round of corrections is enough. */
export class InvalidSettings extends Error {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super(`${faults.length === 1 ? '1 setting is' : `${faults.length} settings are`} wrong.\n${faultLines(faults)}`)
    this.name = 'InvalidSettings'
    this.faults = faults
  }
}

/** The faults as text: two lines each, the second says what to do. */
export function faultLines(faults: readonly Fault[]): string {
  return faults
    .map((fault) => {
      const written = fault.value === undefined ? '' : ` “${fault.value}”`
      return `  ${fault.name}${written} (${fault.from}): ${fault.why}\n    ${fault.fix}`
    })
    .join('\n')
}
