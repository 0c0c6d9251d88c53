// People register and manage the applications of their own.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Client, ClientSettings } from '../../packages/authorization-server/src/records/clients/index.ts'
import {
  defaultClientSettings,
  findClient,
  insertClient,
  secretsOf,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { registerUser } from '../../packages/authorization-server/src/records/credentials/index.ts'
import type { User } from '../../packages/authorization-server/src/records/users/index.ts'
import { authorizePath, codeTokens, isActive } from '../support/code-flow.ts'
import { type Fields, FormBrowser, type Page } from '../support/form-browser.ts'
import { basic, postForm, startTestServer, type TestServer } from '../support/server.ts'

const password = 'correct-horse-battery'
const callback = 'https://shop.example/callback'
let server: TestServer
let people = 0
let owner: User
let own: FormBrowser

before(async () => {
  server = await startTestServer()
})
after(() => server.close())

async function person(): Promise<{ readonly user: User; readonly browser: FormBrowser }> {
  const email = `developer${++people}@example.com`
  const made = await registerUser(server.context, { email }, password)
  assert.ok(made.kind === 'created')
  const browser = anonymous()
  await browser.signIn(email, password)
  return { user: made.user, browser }
}

function anonymous(): FormBrowser {
  return new FormBrowser(server.server.app.http, { origin: server.url, address: `192.0.2.${people}` })
}

async function superuser(): Promise<FormBrowser> {
  const browser = anonymous()
  await browser.signIn('admin@email.com', 'testpass123')
  return browser
}

beforeEach(async () => {
  const made = await person()
  owner = made.user
  own = made.browser
})

async function register(browser: FormBrowser, fields: Fields = {}): Promise<Page> {
  const form = await browser.get('/o/applications/register/')
  return browser.submit(form, { name: 'Shop', redirect_uris: callback, ...fields })
}

/** A client of the owner, as it stands in the table. */
async function registered(fields: Fields = {}): Promise<Client> {
  const client_id = `client-${people}-${Object.keys(fields).length}`
  const answer = await register(own, { client_id, ...fields })
  assert.ok(answer.status < 400)
  return known(client_id)
}

async function known(clientId: string): Promise<Client> {
  const client = await findClient(server.context.database, clientId)
  assert.ok(client !== undefined, `${clientId} is not registered`)
  return client
}

async function stored(settings: Partial<ClientSettings>): Promise<Client> {
  const clientId = `stored-${people}`
  const defaults = defaultClientSettings({ clientId, name: 'Stored', isConfidential: true })
  const client = { ...defaults, redirectUris: [callback], ownerId: owner.id, ...settings }
  await server.context.database.commit([insertClient(client, server.clock.now())])
  return known(clientId)
}

function secretShown(page: Page): string {
  return /lk_sec_[A-Za-z0-9_-]{43}/.exec(page.body)?.[0] ?? ''
}

async function authenticates(client: Client, secret: string): Promise<boolean> {
  const response = await postForm(`${server.url}/o/introspect/`, { token: 'x' }, basic(client.clientId, secret))
  return response.status === 200
}

async function lastEvent(): Promise<{ readonly kind: string; readonly detail: string }> {
  const { sql } = await import('../../packages/authorization-server/src/platform/storage/index.ts')
  const [row] = await server.context.database.all(sql`select kind, detail from events order by id desc limit 1`)
  return { kind: String(row?.['kind']), detail: String(row?.['detail']) }
}

test('any signed-in person registers an application, and sees its generated secret this once', async () => {
  const form = await own.get('/o/applications/register/')
  assert.match(form.field('client_id') ?? '', /^[0-9a-f]{40}$/)
  assert.equal(form.field('client_secret'), '')
  const answer = await own.submit(form, { name: 'Shop', redirect_uris: callback })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['cache-control'], 'no-store')
  const secret = secretShown(answer)
  const client = await known(form.field('client_id') ?? '')
  assert.equal(client.ownerId, owner.id)
  assert.deepEqual(client.redirectUris, [callback])
  assert.equal(await authenticates(client, secret), true)
  const again = await own.get(`/o/applications/${client.row}/`)
  assert.equal(secretShown(again), '')
  assert.ok(again.text.includes(`…${secret.slice(-4)}`))
  const event = await lastEvent()
  assert.equal(event.kind, 'client.created')
  assert.ok(!event.detail.includes(secret))
  assert.match((await own.get('/o/applications/')).text, /Shop/)
})

