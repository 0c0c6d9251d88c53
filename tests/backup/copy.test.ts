// `latchkey db copy` moves an installation to another engine with people signed in and tokens alive, and loses no write.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  openPostgres,
  openSqlite,
  type Place,
  sql,
  transferTools,
  unguarded,
} from '../../packages/authorization-server/src/platform/storage/index.ts'
import { codeTokens, isActive } from '../support/code-flow.ts'
import { FormBrowser } from '../support/form-browser.ts'
import { basic, passwordTokens, postForm, type TestServer, type Tokens } from '../support/server.ts'
import { carryKey, type Engine, engines, type Ground, layGround, printed } from './ground.ts'

const other: Readonly<Record<Engine, Engine>> = { sqlite: 'postgres', postgres: 'sqlite' }

/** The address as an operator writes it, secret or not. */
function addressOf(place: Place): string {
  return place.engine === 'postgres' ? place.url : `sqlite:${place.file}`
}

function copyTo(from: Ground, to: Ground, ...words: string[]): ReturnType<Ground['latchkey']> {
  return from.latchkey(['db', 'copy', '--to-stdin', ...words], { stdin: `${addressOf(to.place)}\n` })
}

async function refresh(server: TestServer, token: string): Promise<Response> {
  const client = { client_id: 'clientId', client_secret: 'clientSecret' }
  return postForm(`${server.url}/o/token/`, { grant_type: 'refresh_token', refresh_token: token, ...client })
}

for (const engine of engines) {
  void describe(`from ${engine} to ${other[engine]}`, () => {
    test('people stay signed in, tokens live, what was revoked stays revoked, and ids go on', async () => {
      const from = await layGround(engine)
      const first = await from.serve()
      const live = await passwordTokens(first.url)
      const rotated = await passwordTokens(first.url)
      const successor = (await (await refresh(first, rotated.refresh_token)).json()) as Tokens
      const browser = new FormBrowser(first.server.app.http, { origin: first.url })
      await browser.signIn('alice', 'correct-horse-battery')
      const codes = await codeTokens(browser, first.url)
      const ended = await codeTokens(browser, first.url)
      await postForm(`${first.url}/o/revoke_token/`, { token: ended.access_token }, basic('web', 'web-secret'))
      await first.close()
      printed(await from.latchkey(['user', 'create', '--email', 'gone@example.com', '--generate', '--json']))
      const source = await from.open()
      await source.commit([unguarded(sql`delete from users where email = 'gone@example.com'`)])
      await source.close()

      const to = await layGround(other[engine])
      await carryKey(from, to)
      const outcome = await copyTo(from, to, '--json')
      const { tables } = printed(outcome)
      assert.match(JSON.stringify(tables), /\{"table":"users","rows":2,"digest":"[\w-]{43}"\}/)
      const server = await to.serve()
      try {
        const moved = new FormBrowser(server.server.app.http, { origin: server.url })
        for (const [name, value] of browser.cookies) moved.cookies.set(name, value)
        assert.equal((await moved.get('/account/')).status, 200)
        for (const token of [live, successor, codes]) assert.equal(await isActive(server.url, token.access_token), true)
        for (const token of [rotated, ended]) assert.equal(await isActive(server.url, token.access_token), false)
        const next = await refresh(server, live.refresh_token)
        assert.equal(next.status, 200)
        assert.equal((await refresh(server, rotated.refresh_token)).status, 400, 'reuse is seen as before')
        assert.equal(await isActive(server.url, successor.access_token), false, 'and ends its grant')
      } finally {
        await server.close()
      }
      const made = printed(await to.latchkey(['user', 'create', '--email', 'new@example.com', '--generate', '--json']))
      assert.match(JSON.stringify(made), /"id":4,/, 'the number of the one who is gone is not given again')
      await from.remove()
      await to.remove()
    })

    test('there and back again nothing differs', async () => {
      const [from, there, back] = [await layGround(engine), await layGround(other[engine]), await layGround(engine)]
      const first = await from.serve()
      await passwordTokens(first.url)
      await first.close()
      const one = printed(await copyTo(from, there, '--json'))
      const two = printed(await copyTo(there, back, '--json'))
      assert.deepEqual(two['tables'], one['tables'])
      for (const ground of [from, there, back]) await ground.remove()
    })

    test('a server that is up stops the copy before anything is written', async () => {
      const [from, to] = [await layGround(engine), await layGround(other[engine])]
      const server = await from.serve()
      const refused = await copyTo(from, to, '--json')
      assert.equal(refused.code, 5)
      assert.match(refused.stdout, /"code":"transfer_in_use"/)
      await server.close()
      printed(await copyTo(from, to, '--json'))
      const twice = await copyTo(from, to, '--json')
      assert.match(twice.stdout, /"code":"transfer_not_empty"/)
      await from.remove()
      await to.remove()
    })

    test('nobody writes to the source while it is copied', async () => {
      const from = await layGround(engine)
      await (await from.serve()).close()
      const { openSnapshot } = await transferTools()
      const snapshot = await openSnapshot(from.place, true)
      const late = async (): Promise<void> => {
        const { place } = from
        const quick = { statementTimeoutMs: 300, maxWaitMs: 300 }
        const writer =
          place.engine === 'postgres'
            ? await openPostgres({ url: place.url, ...quick })
            : await openSqlite({ file: place.file, busyTimeoutMs: 300 })
        try {
          await writer.commit([unguarded(sql`update installation set epoch = epoch + 1`)])
        } finally {
          await writer.close()
        }
      }
      await assert.rejects(late, /locked|no time|PostgreSQL/)
      await snapshot.close()
      await late()
      await from.remove()
    })
  })
}

void describe('the address of the target', () => {
  const secret = 'postgres://latchkey:hunter2-hunter2@127.0.0.1:1/none'

  test('is refused on the command line with a password in it, and not repeated', async () => {
    const from = await layGround('sqlite')
    for (const address of [
      secret,
      'postgres://latchkey@127.0.0.1:1/none?password=hunter2-hunter2',
      'hunter2-hunter2',
    ]) {
      const refused = await from.latchkey(['db', 'copy', '--to', address])
      assert.equal(refused.code, 2)
      assert.doesNotMatch(refused.stdout + refused.stderr, /hunter2/)
    }
    await from.remove()
  })

  test('comes from a file, from the environment or from standard input', async () => {
    const from = await layGround('sqlite')
    await (await from.serve()).close()
    const file = join(from.dataDir, 'target')
    await writeFile(file, `${secret}\n`)
    const ways = [
      await from.latchkey(['db', 'copy', '--to-file', file]),
      await from.latchkey(['db', 'copy'], { environment: { LATCHKEY_TARGET_DATABASE_URL: secret } }),
      await from.latchkey(['db', 'copy', '--to-stdin'], { stdin: secret }),
      await from.latchkey(['db', 'copy', '--to', 'postgres://latchkey@127.0.0.1:1/none']),
    ]
    for (const way of ways) {
      assert.equal(way.code, 7, way.stderr)
      assert.match(way.stderr, /ECONNREFUSED/)
      assert.doesNotMatch(way.stdout + way.stderr, /hunter2/)
    }
    await from.remove()
  })
})
