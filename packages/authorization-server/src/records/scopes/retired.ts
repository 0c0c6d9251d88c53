// Names that were taken back: of scopes, and audiences of APIs. What was issued before may still carry them, so they mean
// nothing from then on, and are never given again: whatever is named so later would open to tokens that were not made for it.

export interface Retired {
  readonly scopes: ReadonlySet<string>
  readonly audiences: ReadonlySet<string>
}

export const nothingRetired: Retired = { scopes: new Set(), audiences: new Set() }

/** What is left of a list that a token, a grant or a code carries, separated by spaces. */
export function withoutRetired(list: string, retired: ReadonlySet<string>): string {
  if (retired.size === 0 || list === '') return list
  return list
    .split(' ')
    .filter((name) => !retired.has(name))
    .join(' ')
}
