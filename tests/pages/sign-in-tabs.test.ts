// Two tabs at the sign-in page: what the slower one sends is a form of before, and must be neither an error nor a mix-up.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { FormBrowser } from '../support/form-browser.ts'
import { startTestServer } from '../support/server.ts'

const server = await startTestServer()
after(() => server.close())
const alice = { username: 'alice', password: 'correct-horse-battery' }
const admin = { username: 'admin@email.com', password: 'testpass123' }
const next = '/account/sessions/'

test('the same person goes on to where the slower tab wanted', async () => {
  const browser = new FormBrowser(server.server.app.http, { origin: server.url })
  const slower = await browser.get(`/accounts/login/?next=${next}`)
  await browser.signIn(alice.username, alice.password)
  const answer = await browser.submit(slower, { username: 'alice@example.com', password: 'whatever was typed' })
  assert.deepEqual([answer.status, answer.location], [303, next])
})

test('somebody else is asked once more, by a form that works', async () => {
  const browser = new FormBrowser(server.server.app.http, { origin: server.url })
  const slower = await browser.get(`/accounts/login/?next=${next}`)
  await browser.signIn(alice.username, alice.password)
  const again = await browser.submit(slower, admin)
  assert.equal(again.status, 200)
  assert.equal(again.field('username'), admin.username)
  const answer = await browser.submit(again, admin)
  assert.deepEqual([answer.status, answer.location], [303, next])
  assert.match((await browser.open('/account/')).body, /admin@email\.com/)
})

test('a form that this server did not make changes and tells nothing', async () => {
  const browser = new FormBrowser(server.server.app.http, { origin: server.url })
  await browser.signIn(alice.username, alice.password)
  const answer = await browser.post('/accounts/login/', { ...alice, csrf_token: 'made-up', next })
  assert.equal(answer.status, 403)
})
