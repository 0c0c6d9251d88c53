// What the images hold is enough to start from, and the health command tells whether they run: the files that the Dockerfile
// copies are laid out here, and its own entry point, environment and health command are run on them. No container engine is needed.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { freePort } from '../support/port.ts'
import {
  environmentOf,
  type Instruction,
  instructionsOf,
  isInContext,
  layOut,
  readDockerfile,
  root,
  valuesOf,
} from './dockerfile.ts'

const stages = readDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'))
const scratch = mkdtempSync(join(tmpdir(), 'latchkey-image-'))
const running: ChildProcess[] = []
after(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(scratch, { recursive: true, force: true })
})

interface Image {
  readonly instructions: readonly Instruction[]
  /** What stands for /app. */
  readonly app: string
  readonly data: string
}

function image(name: string): Image {
  const instructions = instructionsOf(stages, name)
  const app = join(scratch, name, 'app')
  layOut(instructions, app)
  return { instructions, app, data: join(scratch, name, 'data') }
}

function words({ instructions, app }: Image, word: string): readonly string[] {
  const text = valuesOf(instructions, word).at(-1) ?? '[]'
  const list = JSON.parse(text.slice(text.indexOf('['))) as readonly string[]
  return list.map((one) => one.replace(/^\/app\//, `${app}/`))
}

/** Runs `node …` as the image would: in its folder, with its variables and no others but the path. */
function run(made: Image, command: readonly string[], variables: Readonly<Record<string, string>>): ChildProcess {
  const [program = '', ...args] = command
  assert.equal(program, 'node')
  const folder = (valuesOf(made.instructions, 'WORKDIR').at(-1) ?? '').replace(/^\/app/, made.app)
  const own = environmentOf(made.instructions)
  const env = { PATH: process.env['PATH'] ?? '', ...own, ...variables }
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  return child
}

async function healthOf(made: Image, variables: Readonly<Record<string, string>>): Promise<number | null> {
  const [code] = await once(run(made, words(made, 'HEALTHCHECK'), variables), 'exit')
  return code as number | null
}

async function healthySoon(made: Image, variables: Readonly<Record<string, string>>): Promise<void> {
  const deadline = Date.now() + 20_000
  while ((await healthOf(made, variables)) !== 0) assert.ok(Date.now() < deadline, 'it does not become healthy')
}

function filesOf({ app }: Image): readonly string[] {
  const names = globSync('**/*', { cwd: app, exclude: ['node_modules', 'node_modules/**'] }).toSorted()
  return names.map((name) => `${name} ${statSync(join(app, name)).mtimeMs}`)
}

for (const { name, arguments_, variables } of [
  { name: 'server', arguments_: ['dev', '--expose-demo'], variables: {} },
  { name: 'server', arguments_: ['serve'], variables: { LATCHKEY_PUBLIC_URL: 'http://localhost:8000' } },
  { name: 'site', arguments_: [], variables: {} },
  { name: 'items', arguments_: [], variables: {} },
]) {
  test(`the image ${[name, ...arguments_].join(' ')} starts, is healthy, writes to its data only, and ends`, async () => {
    const made = image(name)
    const port = String(await freePort())
    const ports = name === 'server' ? { LATCHKEY_PORT: port } : { PORT: port }
    const places = name === 'server' ? { LATCHKEY_DATA_DIR: made.data } : { DATA_DIR: made.data }
    const told = { ...ports, ...places, ...variables }
    const before = filesOf(made)
    assert.equal(await healthOf(made, told), 1, 'nothing answers yet')
    const child = run(made, [...words(made, 'ENTRYPOINT'), ...arguments_], told)
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (said += text))
    try {
      await healthySoon(made, told)
    } catch (error) {
      throw new Error(said, { cause: error })
    }
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    assert.deepEqual(await exit, [0, null], said)
    assert.equal(await healthOf(made, told), 1)
    assert.deepEqual(filesOf(made), before, 'the root may be read-only')
  })
}

describe('every image', () => {
  for (const name of ['server', 'site', 'items']) {
    test(`${name}: runs without rights, keeps its data in /data, and holds no secret`, () => {
      const instructions = instructionsOf(stages, name)
      assert.deepEqual(valuesOf(instructions, 'USER'), ['node'])
      assert.deepEqual(valuesOf(instructions, 'VOLUME'), ['/data'])
      const after_ = instructions.slice(instructions.findIndex(({ word }) => word === 'USER'))
      assert.deepEqual(
        after_.filter(({ word }) => ['RUN', 'COPY', 'ADD'].includes(word)),
        [],
        'nothing is made writable by it',
      )
      const environment = environmentOf(instructions)
      assert.equal(environment['LATCHKEY_DATA_DIR'] ?? environment['DATA_DIR'], '/data')
      const isTelling = (key: string): boolean =>
        /secret|password|key|token|credential/i.test(key.replace('LATCHKEY_', ''))
      assert.deepEqual(Object.keys(environment).filter(isTelling), [])
      assert.deepEqual(valuesOf(instructions, 'ARG'), [])
      const port = environment['LATCHKEY_PORT'] ?? environment['PORT']
      assert.deepEqual(valuesOf(instructions, 'EXPOSE'), [port])
    })

    test(`${name}: installs what the lock file names, without scripts and without what is for development`, () => {
      const [install = ''] = valuesOf(instructionsOf(stages, name), 'RUN').filter((line) => line.includes('npm'))
      assert.match(
        install,
        /^npm ci --omit=dev --omit=optional --ignore-scripts --workspace=\S+ && npm cache clean --force$/,
      )
    })
  }

  test('the one that is built without a target is the server', () => {
    assert.equal(stages.at(-1)?.name, 'server')
    assert.deepEqual(valuesOf(stages.at(-1)?.instructions ?? [], 'CMD'), ['["serve"]'])
  })

  test('npm finds the package of every workspace', () => {
    const copied = valuesOf(instructionsOf(stages, 'base'), 'COPY')
    for (const path of globSync(['packages/*/package.json', 'examples/*/package.json'], { cwd: root })) {
      assert.ok(copied.includes(`${path} ${path}`), path)
    }
  })
})

test('the build sees no data, no keys, no settings with secrets, no history and no tests', () => {
  const ignore = readFileSync(join(root, '.dockerignore'), 'utf8')
  const kept = ['package.json', 'packages/client/src/index.ts', 'examples/site/pages/style.css', 'deploy/health.js']
  for (const path of kept) assert.equal(isInContext(path, ignore), true, path)
  const left = [
    '.env',
    '.git/config',
    '.latchkey/master.key',
    'node_modules/fastify/package.json',
    'packages/client/node_modules/x/index.js',
    'packages/resource-server/src/rule.test.ts',
    'examples/site/.site/session.key',
    'examples/items/.items/items.db',
    'examples/site/.env.local',
    'packages/authorization-server/.latchkey/master.key',
    'tests/support/server.ts',
    'compose.yaml',
  ]
  for (const path of left) assert.equal(isInContext(path, ignore), false, path)
})
