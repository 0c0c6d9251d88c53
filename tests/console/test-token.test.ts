// The test token of a console in development: as good as one of a sign-in, and nowhere else.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { consoleDesks } from '../../packages/authorization-server/src/features/console/index.ts'
import { openApiOf } from '../../packages/authorization-server/src/platform/console/index.ts'
import { startSnippets } from '../contract/snippets.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { introspected, rowOf, startAsking, userinfo } from './asking.ts'
import { administrator, call, groupOf, person, signedIn } from './ground.ts'

let server: TestServer
let root: FormBrowser
let web: string

before(async () => {
  ;({ server, root, web } = await startAsking())
  await person(server, 'ada', { username: 'ada' })
})
after(() => server.close())

describe('a test token', () => {
  const url = (): string => `/api/v1/clients/${web}/test-token`

  test('opens what a real one opens, is shown once, and leaves its trail', async () => {
    const body = { user: 'ada', scopes: 'openid email read', lifetime: '300' }
    const answer = await call(server, root, 'POST', url(), { body })
    assert.equal(answer.status, 200, answer.text)
    const [shown] = answer.body['shown'] as readonly { label: string; value: string }[]
    const token = shown?.value ?? ''
    const about = await introspected(server, token)
    assert.deepEqual([about['active'], about['username'], about['scope']], [true, 'ada', 'openid email read'])
    assert.equal((await userinfo(server, token))['email'], 'ada@example.com')
    const history = await call(server, root, 'GET', `/api/v1/clients/${web}/history`)
    assert.match(history.text, /test token: openid email read/)
    assert.ok(!history.text.includes(token))
    server.clock.advance(301_000)
    assert.deepEqual(await introspected(server, token), { active: false })
  })

  test("is all that the reader of the fourth tutorial needs to open her page: curl -H 'Authorization: Bearer …' /secret", async () => {
    const snippets = await startSnippets()
    const browser = await administrator(snippets.server)
    const form = await browser.open(`/admin/clients/${await rowOf(snippets.server, 'web')}/test-token/`)
    const made = await browser.submit(form, { user: 'alice@example.com', scopes: 'read' })
    const token = /lk_at_[\w-]+/.exec(made.body)?.[0] ?? ''
    const page = await fetch(`${snippets.url}/secret`, { headers: { authorization: `Bearer ${token}` } })
    assert.deepEqual([page.status, await page.text()], [200, 'Secret contents!'])
    const forged = { authorization: `Bearer ${token.slice(0, -2)}xx` }
    assert.equal((await fetch(`${snippets.url}/secret`, { headers: forged })).status, 401)
    await snippets.close()
  })

  test('is shown on the answer to the form', async () => {
    const form = await root.open(`/admin/clients/${web}/test-token/`)
    const shown = await root.submit(form, { user: 'ada', scopes: 'read' })
    assert.equal(shown.status, 200)
    assert.match(shown.body, /lk_at_[\w-]+/)
  })

  test('ends with its grant, as any', async () => {
    const answer = await call(server, root, 'POST', url(), { body: { user: 'ada', scopes: 'read' } })
    const [shown] = answer.body['shown'] as readonly { value: string }[]
    await call(server, root, 'POST', `/api/v1/clients/${web}/end-access`, { body: {} })
    assert.deepEqual(await introspected(server, shown?.value ?? ''), { active: false })
  })

  test('gives nobody more than they hold', async () => {
    const staff = await person(server, 'tester', { isStaff: true })
    const may = await groupOf(server, 'testers', staff)
    const browser = await signedIn(server, 'tester')
    const asked = async (user: string): Promise<number> =>
      (await call(server, browser, 'POST', url(), { body: { user, scopes: 'read' } })).status
    await may(['clients.change', 'users.view'])
    assert.equal(await asked('tester@example.com'), 200)
    assert.equal(await asked('ada'), 403)
    assert.equal(await asked('nobody-at-all'), 403)
    await may(['clients.change', 'users.change'])
    assert.equal(await asked('ada'), 200)
    assert.equal(await asked('nobody-at-all'), 400)
    assert.equal(await asked('admin@email.com'), 403)
    // To see an application is not enough; without a right to change it, it is as if it were not there.
    await may(['clients.view', 'users.change'])
    assert.equal(await asked('tester@example.com'), 404)
  })
})

test('outside development there is no test token: no address, no line in the description, no act', async () => {
  const serious = await startTestServer({ development: false })
  const nouns = (await consoleDesks(serious.context)).map(({ noun }) => noun)
  const description = JSON.stringify(openApiOf({ title: '', version: '', server: '', nouns }))
  assert.ok(!description.includes('test-token'))
  assert.ok(description.includes('token-preview'))
  assert.ok(!nouns.some(({ acts }) => acts.some(({ name }) => name === 'test-token')))
  await serious.close()
})
