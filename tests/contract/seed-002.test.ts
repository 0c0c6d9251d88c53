// Seed 002, "Guide to an OAuth2 API with Django", section "Test it out": the commands as they are printed, run by a shell
// and by curl. Port 8000 of the article is led to the port of the example, so that not a letter of a command changes.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type PrintedCommands, printedCommands } from './printed-commands.ts'
import { membersOf } from './requests.ts'
import { type Alone, startAlone, startUnicorns } from './unicorns.ts'

const printed: string = await readFile(join(import.meta.dirname, 'seed-002-printed.txt'), 'utf8')
const commands: readonly string[] = printed.split('\n').filter((line) => line.startsWith('curl '))
const [register = '', makeFirst = '', makeSecond = '', list = ''] = commands

/** The object that the article prints below a command; a comma is missing in some of them. */
function printedAfter(command: string): Readonly<Record<string, unknown>> {
  const [, rest = ''] = printed.split(`${command}\n`)
  const lines = rest.split('\n').slice(
    0,
    rest.split('\n').findIndex((line) => !line.startsWith('>')),
  )
  const json = lines.map((line) => line.slice(2)).join('\n')
  return JSON.parse(json.replaceAll(/("|\d)\n"/g, '$1,\n"').replaceAll(/,,/g, ','))
}

describe('seed 002, the commands', () => {
  let example: Alone
  let shell: PrintedCommands
  let token = ''
  before(async () => {
    example = await startAlone('unicorns', 'Unicorns')
    shell = await printedCommands('0.0.0.0:8000', `localhost:${example.port}`)
  })
  after(async () => {
    await example.close()
    await shell.close()
  })

  async function run(command: string): Promise<unknown> {
    return JSON.parse((await shell.run(command.replace('<token>', token))).body)
  }

  test('four commands are printed', () => assert.equal(commands.length, 4))

  test('they answer what is printed, one after another', async (t) => {
    await t.test('registering a user', async () => {
      const answer = Object(await run(register))
      const { access_token, refresh_token } = answer
      assert.deepEqual(answer, { ...printedAfter(register), access_token, refresh_token })
      assert.deepEqual(Object.keys(answer), Object.keys(printedAfter(register)), 'in the printed order')
      assert.match(access_token, /^[\w-]{30,255}$/)
      assert.match(refresh_token, /^[\w-]{30,255}$/)
      token = access_token
    })
    await t.test('make a unicorn', async () => {
      assert.deepEqual(await run(makeFirst), printedAfter(makeFirst))
    })
    await t.test('let’s add another one', async () => {
      assert.deepEqual(await run(makeSecond), { name: 'mylittlepony', age: 22 })
    })
    await t.test('list all the unicorns: both, in an array', async () => {
      assert.deepEqual(await run(list), [printedAfter(list), { name: 'mylittlepony', age: 22 }])
    })
  })
})

test('a machine without curl runs them by a program of that name, which answers as curl does', async () => {
  const example = await startUnicorns()
  const shell = await printedCommands('0.0.0.0:8000', new URL(example.url).host, true)
  try {
    const { head, body } = await shell.run(register)
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n/)
    assert.deepEqual(Object.keys(JSON.parse(body)), Object.keys(printedAfter(register)))
    assert.match((await shell.run(list)).head, /^HTTP\/1\.1 401 /, 'the placeholder is no token')
  } finally {
    await shell.close()
    await example.close()
  }
})

test('the same requests by fetch, then refresh and revoke: a revoked token is 401 at once', async () => {
  const example = await startUnicorns()
  const form = (path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(example.url + path, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    })
  try {
    const registered = await form('/authentication/register/', 'username=halfspring&password=1234abcd')
    assert.equal(registered.status, 200)
    const first = await membersOf(registered)
    assert.equal(first['expires_in'], 36_000)

    const old = { authorization: `Bearer ${String(first['access_token'])}` }
    const made = await form('/v1/unicorn/', 'name=djangounchained&age=34', old)
    assert.equal(made.status, 201)
    assert.equal(await made.text(), '{"name":"djangounchained","age":34}')
    await form('/v1/unicorn/', 'name=mylittlepony&age=22', old)
    const all = await fetch(`${example.url}/v1/unicorn/`, { headers: old })
    assert.equal(all.headers.get('content-type'), 'application/json')
    assert.equal(await all.text(), '[{"name":"djangounchained","age":34},{"name":"mylittlepony","age":22}]')

    const refreshed = await form('/authentication/token/refresh/', `refresh_token=${String(first['refresh_token'])}`)
    assert.equal(refreshed.status, 200)
    const second = await membersOf(refreshed)
    assert.deepEqual(
      { ...second, access_token: '', refresh_token: '' },
      { access_token: '', expires_in: 36_000, token_type: 'Bearer', scope: 'read write', refresh_token: '' },
    )
    assert.equal((await fetch(`${example.url}/v1/unicorn/`, { headers: old })).status, 401, 'the first token has ended')

    const fresh = { authorization: `Bearer ${String(second['access_token'])}` }
    assert.equal((await fetch(`${example.url}/v1/unicorn/`, { headers: fresh })).status, 200)
    const revoked = await form('/authentication/token/revoke/', `token=${String(second['access_token'])}`)
    assert.equal(revoked.status, 200)
    assert.equal(await revoked.text(), '{"message":"token revoked"}')
    assert.equal((await fetch(`${example.url}/v1/unicorn/`, { headers: fresh })).status, 401)
    const again = await form('/authentication/token/refresh/', `refresh_token=${String(second['refresh_token'])}`)
    assert.equal(again.status, 400)
    assert.equal((await membersOf(again))['error'], 'invalid_grant')
  } finally {
    await example.close()
  }
})