test('a secret that a person chose is taken, works, and is never shown again', async () => {
  const answer = await register(own, { client_id: `chosen-${people}`, client_secret: 'my-own-secret' })
  const client = await known(`chosen-${people}`)
  assert.equal(answer.location, `/o/applications/${client.row}/?done=registered`)
  assert.equal(await authenticates(client, 'my-own-secret'), true)
  const [secret] = await secretsOf(server.context.database, client.row)
  assert.equal(secret?.kind, 'chosen')
  assert.match(secret.verifier, /^\$argon2id\$/)
  const page = await own.follow(answer)
  assert.doesNotMatch(page.body, /my-own-secret|argon2/)
  for (const [wrong, sentence] of [
    ['short', /at least 8/],
    ['sécret-sécret', /ASCII/],
    ['x'.repeat(129), /at most 128/],
  ] as const) {
    const refused = await register(own, { client_secret: wrong })
    assert.match(refused.fieldError('client_secret'), sentence)
  }
})

test('what is wrong stands beside its field, and what was typed stays (the sentences of the seeds where they have one)', async () => {
  const refused = await register(own, {
    name: '',
    client_id: 'web',
    redirect_uris: 'http://shop.example/cb https://shop.example/cb#x\nhttps://shop.example/ok',
    post_logout_redirect_uris: 'javascript:alert(1)',
    allowed_origins: 'https://shop.example/path',
    access_token_lifetime: '5',
    refresh_token_lifetime: 'long',
    refresh_grace: '3600',
    scopes: ['read', 'made-up'],
    algorithm: 'none',
  })
  assert.equal(refused.status, 200)
  assert.match(
    refused.fieldError('redirect_uris'),
    /http:\/\/shop\.example\/cb: Plain http.*#x: The URI must not have a fragment/,
  )
  assert.match(refused.fieldError('post_logout_redirect_uris'), /can run code/)
  assert.match(refused.fieldError('allowed_origins'), /must end after the host/)
  assert.match(refused.fieldError('access_token_lifetime'), /from 60 to 86400/)
  assert.match(refused.fieldError('refresh_token_lifetime'), /whole number/)
  assert.match(refused.fieldError('refresh_grace'), /from 0 to 60/)
  assert.match(refused.fieldError('scopes'), /only scopes/)
  assert.match(refused.fieldError('algorithm'), /on offer/)
  assert.match(refused.fieldError('name'), /Enter a name/)
  assert.equal(refused.field('allowed_origins'), 'https://shop.example/path')
  const none = await register(own, { redirect_uris: ' \n ' })
  assert.equal(none.fieldError('redirect_uris'), 'redirect_uris cannot be empty with grant_type authorization-code')
  const taken = await register(own, { client_id: 'web' })
  assert.equal(taken.fieldError('client_id'), 'Application with this Client ID already exists.')
  for (const client_id of ['with space', 'ünïcode', 'x'.repeat(256)]) {
    assert.match((await register(own, { client_id })).fieldError('client_id'), /printable ASCII/)
  }
  assert.match((await register(own, { name: 'Bank\u202e' })).fieldError('name'), /cannot be seen/)
  assert.match((await register(own, { grant_types: 'refresh_token' })).fieldError('grant_types'), /needs a grant/)
  assert.match(
    (await register(own, { grant_types: undefined, introspection: 'none' })).fieldError('grant_types'),
    /at least one/,
  )
  assert.equal((await own.get('/o/applications/')).text.includes('No applications yet'), true)
})

