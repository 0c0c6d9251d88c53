/** Each check of the house is shown to fail on a small tree that is wrong, and to pass on one that is right. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkDocstrings } from './docstrings.ts'
import {
  checkCircles,
  checkDoorComments,
  checkDoors,
  checkFloors,
  checkPlan,
  checkRoofDoors,
  checkStrays,
  type FloorPlan,
} from './floors.ts'
import {
  checkClockAndRandom,
  checkEndpoints,
  checkEnvironment,
  checkPages,
  checkRules,
  checkSql,
  checkStores,
  kindOf,
} from './kinds.ts'
import { checkLicences, isAllowed } from './licences.ts'
import { checkDeclared, checkPackages, checkProtocol, checkUnusedDependencies } from './packages.ts'
import { checkFileSizes, checkFunctionSizes } from './sizes.ts'
import { type Check, type Problem, report, treeOf } from './tree.ts'
import {
  checkAny,
  checkDefaultExports,
  checkEmptyCatch,
  checkMachinePaths,
  checkNames,
  checkOpenings,
  checkRegistryHosts,
  checkReminders,
  checkSkippedTests,
} from './writing.ts'

const server = 'packages/authorization-server/src'
const plan: FloorPlan = { floors: ['platform', 'records', 'features'], doors: { 'features/token': ['features/login'] } }
const none: ReadonlySet<string> = new Set()

type Files = Readonly<Record<string, string>>

/** Where problems are, as `file:line` with the folder of the server left out. */
function places(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ path, line }) => `${path.replace(`${server}/`, '')}:${line}`)
}

