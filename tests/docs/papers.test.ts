// The papers that are written by hand say what is so: links lead somewhere, files exist, the demo is the demo.
import assert from 'node:assert/strict'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { demoClients, demoUsers, describeDemo } from '../../packages/authorization-server/src/demo.ts'
import { commandEntries } from '../../packages/authorization-server/src/cli/registry.ts'
import { floors } from '../../packages/authorization-server/src/rooms.ts'

const root = resolve(import.meta.dirname, '../..')
const papers = ['*.md', 'docs/**/*.md', 'specs/*.md']
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .map((path) => path.replaceAll('\\', '/'))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const files = globSync('{packages,tests,scripts,bench,docs}/**/*', {
  cwd: root,
  exclude: (name) => name.endsWith('node_modules'),
}).map((path) => `/${path.replaceAll('\\', '/')}`)

describe('papers', () => {
  test('every link within the project leads to a file, and every picture is there', () => {
    const broken = papers.flatMap((path) => {
      const text = read(path)
      const targets = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
        (match) => match[1] ?? match[2],
      )
      return targets
        .filter((target): target is string => target !== undefined && !/^(https?:|#)/.test(target))
        .map((target) => target.replace(/#.*/, ''))
        .filter((target) => !existsSync(join(root, dirname(path), target)))
        .map((target) => `${path} → ${target}`)
    })
    assert.deepEqual(broken, [])
  })

  test('every file of code that is named in them exists', () => {
    const kinds = /^`(?:x|index|endpoint|store|params|page|words|config|migrations|request)(?:\.test)?\.ts`$/
    const lost = papers.flatMap((path) =>
      [...read(path).matchAll(/`(?!\/)([\w./-]+\.(?:ts|mjs|txt))`/g)]
        .filter(([quoted, name = '']) => !kinds.test(quoted) && !/(^|\/)x(\.test)?\.ts$/.test(name))
        .map(([, name = '']) => name.replace(/^protocol\//, 'packages/protocol/'))
        .filter((name) => !files.some((file) => file.endsWith(`/${name}`)))
        .map((name) => `${path}: ${name}`),
    )
    assert.deepEqual(lost, [])
  })

  test('every command of latchkey that is named in them exists', () => {
    const names = commandEntries.flatMap(({ name, aliases }) => [name, ...aliases])
    const unknown = papers.flatMap((path) =>
      [...read(path).matchAll(/`(?:npx )?latchkey ([a-z][a-z -]*)/g)]
        .map(([, words = '']) => words.trim())
        .filter((words) => !names.some((name) => words === name || words.startsWith(`${name} `)))
        .map((words) => `${path}: latchkey ${words}`),
    )
    assert.deepEqual(unknown, [])
  })
})

describe('README', () => {
  const readme = read('README.md')

  test('shows the demo that a first start makes, and the first token as the terminal prints it', () => {
    assert.ok(readme.includes(`\n${describeDemo('http://localhost:8000').firstToken}\n`))
    for (const { identifier, password } of demoUsers) {
      assert.match(readme, new RegExp(`^\\| \`${identifier}\`.* \\| \`${password}\` \\|`, 'm'))
    }
    for (const { settings, secret } of demoClients) {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${settings.clientId}\` |`)) ?? ''
      assert.ok(row.includes(secret === undefined ? 'none: public' : `\`${secret}\``), settings.clientId)
      for (const uri of settings.redirectUris) assert.ok(row.includes(`\`${uri}\``), uri)
      assert.ok(row.includes(` ${settings.scopes.join(' ')}`), settings.clientId)
    }
  })
})

test('ARCHITECTURE.md draws every room of every floor', () => {
  const text = read('ARCHITECTURE.md')
  const [, picture = ''] = /```\n([\s\S]*?)```/.exec(text) ?? []
  const drawn = new Set(picture.match(/[a-z-]+/g))
  const source = join(root, 'packages/authorization-server/src')
  const rooms = floors.flatMap((floor) => readdirSync(join(source, floor)))
  assert.deepEqual(
    rooms.filter((room) => !drawn.has(room)),
    [],
  )
})
