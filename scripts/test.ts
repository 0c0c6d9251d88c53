/**
 * Runs the tests on node's own runner: `npm test`, `npm test -- tests/house packages/protocol`, `npm run test:long`.
 * Files end in `.test.ts` and lie beside what they test or in tests/; `.long.test.ts` run with `--long` only (or when
 * named). Each file is a process of its own.
 */
import { globSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { isatty } from 'node:tty'
import { parseArgs } from 'node:util'
import { compact } from './compact-reporter.ts'

const root: string = path.dirname(import.meta.dirname)
const everywhere: readonly string[] = ['packages/**/src/**/*.test.ts', 'tests/**/*.test.ts']
const fileLimitMs = 4 * 60_000
const longFileLimitMs = 20 * 60_000

const usage = `npm test [-- [options] [file or folder …]]
  --long            also the tests that take minutes (*.long.test.ts)
  --name <regexp>   only tests whose name matches
  --random          in random order; --seed <number> repeats one
  --serial          one file at a time
  --spec            every test by name, as on a terminal`

function filesUnder(place: string): readonly string[] {
  const absolute = path.resolve(root, place)
  const status = statSync(absolute, { throwIfNoEntry: false })
  if (status?.isFile() === true) return [absolute]
  if (status?.isDirectory() === true) return globSync('**/*.test.ts', { cwd: absolute, exclude }).map(under(absolute))
  return globSync(place, { cwd: root, exclude }).map(under(root))
}

function exclude(name: string): boolean {
  return path.basename(name) === 'node_modules'
}

function under(folder: string): (name: string) => string {
  return (name) => path.join(folder, name)
}

function parseArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      long: { type: 'boolean', default: false },
      name: { type: 'string' },
      random: { type: 'boolean', default: false },
      seed: { type: 'string' },
      serial: { type: 'boolean', default: false },
      spec: { type: 'boolean', default: isatty(1) },
      help: { type: 'boolean', default: false },
    },
  })
  return { ...values, places: positionals }
}

let wanted: ReturnType<typeof parseArguments>
try {
  wanted = parseArguments()
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exit(2)
}
if (wanted.help) {
  console.log(usage)
  process.exit(0)
}
const named = wanted.places.length > 0
const files = [...new Set((named ? wanted.places : everywhere).flatMap(filesUnder))]
  .filter(
    (file) => wanted.long || !file.endsWith('.long.test.ts') || wanted.places.some((place) => file.endsWith(place)),
  )
  .toSorted()
if (files.length === 0) {
  console.error(`No test file matches ${wanted.places.join(' ')}`)
  process.exit(1)
}

const events = run({
  cwd: root,
  files,
  concurrency: wanted.serial ? 1 : Math.max(2, availableParallelism()),
  execArgv: ['--import', path.join(import.meta.dirname, 'test-watchdog.ts')],
  env: {
    ...process.env,
    NODE_ENV: 'test',
    LATCHKEY_TEST_FILE_LIMIT_MS: String(wanted.long ? longFileLimitMs : fileLimitMs),
    NODE_COMPILE_CACHE: path.join(root, 'node_modules', '.cache', 'compile'),
  },
  ...(wanted.name === undefined ? {} : { testNamePatterns: new RegExp(wanted.name) }),
  ...(wanted.random ? { randomize: true } : {}),
  ...(wanted.seed === undefined ? {} : { randomSeed: Number(wanted.seed) }),
})
events.on('test:fail', () => {
  process.exitCode = 1
})
// A reader who has seen enough (`| head`) ends the run.
process.stdout.on('error', () => process.exit(1))
await pipeline(events, wanted.spec ? new spec() : compact(root), process.stdout, { end: false })
