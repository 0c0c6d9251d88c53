// Every export of the package is documented, and every @example compiles and runs.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

const folder = import.meta.dirname
const root = join(folder, '../../..')
const exported = readFileSync(join(folder, 'index.ts'), 'utf8')
const files = readdirSync(folder).filter((file) => exported.includes(`'./${file}'`))

interface Documented {
  readonly name: string
  readonly comment: string
}

function documented(file: string): readonly Documented[] {
  const source = readFileSync(join(folder, file), 'utf8')
  const declaration = /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export (?:const|function|interface|type|class) (\w+)/g
  return [...source.matchAll(declaration)].map(([, comment = '', name = '']) => ({ name, comment }))
}

function exampleOf(comment: string): string {
  const [, example = ''] = comment.split('@example')
  return example.replaceAll(/^ ?\*\/?[ ]?/gm, '').trim()
}

const all = files.flatMap(documented)

test('every export has a sentence, a specification where one defines it, and an example', () => {
  assert.ok(all.length > 60)
  for (const { name, comment } of all) {
    assert.match(comment, /^\/\*\*\n \* [A-Z]/, name)
    assert.match(exampleOf(comment), new RegExp(`\\b${name}\\b`), name)
  }
})

test('every example compiles and runs', () => {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-examples-'))
  try {
    const door = pathToFileURL(join(folder, 'index.ts'))
    for (const [index, { comment }] of all.entries()) {
      const example = exampleOf(comment).replaceAll("'@latchkey/protocol'", JSON.stringify(fileURLToPath(door)))
      writeFileSync(join(directory, `example-${index}.mts`), `${example}\nexport {}\n`)
    }
    const imports = all.map((_, index) => `import './example-${index}.mts'`).join('\n')
    writeFileSync(join(directory, 'all.mts'), imports)
    const options = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(root, 'node_modules/@types')] },
    }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ ...options, include: ['*.mts'] }))
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