test('a public application has no secret, always needs PKCE, and cannot act for itself', async () => {
  const fields = {
    client_type: 'public',
    pkce_required: undefined,
    client_secret: 'ignored-secret',
    introspection: 'own',
  }
  const answer = await register(own, { client_id: `public-${people}`, ...fields })
  const client = await known(`public-${people}`)
  assert.equal(answer.location, `/o/applications/${client.row}/?done=registered`)
  assert.deepEqual(
    [client.isConfidential, client.authenticationMethod, client.pkce, client.introspection],
    [false, 'none', 'required', 'none'],
  )
  assert.deepEqual(await secretsOf(server.context.database, client.row), [])
  const native = await register(own, { ...fields, redirect_uris: 'com.example.app:/callback' })
  assert.equal(native.status, 303)
  for (const grant of ['client_credentials', 'password']) {
    const refused = await register(await superuser(), { ...fields, grant_types: ['authorization_code', grant] })
    assert.match(refused.fieldError('grant_types'), /has no secret/)
  }
  const confidential = await register(own, { redirect_uris: 'com.example.app:/callback' })
  assert.match(confidential.fieldError('redirect_uris'), /only use https/)
  const csrf_token = (await own.get('/account/profile/')).field('csrf_token')
  assert.equal((await own.post(`/o/applications/${client.row}/rotate-secret/`, { csrf_token })).status, 400)
})

test('power over other people is not for everyone to give: password grant, any token, no consent (mass assignment)', async () => {
  const client_id = `power-${people}`
  for (const fields of [
    { grant_types: ['authorization_code', 'password'] },
    { introspection: 'any' },
    { consent: 'skip' },
  ]) {
    const refused = await register(own, { client_id, ...fields })
    assert.equal(refused.status, 200)
    assert.match(refused.text, /Only an administrator may/)
    assert.equal(await findClient(server.context.database, client_id), undefined)
  }
  const form = await own.get('/o/applications/register/')
  assert.doesNotMatch(form.body, /value="password"|value="any"|name="consent"/)
  const client = await registered()
  for (const fields of [
    { grant_types: ['authorization_code', 'password'] },
    { introspection: 'any' },
    { consent: 'skip' },
  ]) {
    const path = `/o/applications/${client.row}/update/`
    const refused = await own.submit(await own.get(path), fields)
    assert.match(refused.text, /Only an administrator may/)
  }
  assert.deepEqual(await known(client.clientId), client)
  const trusted = await register(await superuser(), {
    client_id,
    grant_types: ['authorization_code', 'refresh_token', 'password'],
    introspection: 'any',
    consent: 'skip',
  })
  assert.equal(trusted.status, 200)
  const { grantTypes, introspection, consent } = await known(client_id)
  assert.deepEqual([grantTypes.includes('password'), introspection, consent], [true, 'any', 'skip'])
})

test('an owner, a row and an epoch in the form are nobody (mass assignment)', async () => {
  const extra = { owner_id: '1', ownerId: '1', owner: '1', id: '1', row: '1', epoch: '9', enabled: '0' }
  const client = await registered(extra)
  assert.deepEqual([client.ownerId, client.enabled, client.epoch], [owner.id, true, 1])
  const path = `/o/applications/${client.row}/update/`
  await own.submit(await own.get(path), { ...extra, client_id: 'renamed', name: 'Renamed' })
  const changed = await known(client.clientId)
  assert.deepEqual([changed.name, changed.ownerId, changed.row], ['Renamed', owner.id, client.row])
})

test('an owner keeps the power that an administrator gave, or gives it up', async () => {
  const client = await stored({ grantTypes: ['password', 'refresh_token'], introspection: 'any', consent: 'skip' })
  const path = `/o/applications/${client.row}/update/`
  assert.equal((await own.submit(await own.get(path), { name: 'Kept' })).status, 303)
  const kept = await known(client.clientId)
  assert.deepEqual([kept.grantTypes, kept.introspection, kept.consent], [client.grantTypes, 'any', 'skip'])
  await own.submit(await own.get(path), { introspection: 'own', grant_types: ['authorization_code'] })
  const less = await known(client.clientId)
  assert.deepEqual([less.grantTypes, less.introspection], [['authorization_code'], 'own'])
  assert.match((await own.submit(await own.get(path), { introspection: 'any' })).text, /Only an administrator/)
})

