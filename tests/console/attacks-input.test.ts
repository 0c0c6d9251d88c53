// What somebody sends in the hope that it is taken for something else: a form for another request, a name for a member of every
// object, text for markup, a question for a file. Each test is named after the attack.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findClient, updateClient } from '../../packages/authorization-server/src/records/clients/index.ts'
import { findUser } from '../../packages/authorization-server/src/records/users/index.ts'
import { codeTokens } from '../support/code-flow.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { administrator, call, type CallOptions, person, signedIn, tokenOf } from './ground.ts'

let server: TestServer
let admin: FormBrowser

before(async () => {
  server = await startTestServer()
  admin = await administrator(server)
})
after(() => server.close())

test('a form that stands for another request is nothing beside a token, in an address, or as another method', async () => {
  const victim = await person(server, 'left-alone')
  const { database, clock } = server.context
  const web = await findClient(database, 'web')
  assert.ok(web)
  await database.commit([updateClient(web, { ...web, scopes: [...web.scopes, 'console'] }, clock.now())])
  server.context.clients.forget()
  const { access_token: token } = await codeTokens(admin, server.url, 'openid console')
  const bearer = { authorization: `Bearer ${token}` }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const csrf = encodeURIComponent(await tokenOf(admin))
  const at = `/api/v1/users/${victim.id}`
  const disable = `${at}/disable`
  const attempts: readonly (readonly ['GET' | 'POST' | 'PATCH' | 'DELETE', string, CallOptions, readonly number[]])[] =
    [
      ['POST', at, { headers: { ...bearer, ...form }, token: '', body: '_method=DELETE' }, [404]],
      ['POST', at, { headers: { ...bearer, ...form }, body: `_method=DELETE&csrf_token=${csrf}` }, [404]],
      ['POST', at, { headers: form, token: '', body: '_method=DELETE' }, [403]],
      ['POST', at, { headers: form, token: '', body: `_method=GET&csrf_token=${csrf}` }, [400]],
      ['POST', at, { headers: form, token: '', body: `_method=delete&csrf_token=${csrf}` }, [400]],
      ['POST', disable, { headers: { 'content-type': 'text/plain' }, token: '', body: '{}' }, [403]],
      ['POST', disable, { headers: { 'content-type': 'text/plain' }, body: '{}' }, [415]],
      ['POST', disable, { headers: { origin: 'https://evil.example' }, body: {} }, [403]],
      ['POST', disable, { headers: { 'sec-fetch-site': 'cross-site' }, body: {} }, [403]],
      ['POST', disable, { token: 'made-up', body: {} }, [403]],
      ['POST', disable, { headers: { 'x-http-method-override': 'GET' }, token: '', body: {} }, [403]],
      ['GET', `${disable}?_method=POST`, {}, [404]],
      ['GET', `${at}?_method=DELETE&csrf_token=${csrf}`, {}, [200]],
      ['GET', `/admin/users/${victim.id}/disable/?_sure=yes&csrf_token=${csrf}`, {}, [200]],
      ['PATCH', at, { headers: form, token: '', body: `is_staff=on&csrf_token=${csrf}` }, [404]],
      ['PATCH', at, { body: '{"__proto__":{"is_superuser":true}}' }, [400]],
      ['PATCH', at, { body: '{"constructor":{"prototype":{"is_superuser":true}}}' }, [400]],
      ['PATCH', at, { body: '{"is_superuser":true,"is_superuser":"no"}' }, [400]],
      ['PATCH', at, { body: '[{"is_superuser":true}]' }, [400]],
    ]
  for (const [method, url, options, expected] of attempts) {
    const { status, text } = await call(server, admin, method, url, options)
    assert.ok(expected.includes(status), `${method} ${url} ${String(options.body)}: ${status} ${text.slice(0, 300)}`)
  }
  assert.deepEqual(await findUser(database, victim.id), victim)
})

