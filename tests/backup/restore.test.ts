// A restored backup revives nothing: whatever was issued before it, or between it and the loss, is void, on either engine.
import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, test } from 'node:test'
import { sql } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { authorizePath, codeTokens, isActive } from '../support/code-flow.ts'
import { FormBrowser } from '../support/form-browser.ts'
import { basic, passwordTokens, postForm, type TestServer, type Tokens } from '../support/server.ts'
import { carryKey, type Engine, engines, type Ground, layGround, printed } from './ground.ts'

const seedClient = { client_id: 'clientId', client_secret: 'clientSecret' }

async function refresh(server: TestServer, token: string): Promise<Response> {
  return postForm(`${server.url}/o/token/`, { grant_type: 'refresh_token', refresh_token: token, ...seedClient })
}

async function clientToken(server: TestServer): Promise<string> {
  const fields = { grant_type: 'client_credentials', scope: 'read' }
  const response = await postForm(`${server.url}/o/token/`, fields, basic('web', 'web-secret'))
  assert.equal(response.status, 200)
  return ((await response.json()) as Tokens).access_token
}

async function signedInBrowser(server: TestServer): Promise<FormBrowser> {
  const browser = new FormBrowser(server.server.app.http, { origin: server.url })
  await browser.signIn('alice', 'correct-horse-battery')
  return browser
}

async function seesAccount(server: TestServer, browser: FormBrowser): Promise<boolean> {
  const other = new FormBrowser(server.server.app.http, { origin: server.url })
  for (const [name, value] of browser.cookies) other.cookies.set(name, value)
  return (await other.get('/account/')).status === 200
}

/** A code that nobody redeemed yet, with what redeems it. */
async function codeOf(browser: FormBrowser): Promise<string> {
  const asked = await browser.get(authorizePath())
  const answered =
    asked.status === 200 ? await browser.submit(asked, {}, { action: '/o/authorize/', button: 'allow' }) : asked
  return new URL(answered.location ?? '').searchParams.get('code') ?? assert.fail('no code came')
}

async function redeem(server: TestServer, code: string): Promise<number> {
  const verifier = 'a-code-verifier-that-is-long-enough-to-be-taken-0123456789'
  const fields = { grant_type: 'authorization_code', code, redirect_uri: 'http://localhost:9999/callback' }
  const body = { ...fields, code_verifier: verifier }
  return (await postForm(`${server.url}/o/token/`, body, basic('web', 'web-secret'))).status
}

async function keySet(server: TestServer): Promise<unknown> {
  return (await fetch(`${server.url}/o/.well-known/jwks.json`)).json()
}

async function restored(from: Ground, engine: Engine, file: string): Promise<Ground> {
  const to = await layGround(engine)
  await carryKey(from, to)
  printed(await to.latchkey(['restore', file, '--json']))
  return to
}

const pairs = engines.flatMap((from) => engines.map((to) => [from, to] as const))

for (const [from, to] of pairs) {
  void describe(`a backup of ${from} in ${to}`, () => {
    test('revives no session, code, access token or refresh token, and everybody signs in again', async () => {
      const ground = await layGround(from)
      const first = await ground.serve()
      const file = join(ground.dataDir, 'one.backup.gz')
      const before = await passwordTokens(first.url)
      const rotated = await passwordTokens(first.url)
      const revoked = await passwordTokens(first.url)
      const clients = [await clientToken(first), await clientToken(first)] as const
      const browser = await signedInBrowser(first)
      const codes = await codeTokens(browser, first.url)
      assert.equal(await seesAccount(first, browser), true)
      const report = printed(await ground.latchkey(['backup', '--to', file, '--json']))
      assert.equal(report['masterKeyIncluded'], false)

      const successor = (await (await refresh(first, rotated.refresh_token)).json()) as Tokens
      await postForm(`${first.url}/o/revoke_token/`, { token: revoked.refresh_token, ...seedClient })
      await postForm(`${first.url}/o/revoke_token/`, { token: clients[1] }, basic('web', 'web-secret'))
      const after = await passwordTokens(first.url)
      const code = await codeOf(browser)
      const redeemed = await codeOf(browser)
      assert.equal(await redeem(first, redeemed), 200)
      for (const token of [before, successor, after, codes])
        assert.equal(await isActive(first.url, token.access_token), true)
      assert.equal(await isActive(first.url, clients[0]), true)
      const keys = await keySet(first)
      await first.close()

      const second = await restored(ground, to, file)
      const server = await second.serve()
      try {
        for (const token of [before, rotated, successor, revoked, after, codes]) {
          assert.equal(await isActive(server.url, token.access_token), false)
          assert.equal((await refresh(server, token.refresh_token)).status, 400)
        }
        for (const token of clients) assert.equal(await isActive(server.url, token), false)
        assert.equal(await redeem(server, code), 400)
        assert.equal(await redeem(server, redeemed), 400)
        assert.equal(await seesAccount(server, browser), false)
        assert.deepEqual(await keySet(server), keys, 'the signing keys open under the same master key')

        const anew = await passwordTokens(server.url)
        assert.equal(await isActive(server.url, anew.access_token), true)
        assert.equal((await refresh(server, anew.refresh_token)).status, 200)
        assert.equal(await seesAccount(server, await signedInBrowser(server)), true)
      } finally {
        await server.close()
        await ground.remove()
        await second.remove()
      }
    })
  })
}

