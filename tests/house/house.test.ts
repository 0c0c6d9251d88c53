/** The building inspector: the rules of ARCHITECTURE.md and CONTRIBUTING.md, held against the whole tree. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { doors, floors } from '../../packages/authorization-server/src/rooms.ts'
import { checkDocstrings } from './docstrings.ts'
import { environmentReaders, longFiles, longFunctions, shells } from './exceptions.ts'
import {
  checkCircles,
  checkDoorComments,
  checkDoors,
  checkFloors,
  checkPlan,
  checkRoofDoors,
  checkStrays,
} from './floors.ts'
import {
  checkClockAndRandom,
  checkEndpoints,
  checkEnvironment,
  checkPages,
  checkRules,
  checkSql,
  checkStores,
} from './kinds.ts'
import { checkLicences, installedBy } from './licences.ts'
import { checkDeclared, checkPackages, checkProtocol, checkUnusedDependencies } from './packages.ts'
import { checkFileSizes, checkFunctionSizes } from './sizes.ts'
import { type Problem, readTree, report } from './tree.ts'
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

const root = path.resolve(import.meta.dirname, '../..')
const tree = readTree(root)
/** The inspector's own examples of what is wrong are not wrong. */
const examined = tree.filter((file) => !file.path.startsWith('tests/house/'))
const plan = { floors, doors }
/** Packages that others install and read the documentation of in their editor. */
const published = ['protocol', 'resource-server', 'client']
const packages = ['protocol', 'authorization-server', 'resource-server', 'client'].filter((name) =>
  existsSync(path.join(root, 'packages', name, 'package.json')),
)

function names(exceptions: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set(Object.keys(exceptions))
}

function holds(problems: readonly Problem[]): void {
  if (problems.length > 0) assert.fail(report(problems))
}

describe('floors and doors', () => {
  test('imports go down', () => holds(checkFloors(tree, plan)))
  test('a room is entered by its door, on its own floor where a door is listed', () => holds(checkDoors(tree, plan)))
  test('the roof enters by the doors, too', () => holds(checkRoofDoors(tree, plan)))
  test('every listed door is used and none leads in a circle', () => holds(checkPlan(tree, plan)))
  test('no rooms import each other in a circle', () => holds(checkCircles(tree, plan)))
  test('every door says what is behind it', () => holds(checkDoorComments(tree, plan)))
  test('every file on a floor lies in a room', () => holds(checkStrays(tree, plan)))
})

describe('packages', () => {
  test('a package uses only the packages below it', () => holds(checkPackages(tree)))
  test('the protocol package depends on nothing', () => holds(checkProtocol(tree)))
  test('every imported package is declared', () => holds(checkDeclared(tree)))
  test('every declared package is imported', () => holds(checkUnusedDependencies(tree)))
  test('licences fit Apache-2.0', () => holds(checkLicences(packages.flatMap((name) => installedBy(root, name)))))
})

describe('kinds of file', () => {
  test('SQL is in store.ts only', () => holds(checkSql(tree)))
  test('the clock and chance are passed in', () => holds(checkClockAndRandom(tree)))
  test('the environment is read by platform/config only', () =>
    holds(checkEnvironment(tree, names(environmentReaders))))
  test('rules are pure', () => holds(checkRules(tree, names(shells))))
  test('pages are made from plain data', () => holds(checkPages(tree)))
  test('stores hold SQL only', () => holds(checkStores(tree)))
  test('endpoints hold no HTML', () => holds(checkEndpoints(tree)))
})

describe('sizes', () => {
  test('files fit a sitting', () => holds(checkFileSizes(tree, names(longFiles))))
  test('functions fit a screen', () => holds(checkFunctionSizes(tree, names(longFunctions))))
})

describe('writing', () => {
  test('nothing is any', () => holds(checkAny(examined)))
  test('exports have names', () => holds(checkDefaultExports(examined)))
  test('no catch is empty', () => holds(checkEmptyCatch(examined)))
  test('every test runs', () => holds(checkSkippedTests(examined)))
  test('no reminders are left', () => holds(checkReminders(examined)))
  test('no path belongs to one machine', () => holds(checkMachinePaths(examined)))
  test('no registry is named', () => holds(checkRegistryHosts(examined)))
  test('names say what is inside', () => holds(checkNames(tree)))
  test('every file says what it decides', () => holds(checkOpenings(tree)))
  test('what others install is documented', () => holds(checkDocstrings(tree, published)))
})

test('every exception is still needed, and says why', () => {
  const none: ReadonlySet<string> = new Set()
  const broken = (problems: readonly Problem[]) => new Set(problems.map(({ path: file }) => file))
  const needed: readonly (readonly [Readonly<Record<string, string>>, ReadonlySet<string>])[] = [
    [longFiles, broken(checkFileSizes(tree, none))],
    [environmentReaders, broken(checkEnvironment(tree, none))],
    [shells, broken(checkRules(tree, none))],
    [
      longFunctions,
      new Set(
        checkFunctionSizes(tree, none).map(
          ({ path: file, rule }) => `${file} ${rule.replace(/ has \d+ lines;.*/, '')}`,
        ),
      ),
    ],
  ]
  const stale = needed.flatMap(([exceptions, found]) =>
    Object.entries(exceptions).filter(([name, reason]) => !found.has(name) || reason.length < 10),
  )
  assert.deepEqual(stale, [])
})
