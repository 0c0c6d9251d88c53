/** Licences of what is installed with our packages: Apache-2.0 must be able to carry them. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Problem } from './tree.ts'

const allowed: ReadonlySet<string> = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
  'Zlib',
])

export interface Installed {
  readonly name: string
  readonly version: string
  readonly licence: string
  /** The package of ours that brings it. */
  readonly broughtBy: string
}

/** An SPDX expression: of alternatives one must be allowed, of conjunctions all. */
export function isAllowed(expression: string): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1').trim()
  if (/\bOR\b/.test(bare)) return bare.split(/\bOR\b/).some((one) => isAllowed(one.trim()))
  if (/\bAND\b/.test(bare)) return bare.split(/\bAND\b/).every((one) => isAllowed(one.trim()))
  return allowed.has(bare.replace(/[()]/g, ''))
}

export function checkLicences(installed: readonly Installed[]): readonly Problem[] {
  return installed
    .filter(({ licence }) => !isAllowed(licence))
    .map(({ name, version, licence, broughtBy }) => ({
      path: `packages/${broughtBy}/package.json`,
      line: 1,
      rule: `it brings ${name}@${version}, whose licence is ${licence === '' ? 'not stated' : licence}`,
      mend: 'use another package; or, if the licence fits Apache-2.0, add it to the list in tests/house/licences.ts.',
    }))
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string | { readonly type?: string }
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Walks node_modules from what packages/`broughtBy`/package.json depends on at run time. */
export function installedBy(root: string, broughtBy: string): readonly Installed[] {
  const seen = new Map<string, Installed>()
  const visit = (folder: string): void => {
    const { dependencies = {} } = manifestOf(folder)
    for (const name of Object.keys(dependencies)) {
      const place = resolve(root, folder, name)
      if (place === undefined || seen.has(place)) continue
      const { version, license } = manifestOf(place)
      const licence = (typeof license === 'string' ? license : license?.type) ?? ''
      seen.set(place, { name, version, licence, broughtBy })
      visit(place)
    }
  }
  visit(path.join(root, 'packages', broughtBy))
  return [...seen.values()]
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
}

/** As Node looks for a package: in the nearest node_modules upwards. */
function resolve(root: string, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const place = path.join(folder, 'node_modules', name)
    if (existsSync(path.join(place, 'package.json'))) return place
    if (folder === root || folder === path.dirname(folder)) return undefined
  }
}
