// Writes the pages that are made from the code: `npm run docs`. With --check nothing is written; a stale page is named with the
// first line that differs, and the exit code is 1.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { commandsPage } from './docs/commands.ts'
import { configurationPage } from './docs/configuration.ts'
import { endpointsPage } from './docs/endpoints.ts'
import { errorsPage } from './docs/errors.ts'
import { readSources, root, Undocumented } from './docs/sources.ts'
import { specificationsPage } from './docs/specifications.ts'

async function makePages(): Promise<Readonly<Record<string, string>>> {
  const sources = readSources()
  return {
    'docs/reference/configuration.md': configurationPage(),
    'docs/reference/endpoints.md': await endpointsPage(),
    'docs/reference/errors.md': errorsPage(sources),
    'docs/reference/cli.md': await commandsPage(),
    'specs/README.md': specificationsPage(sources),
  }
}

function written(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    // It is not there yet: as stale as can be.
    return undefined
  }
}

function difference(path: string, is: string | undefined, shouldBe: string): string {
  if (is === undefined) return `${path}: is missing.`
  const lines = is.split('\n')
  const wanted = shouldBe.split('\n')
  const at = wanted.findIndex((line, index) => line !== lines[index])
  const index = at === -1 ? wanted.length : at
  return `${path}:${index + 1}: is stale.\n  is         ${lines[index] ?? '(nothing)'}\n  should be  ${wanted[index] ?? '(nothing)'}`
}

function check(stale: readonly (readonly [string, string])[]): void {
  for (const [path, text] of stale) console.error(difference(path, written(path), text))
  if (stale.length === 0) return
  console.error('\nRun: npm run docs')
  process.exitCode = 1
}

function write(stale: readonly (readonly [string, string])[]): void {
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    console.log(`wrote ${path}`)
  }
  if (stale.length === 0) console.log('All pages are fresh.')
}

try {
  const stale = Object.entries(await makePages()).filter(([path, text]) => written(path) !== text)
  if (process.argv.includes('--check')) check(stale)
  else write(stale)
} catch (error) {
  if (!(error instanceof Undocumented)) throw error
  console.error(error.message)
  process.exitCode = 1
}
