import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const bin = join(import.meta.dirname, '../../bin/latchkey.js')

function latchkey(file: string, ...words: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...words], { encoding: 'utf8' })
  return { code: status, stdout, stderr }
}

test('the program tells its version and its usage errors through the real process', () => {
  assert.match(latchkey(bin, '--version').stdout, /^\d+\.\d+\.\d+\n$/)
  const wrong = latchkey(bin, 'usr', '--json')
  assert.equal(wrong.code, 2)
  assert.match(wrong.stdout, /^\{"v":1,"error":\{"code":"unknown_command"/)
  assert.equal(wrong.stderr, '')
})

test('a compile cache that cannot be written costs time, not the command', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bin-'))
  try {
    await mkdir(join(folder, 'bin'))
    await mkdir(join(folder, 'src/cli'), { recursive: true })
    await cp(bin, join(folder, 'bin/latchkey.js'))
    await writeFile(join(folder, 'src/cli/main.ts'), 'export const main = (words) => console.log(`ran ${words}`)')
    // A file where the folder should be: refused for root as well.
    await mkdir(join(folder, 'node_modules'))
    await cp(bin, join(folder, 'node_modules/.cache'))
    await chmod(join(folder, 'node_modules'), 0o555)
    assert.deepEqual(latchkey(join(folder, 'bin/latchkey.js'), 'a'), { code: 0, stdout: 'ran a\n', stderr: '' })
  } finally {
    await chmod(join(folder, 'node_modules'), 0o755)
    await rm(folder, { recursive: true })
  }
})
