import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Command, defineCommand } from './command.ts'
import { exitCodes } from './exit.ts'
import { refusedSecret, requiredSecret, secretOptions } from './secret-input.ts'
import { run } from './testing.ts'

const passwd: Command = defineCommand({
  name: 'passwd',
  aliases: [],
  summary: 'Change a password',
  arguments: [],
  options: secretOptions('password'),
  refuses: [refusedSecret('password')],
  async run(context) {
    const given = await requiredSecret(context, 'password')
    return { data: { value: given.value, generated: given.isGenerated } }
  },
})

async function value(words: readonly string[], given: Parameters<typeof run>[2] = {}): Promise<unknown> {
  const { stdout } = await run([passwd], ['passwd', '--json', ...words], given)
  const body: unknown = JSON.parse(stdout)
  return body
}

test('a password comes from standard input, without the line break at its end', async () => {
  assert.deepEqual(await value(['--password-stdin'], { stdin: 'two words \n' }), {
    v: 1,
    value: 'two words ',
    generated: false,
  })
})

test('a password comes from a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-cli-'))
  try {
    await writeFile(join(folder, 'p'), 'from a file\r\n')
    assert.deepEqual(await value(['--password-file', join(folder, 'p')]), {
      v: 1,
      value: 'from a file',
      generated: false,
    })
    const missing = await run([passwd], ['passwd', '--password-file', join(folder, 'q')])
    assert.equal(missing.code, exitCodes.notFound)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a generated password has 20 characters and says that it was generated', async () => {
  const body = await value(['--generate'])
  assert.match(JSON.stringify(body), /^\{"v":1,"value":"[\w-]{20}","generated":true\}$/)
})

test('a password that is given twice, empty, missing or on the command line is a usage error', async () => {
  const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
    [['--password-stdin', '--generate'], 'x', /given in two ways/],
    [['--password-stdin'], '\n', /is empty/],
    [[], '', /Add --password-stdin, --password-file FILE or --generate/],
    [['--password', 'hunter2'], '', /Use --password-stdin/],
  ]
  for (const [words, stdin, message] of cases) {
    const { code, stderr } = await run([passwd], ['passwd', ...words], { stdin })
    assert.equal(code, exitCodes.usage)
    assert.match(stderr, message)
  }
})

test('on a terminal the password is typed twice and never shown', async () => {
  const answers = ['one\n', 'other\n', 'hunter2\n', 'hunter2\n']
  const { code, stderr } = await run([passwd], ['passwd'], { isTTY: true, answers })
  assert.equal(code, 0)
  assert.match(stderr, /The two differ/)
  assert.doesNotMatch(stderr, /hunter2|one|other/)
})

test('three attempts that differ are the end', async () => {
  const answers = ['a\n', 'b\n', 'a\n', 'b\n', 'a\n', 'b\n']
  assert.equal((await run([passwd], ['passwd'], { isTTY: true, answers })).code, exitCodes.usage)
})

test('Ctrl-C and Ctrl-D at a question end with 130', async () => {
  for (const key of ['\u0003', '\u0004']) {
    const { code } = await run([passwd], ['passwd'], { isTTY: true, answers: [key] })
    assert.equal(code, exitCodes.interrupted)
  }
})

test('--no-input and --json never ask, even on a terminal', async () => {
  for (const word of ['--no-input', '--noinput', '--json']) {
    const { code } = await run([passwd], ['passwd', word], { isTTY: true, answers: ['x\n', 'x\n'] })
    assert.equal(code, exitCodes.usage, word)
  }
})
