// Every export of the package's entries is documented, and every @example compiles and runs.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const folder = import.meta.dirname
const root = join(folder, '../../..')
const manifest = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8'))
const entries = Object.values<string>(manifest.exports).filter((entry) => entry.endsWith('.ts'))

interface Documented {
  readonly name: string
  readonly comment: string
}

const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(folder, file), 'utf8'))

function declaredIn(source: string): readonly Documented[] {
  const declaration =
    /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export (?:async )?(?:const|function|interface|type|class) (\w+)/g
  return [...source.matchAll(declaration)].map(([, comment = '', name = '']) => ({ name, comment }))
}

/** The names that an entry exports: its own, and those that it passes on. */
function exportedBy(entry: string): readonly Documented[] {
  const source = readFileSync(join(folder, '..', entry), 'utf8')
  const passedOn = [...source.matchAll(/export (?:type )?\{([^}]*)\} from/g)]
    .flatMap(([, list = '']) => list.split(','))
    .map((name) => name.replace('type ', '').trim())
    .filter((name) => name !== '')
  const all = sources.flatMap(declaredIn)
  return [...declaredIn(source), ...passedOn.flatMap((name) => all.filter((one) => one.name === name).slice(0, 1))]
}

function exampleOf(comment: string): string {
  const [, example = ''] = comment.split('@example')
  return example.replaceAll(/^ ?\*\/?[ ]?/gm, '').trim()
}

const all = entries.flatMap(exportedBy)

test('every export has a sentence and an example', () => {
  assert.ok(all.length > 60)
  for (const { name, comment } of all) {
    assert.match(comment, /^\/\*\*\n \* [A-Z]/, name)
    assert.match(exampleOf(comment), new RegExp(`\\b${name}\\b`), name)
  }
})

test('every example compiles and runs', () => {
  // Inside the package, so that the examples find what an app that installs it would find.
  mkdirSync(join(folder, '../dist'), { recursive: true })
  const directory = mkdtempSync(join(folder, '../dist/examples-'))
  try {
    for (const [index, { comment }] of all.entries()) {
      writeFileSync(join(directory, `example-${index}.mts`), `${exampleOf(comment)}\nexport {}\n`)
    }
    writeFileSync(join(directory, 'all.mts'), all.map((_, index) => `import './example-${index}.mts'`).join('\n'))
    const options = { extends: join(root, 'tsconfig.json'), include: ['*.mts'] }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(options))
    for (const command of [
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', directory],
      [join(directory, 'all.mts')],
    ]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', cwd: root })
      assert.equal(status, 0, stdout + stderr)
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
})
