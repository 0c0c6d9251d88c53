// Every command that docs/operate/declarative.md shows is run, in its order, and does what the page says.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'

const root = resolve(import.meta.dirname, '../..')
const guide = readFileSync(join(root, 'docs/operate/declarative.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'latchkey-guide-'))
after(() => rmSync(folder, { recursive: true }))

function blocks(language: string): readonly string[] {
  return [...guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text = '']) => text)
}

let secret = ''

/** As in a terminal of the reader's: the same folder, and what was exported before. */
function shell(script: string): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const bin = join(root, 'packages/authorization-server/bin/latchkey.js')
  const head = 'set -e\nlatchkey() { "$NODE" "$BIN" "$@"; }\n'
  const env = {
    PATH: process.env['PATH'],
    NODE: process.execPath,
    BIN: bin,
    LATCHKEY_DATA_DIR: join(folder, 'data'),
    ...(secret === '' ? {} : { SHOP_SECRET: secret }),
  }
  const ran = spawnSync('sh', ['-c', head + script], { cwd: folder, env, encoding: 'utf8' })
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr }
}

function good(script: string): string {
  const { code, stdout, stderr } = shell(script)
  assert.equal(code, 0, `${script}\n${stdout}${stderr}`)
  return stdout + stderr
}

test('from nothing to a file in a repository, with a plan for a pull request', () => {
  const [file = ''] = blocks('yaml')
  const [difference = ''] = blocks('text')
  const [schema = '', first = '', again = '', exported = '', pull = '', merge = '', night = '', ...more] = blocks('sh')
  assert.deepEqual(more, [])
  const path = join(folder, 'latchkey.yaml')
  writeFileSync(path, file)
  good(schema)
  // The reader's shell keeps the variable; it is said by the script itself, and never by latchkey.
  const applied = good(`${first}printf '%s' "$SHOP_SECRET" > secret`)
  secret = readFileSync(join(folder, 'secret'), 'utf8')
  assert.match(applied, /Applied 4 changes/)
  assert.ok(secret.length >= 32 && !applied.includes(secret))
  assert.match(good(again), /No changes/)
  assert.match(good(exported), /No changes/)
  assert.match(readFileSync(join(folder, 'exported.yaml'), 'utf8'), /^# yaml-language-server: .*\n# Configuration/)
  mkdirSync(join(folder, 'base'))
  cpSync(path, join(folder, 'base/latchkey.yaml'))
  const one = 'redirect_uris: [https://shop.example/callback]'
  const two = 'redirect_uris: [https://shop.example/callback, https://shop.example/silent]'
  assert.ok(guide.includes(`\`${two}\``))
  writeFileSync(path, file.replace(one, two))
  const kept = secret
  secret = ''
  const planned = good(pull)
  assert.ok(planned.includes(difference), planned)
  secret = kept
  // It was made elsewhere: the night still finds the difference, and after the merge none.
  assert.equal(shell(night).code, 2)
  assert.ok(good(merge).includes(difference))
  assert.equal(shell(night).code, 0)
  writeFileSync(path, file.replace('orders:read]', 'orders:reed]'))
  const wrong = shell(night)
  assert.equal(wrong.code, 1)
  assert.match(wrong.stderr, /latchkey\.yaml:14:13 clients\.shop\.scopes: /)
})