function inServer(files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${server}/${name}`, text]))
}

function planned(
  check: (tree: ReturnType<typeof treeOf>, plan: FloorPlan) => readonly Problem[],
  doors = plan.doors,
): Check {
  return (tree) => check(tree, { ...plan, doors })
}

/** Each line of `wrong` is a problem of its own, and nothing in `right` is one. */
function eachLine(check: Check, name: string, wrong: readonly string[], right: readonly string[]): void {
  for (const line of wrong) assert.equal(check(treeOf({ [name]: line })).length, 1, `is a problem: ${line}`)
  for (const line of right) assert.deepEqual(check(treeOf({ [name]: line })), [], `is no problem: ${line}`)
}

describe('floors', () => {
  test('an import that goes up is found, a type too, and with it the roof', () => {
    const problems = planned(checkFloors)(
      treeOf(
        inServer({
          'platform/http/server.ts': "import type { User } from '../../records/users/index.ts'",
          'records/users/store.ts': "\nimport { app } from '../../app.ts'",
          'features/login/endpoint.ts': "import { findUser } from '../../records/users/index.ts'",
          'app.ts': "import { login } from './features/login/index.ts'",
        }),
      ),
    )
    assert.deepEqual(places(problems), ['platform/http/server.ts:1', 'records/users/store.ts:2'])
    assert.match(report(problems), /records\/users imports the roof: imports only go down[\s\S]+Mend: /)
  })

  test('a room is entered by its door only', () => {
    const problems = planned(checkDoors)(
      treeOf(
        inServer({
          'features/login/a.ts': "import { find } from '../../records/users/store.ts'",
          'features/login/b.ts': "import { find } from '../../records/users/index.ts'",
        }),
      ),
    )
    assert.deepEqual(places(problems), ['features/login/a.ts:1'])
  })

  test('rooms of one floor need a listed door, and tests do not', () => {
    const files = inServer({
      'features/token/a.ts': "import { x } from '../login/index.ts'",
      'features/login/b.ts': "import { x } from '../token/index.ts'",
      'features/login/c.ts': "import { x } from '../token/index.ts'",
      'features/login/b.test.ts': "import { x } from '../signup/index.ts'",
    })
    assert.deepEqual(places(planned(checkDoors)(treeOf(files))), ['features/login/b.ts:1'])
  })

  test('the roof enters by doors as well', () => {
    const files = inServer({
      'app.ts': "import { x } from './features/login/page.ts'",
      'cli/a.ts': "import '../records/users/index.ts'",
    })
    assert.deepEqual(places(planned(checkRoofDoors)(treeOf(files))), ['app.ts:1'])
  })

  test('a listed door that nobody uses, and doors in a circle, are found', () => {
    const used = inServer({ 'features/token/a.ts': "import { x } from '../login/index.ts'" })
    assert.deepEqual(planned(checkPlan)(treeOf(used)), [])
    assert.match(
      report(planned(checkPlan)(treeOf({}))),
      /features\/token to features\/login is listed, and nobody uses it/,
    )
    const circle = { 'records/a': ['records/b'], 'records/b': ['records/a'] }
    assert.match(report(planned(checkPlan, circle)(treeOf({}))), /records\/a → records\/b → records\/a/)
  })

  test('a circle of rooms is found, of types too', () => {
    const files = inServer({
      'records/a/index.ts': "import type { B } from '../b/index.ts'",
      'records/b/index.ts': "export { c } from '../c/index.ts'",
      'records/c/index.ts': "import type { A } from '../a/index.ts'",
    })
    assert.match(report(planned(checkCircles)(treeOf(files))), /records\/a → records\/b → records\/c → records\/a/)
    assert.deepEqual(planned(checkCircles)(treeOf(inServer({ 'records/a/index.ts': "import '../b/index.ts'" }))), [])
  })

  test('a room without a door, or with one that says nothing, is found', () => {
    const comment = '/** Users: people who sign in. Tables: users. Settings: none. */'
    const files = inServer({ 'records/a/a.ts': '', 'records/b/index.ts': 'export {}', 'records/c/index.ts': comment })
    assert.deepEqual(places(planned(checkDoorComments)(treeOf(files))), [
      'records/a/index.ts:1',
      'records/b/index.ts:1',
    ])
  })

  test('a file on a floor, but in no room, is found', () => {
    const files = inServer({ 'records/a.ts': '', 'records/b/c.ts': '', 'app.ts': '' })
    assert.deepEqual(places(planned(checkStrays)(treeOf(files))), ['records/a.ts:1'])
  })
})

describe('packages', () => {
  test('a package reaches only those below it, by name', () => {
    const name = 'packages/client/src/a.ts'
    const wrong = ["import { createServer } from 'latchkey'", "import { x } from '../../protocol/src/scope.ts'"]
    eachLine(checkPackages, name, wrong, [
      "import { x } from '@latchkey/protocol'",
      "import { y } from './b.ts'",
      "import 'jose'",
    ])
  })

  test('the protocol package depends on nothing', () => {
    const wrong = ["import { createHash } from 'node:crypto'", "import { z } from 'zod'"]
    eachLine(checkProtocol, 'packages/protocol/src/a.ts', wrong, ["import { b } from './b.ts'"])
    eachLine(checkProtocol, 'packages/protocol/src/a.test.ts', [], ["import { test } from 'node:test'"])
  })

  test('an import that is not declared, and a declaration that is not used, are found', () => {
    const files = {
      'packages/client/package.json': '{ "dependencies": { "jose": "6", "zod": "4" } }',
      'packages/client/src/a.ts': "import { z } from 'zod/mini'\nimport { got } from 'got'\nimport 'node:path'",
    }
    assert.deepEqual(places(checkDeclared(treeOf(files))), ['packages/client/src/a.ts:2'])
    assert.match(report(checkUnusedDependencies(treeOf(files))), /nothing in packages\/client imports jose/)
    assert.equal(checkUnusedDependencies(treeOf(files)).length, 1)
  })

  test('licences: one of the alternatives, all of a conjunction', () => {
    for (const licence of ['MIT', '(MIT OR GPL-3.0)', 'BSD-3-Clause AND MIT'])
      assert.equal(isAllowed(licence), true, licence)
    for (const licence of ['', 'GPL-3.0-only', 'MIT AND AGPL-3.0', 'SEE LICENSE IN x'])
      assert.equal(isAllowed(licence), false, licence)
    const installed = { name: 'x', version: '1.0.0', licence: 'AGPL-3.0', broughtBy: 'client' }
    assert.match(report(checkLicences([installed])), /brings x@1\.0\.0, whose licence is AGPL-3\.0/)
  })
})

describe('kinds of file', () => {
  test('a kind is told by the name', () => {
    assert.equal(kindOf(`${server}/records/users/store.ts`), 'store')
    assert.equal(kindOf(`${server}/features/login/sign-in-page.ts`), 'page')
    assert.equal(kindOf(`${server}/features/token/grants/refresh-token.ts`), 'rule')
    assert.equal(kindOf(`${server}/features/token/index.ts`), 'door')
    assert.equal(kindOf(`${server}/platform/http/server.ts`), undefined)
    assert.equal(kindOf(`${server}/records/users/user.test.ts`), undefined)
  })

  test('SQL is found outside store.ts, as a tag, as text and as an import', () => {
    const wrong = [
      'const a = sql`x`',
      "const a = 'select id from users'",
      'db.run(`INSERT INTO users`)',
      "import { sql } from '../../platform/storage/index.ts'",
      "import { raw } from 'sql-template-tag'",
    ]
    const right = [
      "import { text, type Sql } from '../../platform/storage/index.ts'",
      "const a = 'Select one from the list'.length",
      '// select a from b',
    ]
    eachLine(checkSql, `${server}/features/login/endpoint.ts`, wrong, right.slice(0, 1))
    eachLine(checkSql, `${server}/features/login/endpoint.ts`, [], right.slice(2))
    for (const name of [
      'records/users/store.ts',
      'records/users/migrations.ts',
      'platform/storage/migrate.ts',
      'records/users/a.test.ts',
    ])
      eachLine(checkSql, `${server}/${name}`, [], wrong)
  })

  test('the clock and chance are found everywhere but in their own rooms', () => {
    const clock = ['const a = Date.now()', 'const a = new Date()', 'const a = new Date']
    const chance = [
      'const a = Math.random()',
      "import { randomBytes } from 'node:crypto'",
      'const a = crypto.randomUUID()',
    ]
    const right = [
      'const a = new Date(instant)',
      'const a = clock.now()',
      "import { createHash } from 'node:crypto'",
      '// Date.now()',
    ]
    eachLine(checkClockAndRandom, `${server}/features/login/endpoint.ts`, [...clock, ...chance], right)
    eachLine(checkClockAndRandom, `${server}/platform/time/clock.ts`, [], clock)
    eachLine(checkClockAndRandom, `${server}/platform/crypto/random.ts`, [], chance)
  })

  test('the environment is read by platform/config and by named files only', () => {
    const wrong = ["const a = process.env['A']", "import { env } from 'node:process'"]
    eachLine((tree) => checkEnvironment(tree, none), `${server}/main.ts`, wrong, ['process.exitCode = 1'])
    eachLine((tree) => checkEnvironment(tree, none), `${server}/platform/config/sources.ts`, [], wrong)
    eachLine((tree) => checkEnvironment(tree, new Set([`${server}/main.ts`])), `${server}/main.ts`, [], wrong)
  })

  test('a rule reaches for nothing', () => {
    const name = `${server}/records/grants/rotation.ts`
    const wrong = [
      "import { readFile } from 'node:fs'",
      "import { findGrant } from './store.ts'",
      'const a = process.pid',
      'const a = Date.now()',
      'const a = fetch(url)',
      'setTimeout(f, 1)',
    ]
    const right = [
      "import type { Grant } from './store.ts'",
      "import { type Grant } from './store.ts'",
      'const a = step.process',
      'const a = api.fetch(1)',
    ]
    eachLine((tree) => checkRules(tree, none), name, wrong, right)
    eachLine((tree) => checkRules(tree, new Set([name])), name, [], wrong)
    eachLine((tree) => checkRules(tree, none), `${server}/records/grants/apply.ts`, [], wrong.slice(1, 2))
  })

  test('a page is made from plain data', () => {
    const wrong = [
      "import { findUser } from './store.ts'",
      "import type { Database } from '../../platform/storage/index.ts'",
      "import { systemClock } from '../../platform/time/index.ts'",
      "import path from 'node:path'",
      'const a = new Date()',
    ]
    const right = [
      "import { html } from '../../platform/html/index.ts'",
      "import type { Instant } from '../../platform/time/index.ts'",
    ]
    eachLine(checkPages, `${server}/features/login/page.ts`, wrong, right)
  })

  test('a store holds SQL only, and an endpoint no HTML', () => {
    const slow = [
      "import { hash } from '../../platform/crypto/index.ts'",
      "import fs from 'node:fs'",
      'const a = Date.now()',
    ]
    eachLine(checkStores, `${server}/records/users/store.ts`, slow, [
      "import type { Random } from '../../platform/crypto/index.ts'",
    ])
    eachLine(checkEndpoints, `${server}/features/login/endpoint.ts`, ['const a = html`<p>`'], ['const a = page(view)'])
  })
})

describe('sizes', () => {
  test('a long file is found, and a named one is not', () => {
    const files = {
      'a.ts': '\n'.repeat(401),
      'b.ts': '\n'.repeat(400),
      'c.test.ts': '\n'.repeat(600),
      'tests/d.ts': '\n'.repeat(601),
    }
    assert.deepEqual(places(checkFileSizes(treeOf(files), none)), ['a.ts:401', 'tests/d.ts:601'])
    assert.deepEqual(places(checkFileSizes(treeOf(files), new Set(['a.ts', 'tests/d.ts']))), [])
  })

  test('a long function is found, and a named one is not', () => {
    const body = (lines: number) => `function f() {${'\n'.repeat(lines - 1)}}`
    const files = { 'a.ts': `\n${body(71)}`, 'b.ts': body(70), 'c.test.ts': body(100) }
    assert.deepEqual(places(checkFunctionSizes(treeOf(files), none)), ['a.ts:2'])
    assert.deepEqual(checkFunctionSizes(treeOf(files), new Set(['a.ts f'])), [])
  })
})

describe('writing', () => {
  test('any', () => {
    const wrong = [
      'const a: any = 1',
      'f(b as any)',
      'type A = Map<string, any>',
      'let a: any[]',
      'type B = string | any',
    ]
    eachLine(checkAny, 'a.ts', wrong, [
      "const a = 'any'",
      'Promise.any(b)',
      '// any',
      'const a = { any: 1 }',
      'const a: unknown = 1',
    ])
  })

  test('default exports', () => {
    eachLine(
      checkDefaultExports,
      'a.ts',
      ['export default 1', 'export default function f() {}'],
      ['export const a = 1', "import a from 'b'"],
    )
  })

  test('an empty catch', () => {
    const wrong = ['try { a() } catch {}', 'try { a() } catch (error) {\n}']
    eachLine(checkEmptyCatch, 'a.ts', wrong, [
      'try { a() } catch {\n  // The file is gone, which is what we want.\n}',
      'a.catch(() => {})',
    ])
  })

  test('tests that do not run', () => {
    const wrong = ["test.skip('a', f)", "describe.only('a', f)", 't.todo()', "test('a', { skip: true }, f)"]
    eachLine(checkSkippedTests, 'a.test.ts', wrong, ["test('a', f)", "test('only.skip(', f)"])
  })

  test('reminders, paths of a machine and hosts of registries', () => {
    eachLine(checkReminders, 'a.md', ['TODO: more', '// FIXME'], ['mastodon', 'todos'])
    eachLine(
      checkMachinePaths,
      'a.md',
      ['see /home/me/x', "open('/root/.npmrc')", '`/Users/me/x`'],
      ['https://example.com/home/x', '/homes/x', '.../root/x'],
    )
    const wrong = [
      'https://registry.npmjs.org/a',
      '"resolved": "https://example.com/a.tgz"',
      'registry=https://example.com',
    ]
    eachLine(checkRegistryHosts, 'package-lock.json', wrong, [
      '"resolved": "packages/protocol"',
      '"url": "https://example.com/fund"',
    ])
  })

  test('drawers', () => {
    const files = {
      'src/utils/a.ts': '',
      'src/string-helpers.ts': '',
      'src/data/a.ts': '',
      'src/metadata.ts': '',
      'src/form-data.ts': '',
    }
    assert.deepEqual(places(checkNames(treeOf(files))), [
      'src/utils/a.ts:1',
      'src/string-helpers.ts:1',
      'src/data/a.ts:1',
    ])
  })

  test('files that do not say what they decide', () => {
    eachLine(
      checkOpenings,
      'a.ts',
      ['export const a = 1'],
      ['// Decides a.\nexport const a = 1', '#!/usr/bin/env node\na()'],
    )
  })

  test('exports without a doc comment', () => {
    const wrong = ['export function f(): void {}', '// Not a doc comment.\nexport const a = 1', 'export interface A {}']
    const right = [
      '/** What f does. */\nexport function f(): void {}',
      'function g(): void {}',
      "export { a } from './b.ts'",
    ]
    const overloaded = '/** Reads. */\nexport function f(a: string): void\nexport function f(a: number): void'
    eachLine((tree) => checkDocstrings(tree, ['protocol']), 'packages/protocol/src/a.ts', wrong, [...right, overloaded])
    eachLine((tree) => checkDocstrings(tree, ['protocol']), 'packages/client/src/a.ts', [], wrong)
  })
})