test("somebody else's application is not found, by any address; a superuser finds it", async () => {
  const client = await registered()
  const { browser: stranger } = await person()
  const csrf_token = (await stranger.get('/account/profile/')).field('csrf_token')
  const base = `/o/applications/${client.row}/`
  const asBefore = [client, await secretsOf(server.context.database, client.row)]
  for (const path of ['', 'update/', 'delete/']) assert.equal((await stranger.get(base + path)).status, 404)
  for (const path of ['update/', 'delete/', 'rotate-secret/', 'remove-secret/', 'add-redirect-uri/']) {
    const fields = {
      csrf_token,
      name: 'Taken',
      secret: '1',
      uri: 'https://evil.example/cb',
      grant_types: 'authorization_code',
    }
    assert.equal((await stranger.post(base + path, fields)).status, 404, path)
  }
  assert.deepEqual([await known(client.clientId), await secretsOf(server.context.database, client.row)], asBefore)
  assert.doesNotMatch((await stranger.get('/o/applications/')).body, new RegExp(client.clientId))
  const admin = await superuser()
  assert.equal((await admin.get(base)).status, 200)
  assert.match((await admin.get('/o/applications/')).body, new RegExp(client.clientId))
  for (const id of ['x', '0', '-1', '1.0', '1e1', '01', '99999', '9'.repeat(30), "1' or 1=1"]) {
    assert.equal((await admin.get(`/o/applications/${encodeURIComponent(id)}/`)).status, 404, id)
  }
})

test('a change is saved, shown, and in the trail with what was before', async () => {
  const client = await registered()
  const path = `/o/applications/${client.row}/update/`
  const form = await own.get(path)
  assert.equal(form.field('redirect_uris'), callback)
  const saved = await own.submit(form, {
    redirect_uris: `${callback}\nhttps://shop.example/other  https://shop.example/third\n${callback}`,
    scopes: ['write', 'openid'],
    algorithm: 'ES256',
    access_token_lifetime: '600',
    pkce_required: undefined,
  })
  assert.equal(saved.location, `/o/applications/${client.row}/?done=updated`)
  const changed = await known(client.clientId)
  assert.deepEqual(changed.redirectUris, [callback, 'https://shop.example/other', 'https://shop.example/third'])
  assert.deepEqual(changed.scopes, ['write', 'openid'])
  assert.deepEqual(
    [changed.idTokenAlgorithm, changed.accessTokenLifetimeSeconds, changed.pkce],
    ['ES256', 600, 'optional'],
  )
  const event = await lastEvent()
  assert.equal(event.kind, 'client.changed')
  const { changes } = JSON.parse(event.detail) as { changes: Record<string, unknown> }
  assert.deepEqual(changes['access_token_lifetime_seconds'], { before: 3600, after: 600 })
  assert.deepEqual(Object.keys(changes).toSorted(), [
    'access_token_lifetime_seconds',
    'id_token_algorithm',
    'pkce',
    'redirect_uris',
    'scopes',
  ])
  assert.match((await own.follow(saved)).text, /Your changes have been saved/)
})

test('of two changes at once one is saved, and the other is told', async () => {
  const client = await registered()
  const path = `/o/applications/${client.row}/update/`
  server.clock.advance(1)
  const form = await own.get(path)
  const answers = await Promise.all(['One', 'Two'].map((name) => own.submit(form, { name })))
  const told = answers.filter(({ status }) => status === 200)
  for (const page of told) assert.match(page.text, /changed meanwhile/)
  assert.ok(answers.some(({ status }) => status === 303))
})

