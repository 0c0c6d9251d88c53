import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Command, defineCommand } from './command.ts'
import { CommandFailure, exitCodes } from './exit.ts'
import { commandReference } from './help.ts'
import { type Given, run } from './testing.ts'

const create: Command = defineCommand({
  name: 'user create',
  aliases: ['createsuperuser'],
  summary: 'Create a user',
  arguments: [{ name: 'name', description: 'who', required: true }],
  options: [
    { name: 'email', value: 'ADDRESS', description: 'the e-mail address' },
    { name: 'role', value: 'ROLE', description: 'what they may do', choices: ['user', 'admin'], fallback: 'user' },
    { name: 'group', value: 'NAME', description: 'a group', many: true },
    { name: 'active', description: 'may sign in' },
  ],
  refuses: [{ name: 'password', why: 'Others see it.', fix: 'Use --password-stdin.' }],
  writes: true,
  examples: ['latchkey user create ann --email ann@example.com'],
  run: ({ input, isDryRun }) =>
    Promise.resolve({
      say: `${isDryRun ? 'Would create' : 'Created'} “${input.text('name')}”`,
      data: { name: input.text('name'), email: input.maybeText('email') ?? null, groups: input.list('group') },
      view: {
        kind: 'record',
        rows: [
          ['name', input.text('name')],
          ['role', input.text('role')],
        ],
      },
      next: 'latchkey user list',
    }),
})

const remove: Command = defineCommand({
  name: 'user remove',
  aliases: [],
  summary: 'Remove a user',
  arguments: [{ name: 'name', description: 'who', required: true }],
  options: [],
  writes: true,
  isDangerous: true,
  async run({ confirm, input }) {
    await confirm({ name: input.text('name'), consequences: ['2 grants end.'] })
    return { data: { removed: input.text('name') }, say: 'Removed' }
  },
})

const list: Command = defineCommand({
  name: 'user list',
  aliases: [],
  summary: 'List users',
  arguments: [],
  options: [],
  run: () =>
    Promise.resolve({
      data: { users: ['ann'] },
      view: {
        kind: 'table',
        columns: ['name', 'note'],
        rows: [
          ['ann', 'a\u001b[2Jb'],
          ['bob', 'x'.repeat(90)],
        ],
      },
    }),
})

function failing(error: unknown): Command {
  return defineCommand({
    name: 'fail',
    aliases: [],
    summary: 'Fail',
    arguments: [],
    options: [],
    run() {
      throw error
    },
  })
}

const all = [create, remove, list]

function errorOf(stdout: string): Record<string, unknown> {
  const body: unknown = JSON.parse(stdout)
  assert.ok(typeof body === 'object' && body !== null && 'v' in body && 'error' in body)
  assert.equal(body.v, 1)
  assert.ok(typeof body.error === 'object' && body.error !== null)
  return { ...body.error }
}

test('standard output is data, standard error is talk, and one next command is suggested', async () => {
  const { code, stdout, stderr } = await run(all, ['user', 'create', 'ann', '--role=admin'])
  assert.equal(code, 0)
  assert.equal(stdout, 'name  ann\nrole  admin\n')
  assert.equal(stderr, '✔ Created “ann”\nNext: latchkey user list\n')
})

test('--json gives one document with a version and no talk', async () => {
  const words = ['user', 'create', 'ann', '--email', 'a@b.c', '--group', 'x', '--group', 'y', '--json']
  const { stdout, stderr } = await run(all, words)
  assert.equal(stdout, '{"v":1,"name":"ann","email":"a@b.c","groups":["x","y"]}\n')
  assert.equal(stderr, '')
})

test('--json may stand before the command', async () => {
  assert.match((await run(all, ['--json', 'user', 'list'])).stdout, /^\{"v":1,"users":\["ann"\]\}\n$/)
})

test('--quiet leaves the data', async () => {
  const { stdout, stderr } = await run(all, ['user', 'create', 'ann', '-q'])
  assert.equal(stderr, '')
  assert.match(stdout, /ann/)
})

test('an alias runs the same command', async () => {
  assert.equal((await run(all, ['createsuperuser', 'ann'])).stdout, 'name  ann\nrole  user\n')
})

