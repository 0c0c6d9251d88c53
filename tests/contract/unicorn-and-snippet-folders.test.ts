// The examples are folders that people copy: nothing in them reaches out of them, and what concerns authentication is the few
// lines that their README shows.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { startAlone } from './unicorns.ts'

const examples = join(import.meta.dirname, '..', '..', 'examples')

for (const name of ['unicorns', 'snippets']) {
  describe(`examples/${name}`, () => {
    const folder = join(examples, name)
    const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
    const sources = globSync('**/*.ts', { cwd: folder, exclude: ['node_modules/**'] })

    test('imports only its own files, node and the packages that it declares', () => {
      const { dependencies, scripts } = JSON.parse(read('package.json'))
      assert.equal(scripts.start, 'node server.ts')
      for (const path of sources) {
        for (const [, specifier = ''] of read(path).matchAll(/(?:from|import\() ?'([^']+)'/g)) {
          if (specifier.startsWith('node:')) continue
          if (specifier.startsWith('.')) {
            assert.ok(join(folder, path, '..', specifier).startsWith(`${folder}/`), `${path}: ${specifier}`)
            continue
          }
          const depth = specifier.startsWith('@') ? 2 : 1
          const declared = specifier.split('/').slice(0, depth).join('/')
          assert.ok(Object.hasOwn(dependencies, declared), `${path} imports ${specifier}`)
        }
      }
    })

    test('at most ten lines concern authentication, and the README shows each of them', () => {
      const readme = read('README.md')
      const lines = sources.flatMap((path) =>
        read(path)
          .split('\n')
          .filter((line) => line.endsWith(' // auth'))
          .map((line) => line.trim()),
      )
      assert.ok(lines.length > 0 && lines.length <= 10, `${lines.length} lines`)
      for (const line of lines) assert.ok(readme.includes(line), line)
      const shown = readme.split('\n').filter((line) => line.endsWith(' // auth'))
      assert.equal(shown.length, lines.length, 'and no other')
    })

    test('npm start needs nothing but the folder, and ends when it is told to', async () => {
      const alone = await startAlone(name, `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`)
      try {
        const page = await fetch(`http://localhost:${alone.port}/`)
        assert.equal(page.status, 200)
        assert.match(await page.text(), /<h1>(Unicorns|Snippets)<\/h1>/)
      } finally {
        assert.equal(await alone.close(), 0)
      }
    })

    test('whoever makes a server, a guard or a sign-in does it on a marked line', () => {
      const calls =
        /\b(createServer|protect|fastifyGuard|expressGuard|login|expressLogin|registerClient|signUp|signedIn)\(/
      for (const path of sources) {
        for (const line of read(path).split('\n')) {
          if (calls.test(line)) assert.match(line, / \/\/ auth$/, `${path}: ${line}`)
        }
      }
    })
  })
}
