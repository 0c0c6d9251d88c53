// The seeds' steps in the console, in a browser without scripts: create group1, assign it, create a regular user.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer

before(async () => {
  server = await startTestServer()
})
after(() => server.close())

async function administrator(): Promise<FormBrowser> {
  const browser = new FormBrowser(server.server.app.http, { origin: server.url })
  await browser.signIn('admin@email.com', 'testpass123')
  return browser
}

test('whoever is not signed in signs in first, and comes to the console then', async () => {
  const browser = new FormBrowser(server.server.app.http, { origin: server.url })
  assert.equal((await browser.get('/admin/')).location, '/accounts/login/?next=%2Fadmin%2F')
  assert.equal((await browser.get('/admin/login/')).location, '/accounts/login/?next=%2Fadmin%2F')
  const signIn = await browser.open('/admin/')
  const there = await browser.follow(
    await browser.submit(signIn, { username: 'admin@email.com', password: 'testpass123' }),
  )
  assert.equal(there.url, '/admin/')
  for (const noun of ['Users', 'Groups', 'Applications', 'Grants', 'Sessions', 'Signing keys', 'Events']) {
    assert.ok(there.text.includes(noun), noun)
  }
})

test('a group is created and assigned, a regular user is created in two steps', async () => {
  const browser = await administrator()
  const made = await browser.follow(
    await browser.submit(await browser.get('/admin/groups/add/'), { name: 'readers', permissions: ['users.view'] }),
  )
  assert.equal(made.title, 'Change readers · Latchkey')
  assert.ok(made.text.includes('It has been added.'))

  const first = await browser.submit(await browser.get('/admin/users/add/'), {
    email: 'regular@email.com',
    username: '',
    password: 'quiet-harbour-lantern',
  })
  const second = await browser.follow(first)
  assert.equal(second.title, 'Change regular@email.com · Latchkey')
  const group = /name="groups" value="(\d+)"[^>]*>\s*<div>\s*<label[^>]*>readers/.exec(second.body)?.[1]
  assert.ok(group !== undefined, 'the form offers the new group')
  const detail = await browser.follow(await browser.submit(second, { first_name: 'Reg', groups: [group] }))
  assert.ok(detail.text.includes('The changes have been saved.'))
  assert.ok(detail.text.includes('readers'))
  const history = await browser.get(`${detail.url.replace(/\?.*/, '')}history/`)
  assert.match(history.text, /Account changed admin@email\.com/)
  assert.match(history.text, /first_name empty Reg/)
  assert.match(history.text, /Account created/)

  const regular = new FormBrowser(server.server.app.http, { origin: server.url })
  assert.equal((await regular.signIn('regular@email.com', 'quiet-harbour-lantern')).url, '/account/')
})

test('the demo has group1 already: creating it again says so', async () => {
  const browser = await administrator()
  const again = await browser.submit(await browser.get('/admin/groups/add/'), { name: 'group1' })
  assert.equal(again.fieldError('name'), 'Group with this Name already exists.')
})
