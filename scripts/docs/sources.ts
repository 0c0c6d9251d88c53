// Reads the project's own code, for pages that are made from what stands in it.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root: string = join(import.meta.dirname, '..', '..')

export interface Source {
  /** From the root of the project, with slashes. */
  readonly path: string
  readonly text: string
  readonly isTest: boolean
}

/** Code and tests in the order of their paths. */
export function readSources(): readonly Source[] {
  return ['packages/*/src/**/*.ts', 'tests/**/*.ts']
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.includes('/node_modules/'))
    .toSorted()
    .map((path) => ({
      path,
      text: readFileSync(join(root, path), 'utf8'),
      isTest: path.startsWith('tests/') || path.endsWith('.test.ts'),
    }))
}

/** The code has something that no page can explain yet: the message says what to write and where. */
export class Undocumented extends Error {}
