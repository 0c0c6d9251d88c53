// Every export of the entries of the packages for apps is documented, and every @example compiles and runs.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'

const root = join(import.meta.dirname, '../..')

interface Documented {
  readonly name: string
  readonly comment: string
}

function declaredIn(source: string): readonly Documented[] {
  const declaration =
    /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export (?:async )?(?:const|function|interface|type|class) (\w+)/g
  return [...source.matchAll(declaration)].map(([, comment = '', name = '']) => ({ name, comment }))
}

function exampleOf(comment: string): string {
  const [, example = ''] = comment.split('@example')
  return example.replaceAll(/^ ?\*\/?[ ]?/gm, '').trim()
}

/** What the package's entries export: what they declare, and what they pass on. */
function exportsOf(folder: string): readonly Documented[] {
  const manifest = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8'))
  const entries = Object.values<string>(manifest.exports).filter((entry) => entry.endsWith('.ts'))
  const declared = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => declaredIn(readFileSync(join(folder, file), 'utf8')))
  return entries.flatMap((entry) => {
    const source = readFileSync(join(folder, '..', entry), 'utf8')
    const passedOn = [...source.matchAll(/export (?:type )?\{([^}]*)\} from/g)]
      .flatMap(([, list = '']) => list.split(','))
      .map((name) => name.replace('type ', '').trim())
      .filter((name) => name !== '')
    return [
      ...declaredIn(source),
      ...passedOn.flatMap((name) => declared.filter((one) => one.name === name).slice(0, 1)),
    ]
  })
}

for (const name of ['client', 'resource-server']) {
  describe(`@latchkey/${name}`, () => {
    const folder = join(root, 'packages', name, 'src')
    const all = exportsOf(folder)

    test('every export has a sentence and an example', () => {
      assert.ok(all.length > 60)
      for (const { name: exported, comment } of all) {
        assert.match(comment, /^\/\*\*\n \* [A-Z]/, exported)
        assert.match(exampleOf(comment), new RegExp(`\\b${exported}\\b`), exported)
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
  })
}