test('--dry-run says that nothing was changed, in words and in JSON', async () => {
  const said = await run(all, ['user', 'create', 'ann', '--dry-run'])
  assert.equal(said.stderr, '✔ Would create “ann”\nDry run: nothing was changed.\n')
  assert.match((await run(all, ['user', 'create', 'ann', '--dry-run', '--json'])).stdout, /"dryRun":true/)
})

test('an error has three lines on standard error, and none on standard output', async () => {
  const { code, stdout, stderr } = await run(all, ['user', 'create', 'ann', '--emial', 'x'])
  assert.equal(code, exitCodes.usage)
  assert.equal(stdout, '')
  assert.equal(
    stderr,
    '✖ Unknown option “--emial”.\n  latchkey user create does not take it that way.\n  Did you mean --email?\n',
  )
})

test('every way to get the words wrong is a usage error with a code of its own, also in JSON', async () => {
  const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
    [['user', 'creat'], 'unknown_command', /Did you mean: latchkey user create/],
    [['usr', 'create'], 'unknown_command', /Did you mean: latchkey user/],
    [['user'], 'unknown_command', /latchkey user --help/],
    [['createsuperusr'], 'unknown_command', /Did you mean: latchkey createsuperuser/],
    [['user', 'create'], 'missing_argument', /latchkey user create --help/],
    [['user', 'create', 'ann', '--role', 'king'], 'invalid_argument', /--help/],
    [['user', 'create', 'ann', '--email'], 'option_missing_argument', /--help/],
    [['user', 'create', 'ann', '--email', '--active'], 'option_missing_argument', /--email ADDRESS/],
    [['user', 'create', 'ann', 'bob'], 'excess_arguments', /--help/],
    [['user', 'create', 'ann', '--no-such'], 'unknown_option', /--help/],
    [['--nothing'], 'no_command', /latchkey --help/],
  ]
  for (const [words, code, fix] of cases) {
    const outcome = await run(all, ['--json', ...words])
    assert.equal(outcome.code, exitCodes.usage, words.join(' '))
    const error = errorOf(outcome.stdout)
    assert.equal(error['code'], code, words.join(' '))
    assert.match(String(error['fix']), fix)
    assert.ok(error['what'] !== '' && error['why'] !== '')
    assert.equal(outcome.stderr, '')
  }
})

test('a wrong choice names the choices', async () => {
  assert.match((await run(all, ['user', 'create', 'a', '--role', 'king'])).stderr, /Allowed choices are user, admin\./)
})

test('a secret on the command line is refused with a pointer and never repeated', async () => {
  for (const words of [['--password', 'hunter2'], ['--password=hunter2'], ['--pasword=hunter2'], ['hunter2']]) {
    const { code, stdout, stderr } = await run(all, ['user', 'create', 'ann', ...words])
    assert.equal(code, exitCodes.usage)
    assert.doesNotMatch(stdout + stderr, /hunter2/)
  }
  assert.match((await run(all, ['user', 'create', 'a', '--password', 'x'])).stderr, /Use --password-stdin\./)
})

test('a command that would take a secret as an argument cannot be declared', () => {
  const option = { name: 'client-secret', value: 'SECRET', description: 'no' }
  assert.throws(() => defineCommand({ ...create, options: [option] }), /process list/)
  const argument = { name: 'token', description: 'no', required: true }
  assert.throws(() => defineCommand({ ...create, arguments: [argument] }), /process list/)
})

test('each ending has its number', async () => {
  const explanation = { code: 'x', what: 'What.', why: 'Why.', fix: 'Fix.' }
  for (const ending of ['notFound', 'conflict', 'notAllowed', 'dependencyDown', 'checkFailed'] as const) {
    const { code } = await run([failing(new CommandFailure(ending, explanation))], ['fail'])
    assert.equal(code, exitCodes[ending])
  }
  assert.deepEqual(exitCodes, {
    ok: 0,
    bug: 1,
    usage: 2,
    invalidSettings: 3,
    notFound: 4,
    conflict: 5,
    notAllowed: 6,
    dependencyDown: 7,
    checkFailed: 8,
    interrupted: 130,
  })
})

test('what nobody foresaw is a bug with its stack, on standard error only', async () => {
  const { code, stdout, stderr } = await run([failing(new TypeError('x is not y'))], ['fail'])
  assert.equal(code, exitCodes.bug)
  assert.equal(stdout, '')
  assert.match(stderr, /bug here\.\n {2}TypeError: x is not y\n {2}Please report .*\n {6}at /)
})

