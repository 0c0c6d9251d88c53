// Whatever ends a session causes the same deliveries, because all of it goes through one room. This holds the next path to it.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const source = join(import.meta.dirname, '../../packages/authorization-server/src')
const files = globSync('**/*.ts', { cwd: source, exclude: (name) => name.endsWith('.test.ts') })
const texts = new Map(files.map((file) => [file, readFileSync(join(source, file), 'utf8')]))

function whoever(pattern: RegExp): readonly string[] {
  return [...texts].filter(([, text]) => pattern.test(text)).map(([file]) => file)
}

test('only records/logouts ends sessions', () => {
  const users = whoever(/\b(endSession|endOtherSessions|endAllSessions)\(/)
  assert.deepEqual(
    users.filter((file) => !/^records\/(logouts|sessions)\//.test(file)),
    [],
  )
  assert.ok(users.includes('records/logouts/ending-apply.ts'))
})

test('whoever voids all that a person holds ends their sessions in the same commit', () => {
  const voiding = whoever(/\b(raiseUserEpoch|setUserActive)\(/).filter((file) => !file.startsWith('records/users/'))
  assert.ok(voiding.length >= 2)
  for (const file of voiding) assert.match(texts.get(file) ?? '', /endSessionsUnderOldEpoch\(/, file)
})