for (const engine of engines) {
  void describe(`restore into ${engine}`, () => {
    test('never gives a number again that may have been given after the backup', async () => {
      const ground = await layGround(engine)
      await (await ground.serve()).close()
      const file = join(ground.dataDir, 'one.backup.gz')
      printed(await ground.latchkey(['backup', '--to', file, '--json']))
      const lost = printed(
        await ground.latchkey(['user', 'create', '--email', 'lost@example.com', '--generate', '--json']),
      )
      assert.match(JSON.stringify(lost), /"id":3,/)
      const second = await restored(ground, engine, file)
      const made = printed(
        await second.latchkey(['user', 'create', '--email', 'new@example.com', '--generate', '--json']),
      )
      assert.match(JSON.stringify(made), /"id":1000003,/)
      const database = await second.open()
      const told = await database.all(sql`select kind, detail from events where id > 1000000 order by id limit 1`)
      await database.close()
      assert.match(JSON.stringify(told), /"installation\.restored".*epochBefore.*:1/)
      await ground.remove()
      await second.remove()
    })

    test('a token of one restored life is void in the next, though both come from one backup', async () => {
      const ground = await layGround(engine)
      const first = await ground.serve()
      const file = join(ground.dataDir, 'one.backup.gz')
      await first.close()
      printed(await ground.latchkey(['backup', '--to', file, '--json']))
      const lives: string[] = []
      for (const life of [1, 2]) {
        const place = await restored(ground, engine, file)
        const server = await place.serve()
        for (const token of lives) assert.equal(await isActive(server.url, token), false, `in life ${life}`)
        lives.push(await clientToken(server))
        assert.equal(await isActive(server.url, lives.at(-1) ?? ''), true)
        await server.close()
        await place.remove()
        await delay(1_100)
      }
      await ground.remove()
    })

    test('is refused without the right master key, and into a database that is not empty, and writes nothing', async () => {
      const ground = await layGround(engine)
      const first = await ground.serve()
      await first.close()
      const file = join(ground.dataDir, 'one.backup.gz')
      printed(await ground.latchkey(['backup', '--to', file, '--json']))
      const again = await ground.latchkey(['restore', file, '--json'])
      assert.equal(again.code, 5)
      assert.match(again.stdout, /"code":"transfer_not_empty"/)

      const other = await layGround(engine)
      const keyless = await other.latchkey(['restore', file, '--json'])
      assert.match(keyless.stdout, /"code":"master_key"/)
      await (await other.serve()).close()
      const wrong = await other.latchkey(['restore', file, '--verify', '--json'])
      assert.equal(wrong.code, 8)
      assert.match(wrong.stdout, /"code":"transfer_wrong_key"/)
      await rm(join(other.dataDir, 'master.key'))
      await carryKey(ground, other)
      const verified = printed(await other.latchkey(['restore', file, '--verify', '--json']))
      assert.equal(verified['verified'], true)
      await ground.remove()
      await other.remove()
    })
  })
}