test('a dependency that does not answer is 7', async () => {
  const error = Object.assign(new Error('connect 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
  assert.equal((await run([failing(error)], ['fail'])).code, exitCodes.dependencyDown)
})

test('a database that nobody answers for is 7 and says which, and is no bug of ours', async () => {
  const { openPostgres } = await import('../platform/storage/index.ts')
  const url = 'postgres://somebody:a-password@127.0.0.1:1/nowhere'
  const error: unknown = await openPostgres({ url }).catch((reason: unknown) => reason)
  const { code, stderr } = await run([failing(error)], ['fail'])
  assert.equal(code, exitCodes.dependencyDown)
  assert.match(stderr, /The database cannot be used\.\n {2}PostgreSQL at 127\.0\.0\.1:1\/nowhere cannot be reached/)
  assert.doesNotMatch(stderr, /a-password|bug/)
})

test('invalid settings are 3 and list every fault', async () => {
  const { InvalidSettings } = await import('../platform/config/index.ts')
  const fault = { name: 'LATCHKEY_PROT', from: 'environment', why: 'No setting.', fix: 'Did you mean LATCHKEY_PORT?' }
  const error = new InvalidSettings([fault, { ...fault, name: 'LATCHKEY_HSOT' }])
  const { code, stderr } = await run([failing(error)], ['fail'])
  assert.equal(code, exitCodes.invalidSettings)
  assert.match(stderr, /^✖ 2 settings are wrong\.\n {2}LATCHKEY_PROT[^]*LATCHKEY_HSOT[^]*latchkey check-config/)
  assert.deepEqual(errorOf((await run([failing(error)], ['fail', '--json'])).stdout)['faults'], error.faults)
})

test('Ctrl-C ends a command that does not listen, with 130', async () => {
  const stop = new AbortController()
  const endless: Command = { ...list, run: () => new Promise(() => undefined) }
  const outcome = run([endless], ['user', 'list'], { stopped: stop.signal })
  setImmediate(() => stop.abort('SIGINT'))
  const { code, stderr } = await outcome
  assert.equal(code, exitCodes.interrupted)
  assert.match(stderr, /one transaction/)
})

test('a command that stays ends by itself when it is stopped', async () => {
  const stop = new AbortController()
  const serve: Command = {
    ...list,
    stays: true,
    async run({ output, stopped }) {
      output.event({ event: 'listening' }, ['Listening.'])
      await new Promise((resolve) => {
        stopped.addEventListener('abort', resolve)
      })
      return { data: { event: 'stopped' }, ending: 'interrupted' }
    },
  }
  const outcome = run([serve], ['user', 'list', '--json'], { stopped: stop.signal })
  setImmediate(() => stop.abort('SIGINT'))
  assert.deepEqual(await outcome, {
    code: 130,
    stdout: '{"v":1,"event":"listening"}\n{"v":1,"event":"stopped"}\n',
    stderr: '',
  })
})

test('what cannot be undone wants --yes without a terminal', async () => {
  const refused = await run(all, ['user', 'remove', 'ann'])
  assert.equal(refused.code, exitCodes.usage)
  assert.match(refused.stderr, /2 grants end\.\n.*\n.*\n {2}Add --yes\./)
  assert.match((await run(all, ['user', 'remove', 'ann', '--yes', '--json'])).stdout, /"removed":"ann"/)
})

test('on a terminal the name is typed, and another name changes nothing', async () => {
  const typed = await run(all, ['user', 'remove', 'ann'], { isTTY: true, answers: ['ann\n'] })
  assert.equal(typed.code, 0)
  const other = await run(all, ['user', 'remove', 'ann'], { isTTY: true, answers: ['bob\n'] })
  assert.equal(other.code, exitCodes.notAllowed)
  const silent = await run(all, ['user', 'remove', 'ann', '--no-input'], { isTTY: true, answers: ['ann\n'] })
  assert.equal(silent.code, exitCodes.usage)
})

async function isColoured(given: Given, ...words: string[]): Promise<boolean> {
  return (await run(all, ['user', 'create', 'ann', ...words], given)).stderr.includes('\u001b[')
}

test('colour follows the terminal, NO_COLOR, FORCE_COLOR, TERM=dumb and --no-color', async () => {
  assert.equal(await isColoured({ isTTY: true }), true)
  assert.equal(await isColoured({}), false)
  assert.equal(await isColoured({ isTTY: true, environment: { NO_COLOR: '1' } }), false)
  assert.equal(await isColoured({ isTTY: true, environment: { TERM: 'dumb' } }), false)
  assert.equal(await isColoured({ environment: { FORCE_COLOR: '1' } }), true)
  assert.equal(await isColoured({ environment: { FORCE_COLOR: '1', NO_COLOR: '1' } }), false)
  assert.equal(await isColoured({ isTTY: true, environment: { FORCE_COLOR: '0' } }), false)
  assert.equal(await isColoured({ isTTY: true }, '--no-color'), false)
})

test('symbols fall back to ASCII on a dumb terminal and in another character set', async () => {
  for (const environment of [{ TERM: 'dumb' }, { LANG: 'de_DE.ISO-8859-1' }]) {
    assert.match((await run(all, ['user', 'create', 'ann'], { environment })).stderr, /^ok: Created/)
    assert.match((await run(all, ['nope'], { environment })).stderr, /^error: There is no command/)
  }
  assert.match((await run(all, ['user', 'create', 'ann'], { environment: { LANG: 'C.UTF-8' } })).stderr, /^✔/)
})

test('a table fits the terminal, is whole in a pipe, and never steers the terminal', async () => {
  const narrow = await run(all, ['user', 'list'], { isTTY: true, columns: 40, environment: { NO_COLOR: '1' } })
  assert.deepEqual(
    narrow.stdout.split('\n').map((line) => line.length <= 40),
    [true, true, true, true],
  )
  assert.match(narrow.stdout, /…/)
  const piped = await run(all, ['user', 'list'])
  assert.ok(piped.stdout.includes('x'.repeat(90)))
  assert.ok(!piped.stdout.includes('\u001b'))
})

test('help is data: on standard output with 0, for all, for a group and for a command', async () => {
  for (const words of [['--help'], ['help'], ['-h']]) {
    const { code, stdout, stderr } = await run(all, words)
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /user create {2}Create a user \(createsuperuser\)[^]*130 interrupted[^]*sends nothing/)
  }
  for (const words of [
    ['user', '--help'],
    ['help', 'user'],
  ]) {
    assert.match((await run(all, words)).stdout, /Usage: latchkey user COMMAND/)
  }
  for (const words of [
    ['user', 'create', '--help'],
    ['help', 'user', 'create'],
    ['createsuperuser', '-h'],
  ]) {
    const { code, stdout } = await run(all, words)
    assert.equal(code, 0)
    assert.match(stdout, /Usage: latchkey user create \[options\] <name>[^]*--json[^]*--dry-run|--dry-run[^]*--json/)
    assert.match(stdout, /Also: latchkey createsuperuser[^]*Examples:/)
  }
  assert.match((await run(all, ['help', 'usr'])).stderr, /There is no command “usr”/)
})

test('no words at all is a usage error that shows the commands on standard error', async () => {
  const { code, stdout, stderr } = await run(all, [])
  assert.deepEqual([code, stdout], [exitCodes.usage, ''])
  assert.match(stderr, /Usage: latchkey/)
})

test('the version is told in words and in JSON', async () => {
  assert.equal((await run(all, ['--version'])).stdout, '1.2.3\n')
  assert.equal((await run(all, ['version', '--json'])).stdout, '{"v":1,"version":"1.2.3"}\n')
})

test('asking the input for what is not declared is a bug', async () => {
  const wrong: Command = { ...list, run: ({ input }) => Promise.resolve({ data: { x: input.flag('verbose') } }) }
  assert.match((await run([wrong], ['user', 'list'])).stderr, /declares no verbose/)
})

test('the reference page has every command, option, choice and exit code', () => {
  const page = commandReference(all)
  for (const part of [
    '## latchkey user create',
    '`--email ADDRESS`',
    'One of user, admin.',
    'May be repeated.',
    '`-y, --yes`',
  ]) {
    assert.ok(page.includes(part), part)
  }
  assert.ok(page.includes('| 130 | interrupted |'))
})
