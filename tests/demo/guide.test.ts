// What docs/guides/protect-an-api.md shows is a program, and it does what the page says.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { passwordTokens, startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

test('the guide shows the program that is tried here', async () => {
  const guide = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'guides', 'protect-an-api.md'), 'utf8')
  const program = await readFile(join(import.meta.dirname, 'guide-api.ts'), 'utf8')
  assert.ok(guide.includes(`\`\`\`ts\n${program.slice(program.indexOf('\nimport ') + 1).trimEnd()}\n\`\`\``))
})

test('it lets the right callers in, and nobody else', async () => {
  // The program reads them when it is loaded.
  Object.assign(process.env, { ISSUER: server.issuer, DATABASE: ':memory:' })
  const { app } = await import('./guide-api.ts')
  const send = async (method: 'GET' | 'POST' | 'DELETE', url: string, token?: string): Promise<number> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const body = method === 'POST' ? { payload: { text: 'a note' } } : {}
    return (await app.inject({ method, url, headers, ...body })).statusCode
  }
  const { access_token: admin } = await passwordTokens(server.url)
  const alice = { username: 'alice@example.com', password: 'correct-horse-battery' }
  const { access_token: other } = await passwordTokens(server.url, alice)
  const { access_token: reader } = await passwordTokens(server.url, { ...alice, scope: 'read' })
  assert.equal(await send('GET', '/notes'), 401)
  assert.equal(await send('GET', '/notes', 'made-up'), 401)
  assert.equal(await send('POST', '/notes', reader), 403)
  assert.equal(await send('POST', '/notes', admin), 201)
  assert.equal(await send('GET', '/notes', reader), 200)
  assert.equal(await send('DELETE', '/notes/0', other), 403)
  assert.equal(await send('DELETE', '/notes/0', admin), 204)
  assert.equal(await send('DELETE', '/notes/0', admin), 404)
  await app.close()
})
