// What is wrong with a file: in which entry, which line, what is wrong and what is allowed.

/** From the top of the document: names of members, numbers in lists. */
export type Path = readonly (string | number)[]

export interface Fault {
  readonly path: Path
  /** A full sentence; never repeats what may be a secret. */
  readonly sentence: string
  /** Whether the name of the member is what is wrong, rather than what stands there. */
  readonly isAboutName?: boolean
}

export interface PlacedFault {
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** As `clients.shop.redirect_uris[0]`; empty for the document. */
  readonly at: string
  readonly sentence: string
}

/** A path as people write it. Names that would be ambiguous are quoted. */
export function pathText(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      if (/^[\w-]+$/.test(part)) return index === 0 ? part : `.${part}`
      return `[${JSON.stringify(part)}]`
    })
    .join('')
}