test('asking for the head of files takes nobody the place of a file', async () => {
  await person(server, 'header')
  const browser = await signedIn(server, 'header')
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const ask = (method: string): Promise<Response> =>
    fetch(`${server.url}/api/v1/views/export.csv`, { method, headers: { cookie } })
  for (let at = 0; at < 8; at += 1) assert.equal((await ask('HEAD')).status, 200)
  const file = await ask('GET')
  assert.equal(file.status, 200)
  assert.match(await file.text(), /^key,/)
})

test('a link with a name that every object has is answered like any other', async () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    for (const path of [
      `/admin/users/?done=${name}`,
      `/admin/groups/add/?done=${name}`,
      `/admin/clients/?done=${name}`,
    ]) {
      const page = await admin.get(path)
      assert.equal(page.status, 200, path)
      assert.doesNotMatch(page.text, /native code|object Object/, path)
    }
    for (const path of [`/admin/${name}/`, `/api/v1/${name}`, `/api/v1/users/1/${name}`, `/api/v1/users/${name}`]) {
      assert.equal((await call(server, admin, 'GET', path)).status, 404, path)
    }
  }
})

test('markup in whatever somebody may name stays text on every page (OWASP ASVS 5.0 V3.2)', async () => {
  const payload = '"><svg onload=alert(1)>\'</script>'
  const made = async (noun: string, body: object): Promise<string> => {
    const answer = await call(server, admin, 'POST', `/api/v1/${noun}`, { body })
    assert.equal(answer.status, 201, answer.text)
    return String(answer.body['id'])
  }
  const named = await made('users', { email: 'markup@example.com' })
  const names = { first_name: payload, last_name: payload, nickname: payload, _reason: payload }
  assert.equal((await call(server, admin, 'PATCH', `/api/v1/users/${named}`, { body: names })).status, 200)
  const group = await made('groups', { name: payload, permissions: [] })
  const app = await made('clients', {
    name: payload,
    redirect_uris: ['https://markup.example/cb'],
    contacts: [payload],
    software_id: payload,
    owner: Number(named),
  })
  const api = await made('apis', { audience: 'https://markup.example', name: payload, token_format: 'opaque' })
  const scope = await made('scopes', { name: '<svg/onload=alert(1)>', description: payload, api: Number(api) })
  const view = await made('views', { list: 'users', name: payload, query: `q=${encodeURIComponent(payload)}` })
  const rows = [
    `users/${named}`,
    `groups/${group}`,
    `clients/${app}`,
    `apis/${api}`,
    `scopes/${encodeURIComponent(scope)}`,
    `views/${view}`,
  ]
  const sought = encodeURIComponent(payload)
  const pages = [
    '/admin/',
    '/admin/find/',
    `/admin/users/?q=${sought}`,
    `/admin/users/?done=${sought}&rows=${sought}`,
    `/admin/events/?q=${sought}`,
    ...['users', 'groups', 'clients', 'apis', 'scopes', 'views', 'events'].map((noun) => `/admin/${noun}/`),
    ...rows.flatMap((row) => [
      `/admin/${row}/`,
      `/admin/${row}/change/`,
      `/admin/${row}/delete/`,
      `/admin/${row}/history/`,
    ]),
    ...rows.map((row) => `/api/v1/${row}`),
    `/admin/users/${named}/disable/`,
    `/admin/clients/${app}/token-preview/?user=${sought}&scopes=${sought}`,
    `/admin/clients/${app}/redirect-test/?address=${sought}`,
    `/admin/clients/${app}/register-address/?address=${sought}`,
    `/admin/users/export/?q=${sought}`,
  ]
  let seen = 0
  const look = (path: string, { status, body }: { readonly status: number; readonly body: string }): void => {
    assert.equal(status, 200, path)
    assert.doesNotMatch(body, /<svg[ /]onload/i, path)
    assert.doesNotMatch(body, /alert\(1\)>'<\/script/, path)
    if (body.includes('svg onload') || body.includes('svg/onload')) seen += 1
  }
  for (const path of pages) look(path, await admin.get(path))
  look('found', await admin.submit(await admin.get('/admin/find/'), { q: payload }, { action: '/admin/find/' }))
  assert.ok(seen > rows.length * 4, `the text was seen on ${seen} pages only`)
})
