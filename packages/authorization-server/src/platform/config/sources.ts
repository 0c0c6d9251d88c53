// Where settings come from. The only file of the server that reads process.env.

import { readFileSync } from 'node:fs'

/** A setting given on the command line. Secrets never come this way: the process list is public. */
export interface Flag {
  /** As it was typed, e.g. `--port`. */
  readonly flag: string
  /** `<fragment>.<key>`, e.g. `http.port`. */
  readonly key: string
  readonly value: string | number | boolean | readonly string[]
}

export interface Sources {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly flags: readonly Flag[]
  /** Reads a small text file; throws when it cannot be read. */
  readFile(path: string): string
}

/** The sources of this process. */
export function processSources(flags: readonly Flag[] = []): Sources {
  return {
    // Copied once, so that nothing that changes process.env later changes what was decided.
    environment: { ...process.env },
    flags,
    readFile: (path) => readFileSync(path, 'utf8'),
  }
}