test('a new secret works beside the newest old one; a third ends the oldest; the last one stays', async () => {
  const client = await registered({ client_secret: '' })
  const base = `/o/applications/${client.row}/`
  const rotate = async (): Promise<string> => {
    const page = await own.submit(await own.get(base), {}, { action: `${base}rotate-secret/` })
    assert.equal(page.status, 200)
    assert.equal(page.headers['cache-control'], 'no-store')
    return secretShown(page)
  }
  const [second, third] = [await rotate(), await rotate()]
  assert.equal((await secretsOf(server.context.database, client.row)).length, 2)
  assert.deepEqual([await authenticates(client, second), await authenticates(client, third)], [true, true])
  const event = await lastEvent()
  assert.equal(event.kind, 'client.secret-rotated')
  assert.ok(!event.detail.includes(third))
  const older = (await secretsOf(server.context.database, client.row)).at(-1)?.id
  const page = await own.get(base)
  const removed = await own.post(`${base}remove-secret/`, {
    csrf_token: page.field('csrf_token'),
    secret: String(older),
  })
  assert.equal(removed.location, `${base}?done=secret-removed`)
  assert.deepEqual([await authenticates(client, second), await authenticates(client, third)], [false, true])
  const [last] = await secretsOf(server.context.database, client.row)
  for (const secret of [String(last?.id), '1', 'x', undefined]) {
    assert.equal(
      (await own.post(`${base}remove-secret/`, { csrf_token: page.field('csrf_token'), secret })).status,
      404,
    )
  }
  assert.equal(await authenticates(client, third), true)
})

test('a client that turns public loses its secrets and all that it held; turned back it gets a new one', async () => {
  const client = await registered()
  const path = `/o/applications/${client.row}/update/`
  assert.equal((await own.submit(await own.get(path), { client_type: 'public' })).status, 303)
  const open = await known(client.clientId)
  assert.deepEqual([open.isConfidential, open.authenticationMethod, open.epoch], [false, 'none', client.epoch + 1])
  assert.deepEqual(await secretsOf(server.context.database, client.row), [])
  const back = await own.submit(await own.get(path), { client_type: 'confidential', introspection: 'own' })
  assert.equal(back.status, 200)
  const closed = await known(client.clientId)
  assert.deepEqual(
    [closed.isConfidential, closed.authenticationMethod, closed.epoch],
    [true, 'client_secret', client.epoch + 2],
  )
  assert.equal(await authenticates(closed, secretShown(back)), true)
})

test('a mismatched redirect URI is explained to the owner and repaired by one click, for the owner only', async () => {
  const client = await registered({ redirect_uris: 'http://localhost:3000/cb' })
  const wrong = authorizePath({ client_id: client.clientId, redirect_uri: 'http://localhost:3001/cb', scope: 'read' })
  const { browser: stranger } = await person()
  const strange = await stranger.get(wrong)
  assert.equal(strange.status, 400)
  assert.doesNotMatch(strange.body, /localhost:3000|add-redirect-uri/)
  const explained = await own.get(wrong)
  assert.match(explained.body, /http:\/\/localhost:300<mark>0<\/mark>\/cb/)
  const path = `/o/applications/${client.row}/add-redirect-uri/`
  const detail = await own.get(`/o/applications/${client.row}/`)
  assert.match(detail.text, /Mismatching redirect URI.*RFC 9700 §4\.1\.3/)
  assert.equal(detail.forms.filter(({ action }) => action === path).length, 2)
  const fixed = await own.submit(explained, {}, { action: path })
  assert.equal(fixed.location, `/o/applications/${client.row}/?done=redirect-added`)
  assert.deepEqual((await known(client.clientId)).redirectUris, [
    'http://localhost:3000/cb',
    'http://localhost:3001/cb',
  ])
  assert.equal((await lastEvent()).kind, 'client.changed')
  assert.equal((await own.get(wrong)).status, 200)
  assert.equal((await own.submit(explained, {}, { action: path })).status, 303)
  assert.equal((await known(client.clientId)).redirectUris.length, 2)
})

test('no click is offered for an address that a stranger planted, and an unsafe one is not added', async () => {
  const client = await registered()
  await anonymous().get(authorizePath({ client_id: client.clientId, redirect_uri: 'https://evil.example/cb' }))
  await anonymous().get(authorizePath({ client_id: client.clientId, redirect_uri: 'https://shop.example/other' }))
  const detail = await own.get(`/o/applications/${client.row}/`)
  const path = `/o/applications/${client.row}/add-redirect-uri/`
  const offered = detail.forms
    .filter(({ action }) => action === path)
    .map(({ fields }) => Object.fromEntries(fields)['uri'])
  assert.deepEqual(offered, ['https://shop.example/other'])
  assert.match(detail.text, /evil\.example/)
  for (const uri of ['javascript:alert(1)', 'http://shop.example/cb', 'https://shop.example/#x', '']) {
    const refused = await own.post(path, { csrf_token: detail.field('csrf_token'), uri })
    assert.equal(refused.status, 200)
    assert.notEqual(refused.fieldError('redirect_uris'), '')
  }
  assert.deepEqual((await known(client.clientId)).redirectUris, [callback])
})

test('deleting says what goes with it, and ends it', async () => {
  const admin = await superuser()
  const web = await known('web')
  const tokens = await codeTokens(own, server.url)
  const path = `/o/applications/${web.row}/delete/`
  const confirm = await admin.get(path)
  assert.match(confirm.text, /1 person is no longer signed in.*1 grant with its tokens/)
  assert.equal(await isActive(server.url, tokens.access_token), true)
  const done = await admin.submit(confirm, {}, { action: path })
  assert.equal(done.location, '/o/applications/?done=deleted')
  assert.match((await admin.follow(done)).text, /has been deleted/)
  assert.equal(await isActive(server.url, tokens.access_token), false)
  assert.equal(await findClient(server.context.database, 'web'), undefined)
  const event = await lastEvent()
  assert.equal(event.kind, 'client.deleted')
  assert.match(event.detail, /"client_id":\{"before":"web","after":null\}/)
  assert.equal((await admin.submit(confirm, {}, { action: path })).status, 404)
})

test('whoever is not signed in is sent to sign in, and nothing is done', async () => {
  const client = await registered()
  const nobody = anonymous()
  const base = `/o/applications/${client.row}/`
  for (const path of ['/o/applications/', '/o/applications/register/', base, `${base}update/`, `${base}delete/`]) {
    assert.equal((await nobody.get(path)).location, `/accounts/login/?next=${encodeURIComponent(path)}`)
  }
  for (const path of ['update/', 'delete/', 'rotate-secret/', 'remove-secret/', 'add-redirect-uri/']) {
    assert.match((await nobody.post(base + path, { uri: callback })).location ?? '', /^\/accounts\/login\//)
  }
  assert.deepEqual(await known(client.clientId), client)
})

test('no form works without its token, with that of another session, or from another site (CSRF)', async () => {
  const client = await registered()
  const base = `/o/applications/${client.row}/`
  const { browser: other } = await person()
  const foreign = (await other.get('/account/profile/')).field('csrf_token')
  const right = (await own.get('/account/profile/')).field('csrf_token')
  const form = Object.fromEntries((await own.get(`${base}update/`)).form(`${base}update/`).fields)
  const secrets = await secretsOf(server.context.database, client.row)
  for (const path of ['update/', 'delete/', 'rotate-secret/', 'remove-secret/', 'add-redirect-uri/']) {
    const fields = { ...form, name: 'Mallory', uri: 'https://evil.example/cb' }
    for (const csrf_token of [undefined, 'x', foreign]) {
      assert.equal((await own.post(base + path, { ...fields, csrf_token })).status, 403, path)
    }
    const elsewhere = { 'sec-fetch-site': 'cross-site' }
    assert.equal((await own.post(base + path, { ...fields, csrf_token: right }, elsewhere)).status, 403, path)
  }
  const unregistered = { name: 'Mallory', redirect_uris: callback, client_id: `csrf-${people}`, csrf_token: foreign }
  assert.equal((await own.post('/o/applications/register/', unregistered)).status, 403)
  assert.equal(await findClient(server.context.database, `csrf-${people}`), undefined)
  assert.deepEqual(
    [await known(client.clientId), await secretsOf(server.context.database, client.row)],
    [client, secrets],
  )
})

test('GET changes nothing, also at the addresses of buttons', async () => {
  const client = await registered()
  const base = `/o/applications/${client.row}/`
  for (const path of ['rotate-secret/', 'remove-secret/', 'add-redirect-uri/']) {
    assert.equal((await own.get(`${base}${path}?uri=https://evil.example/cb&secret=1`)).status, 405)
  }
  await own.get(`${base}delete/?confirm=delete`)
  assert.deepEqual(await known(client.clientId), client)
})
