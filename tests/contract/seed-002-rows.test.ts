// Seed 002, row by row: what each address takes and refuses. Errors come with their own status where the tutorial's code
// answers 200 to everything.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { inventory } from '@latchkey/resource-server/fastify'
import { assertEveryRouteHasARule } from '@latchkey/resource-server/testing'
import { setUserActive } from '../../packages/authorization-server/src/records/users/index.ts'
import { postForm } from '../support/server.ts'
import { Browser } from './browser.ts'
import { bearerHeader, membersOf, sendJson, tokensOf } from './requests.ts'
import { assertRow, type Expected } from './row.ts'
import { startUnicorns, type Unicorns } from './unicorns.ts'

let example: Unicorns
let url = ''
before(async () => {
  example = await startUnicorns()
  url = example.url
})
after(() => example.close())

const html = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
const json = { 'content-type': 'application/json' }

function detail(status: number, text: string, headers: Expected['headers'] = {}): Expected {
  return { status, body: { detail: text }, headers: { 'content-type': /^application\/json/, ...headers } }
}

async function newPerson(username: string): Promise<{ readonly access_token: string; readonly refresh_token: string }> {
  return tokensOf(await postForm(`${url}/authentication/register/`, { username, password: '1234abcd' }))
}

describe('/authentication/', () => {
  const register = (form: Readonly<Record<string, string>>) => postForm(`${url}/authentication/register/`, form)

  test('register takes a form, JSON and a multipart form', async () => {
    const address = `${url}/authentication/register/`
    const account = { username: 'form', password: '1234abcd' }
    await tokensOf(await register(account))
    await tokensOf(
      await fetch(address, { method: 'POST', headers: json, body: JSON.stringify({ ...account, username: 'json' }) }),
    )
    const body = new FormData()
    body.append('username', 'multipart')
    body.append('password', '1234abcd')
    await tokensOf(await fetch(address, { method: 'POST', body }))
  })

  test('register: a name that is taken is 400 with the sentence of the tutorial, in any case of letters', async () => {
    await newPerson('taken')
    const expected = { status: 400, body: { username: ['A user with that username already exists.'] } }
    await assertRow(await register({ username: 'taken', password: '1234abcd' }), expected)
    await assertRow(await register({ username: 'Taken', password: 'other-1234' }), expected)
  })

  test('register: what is missing, blank or not allowed is 400 by field', async () => {
    const required = ['This field is required.']
    await assertRow(await register({}), { status: 400, body: { username: required, password: required } })
    await assertRow(await register({ username: ' ', password: '' }), {
      status: 400,
      body: { username: ['This field may not be blank.'], password: ['This field may not be blank.'] },
    })
    await assertRow(await register({ username: 'half spring', password: 'short' }), {
      status: 400,
      body: {
        username: ['Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'],
        password: ['This password is too short. It must contain at least 8 characters.'],
      },
    })
  })

  test('token: a password gets tokens; a wrong one is 400 invalid_grant, and no other status of success', async () => {
    await newPerson('signing-in')
    const address = `${url}/authentication/token/`
    const tokens = await tokensOf(await postForm(address, { username: 'signing-in', password: '1234abcd' }))
    assert.equal(tokens.expires_in, 36_000)
    assert.equal(tokens.scope, 'read write')
    const wrong = await postForm(address, { username: 'signing-in', password: 'wrong' })
    await assertRow(wrong, {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Invalid credentials given.' },
    })
    await assertRow(await postForm(address, { username: 'nobody' }), {
      status: 400,
      body: { password: ['This field is required.'] },
    })
  })

  test('token/refresh: an old or foreign refresh token is 400 invalid_grant', async () => {
    const address = `${url}/authentication/token/refresh/`
    await assertRow(await postForm(address, {}), { status: 400, body: { refresh_token: ['This field is required.'] } })
    const refused = await postForm(address, { refresh_token: '5ojnx8ARHQTaK35XfuuMI2eqXsOWew' })
    assert.equal(refused.status, 400)
    assert.equal((await membersOf(refused))['error'], 'invalid_grant')
  })

  test('token/revoke: either token ends the pair; an unknown token is as good as revoked (RFC 7009 §2.2)', async () => {
    const address = `${url}/authentication/token/revoke/`
    const done = { status: 200, body: { message: 'token revoked' } }
    const { access_token: access, refresh_token: refresh } = await newPerson('leaving')
    await assertRow(await postForm(address, { token: refresh }), done)
    assert.equal((await fetch(`${url}/v1/unicorn/`, { headers: bearerHeader(access) })).status, 401)
    await assertRow(await postForm(address, { token: 'never-issued' }), done)
    await assertRow(await postForm(address, {}), { status: 400, body: { token: ['This field is required.'] } })
  })

  test('the four take POST only, with and without their slash', async () => {
    for (const path of ['register', 'token', 'token/refresh', 'token/revoke']) {
      for (const end of ['', '/']) {
        const address = `${url}/authentication/${path}${end}`
        const allow = { allow: 'POST, OPTIONS' }
        await assertRow(await fetch(address), detail(405, 'Method "GET" not allowed.', allow))
        await assertRow(await fetch(address, { method: 'DELETE' }), detail(405, 'Method "DELETE" not allowed.', allow))
        assert.equal((await fetch(address, { method: 'POST', redirect: 'manual' })).status, 400, address)
        assert.equal((await fetch(address, { method: 'OPTIONS' })).status, 200)
      }
    }
  })

  test('a body that cannot be read is 400, one of another kind 415, an answer that nobody can give 406', async () => {
    const address = `${url}/authentication/token/`
    const sent = (type: string, body: string) =>
      fetch(address, { method: 'POST', headers: { 'content-type': type }, body })
    const malformed = await sent('application/json', '{"username":')
    assert.equal(malformed.status, 400)
    assert.match(String((await membersOf(malformed))['detail']), /^JSON parse error - /)
    await assertRow(await sent('application/json', '[]'), {
      status: 400,
      body: { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] },
    })
    await assertRow(
      await sent('text/plain', 'username=a'),
      detail(415, 'Unsupported media type "text/plain" in request.'),
    )
    await assertRow(await sent('application/json', ' '.repeat(65_537)), detail(413, 'The request body is too large.'))
    await assertRow(
      await fetch(address, { method: 'POST', headers: { accept: 'image/png' } }),
      detail(406, 'Could not satisfy the request Accept header.'),
    )
  })

  test('who guesses names is slowed down: 429 with the time to wait', async () => {
    const own = await startUnicorns()
    try {
      const again = () => postForm(`${own.url}/authentication/register/`, { username: 'known', password: '1234abcd' })
      assert.equal((await again()).status, 200)
      const statuses = new Set<number>()
      for (let tries = 0; tries < 99; tries += 1) statuses.add((await again()).status)
      assert.deepEqual(statuses, new Set([400]))
      const throttled = await again()
      const wait = throttled.headers.get('retry-after') ?? ''
      assert.match(wait, /^\d+$/)
      await assertRow(throttled, detail(429, `Request was throttled. Expected available in ${wait} seconds.`))
    } finally {
      await own.close()
    }
  })
})

describe('/v1/', () => {
  let token = ''
  let headers: Readonly<Record<string, string>> = {}
  before(async () => {
    ;({ access_token: token } = await newPerson('rider'))
    headers = bearerHeader(token)
  })
  const list = () => `${url}/v1/unicorn/`
  const make = (fields: Readonly<Record<string, string>>) => postForm(list(), fields, headers)

  test('the root names the list', async () => {
    await assertRow(await fetch(`${url}/v1/`), { status: 200, body: { unicorn: `${url}/v1/unicorn/` } })
    await assertRow(await fetch(`${url}/v1/.json`), { status: 200, body: { unicorn: `${url}/v1/unicorn/` } })
  })

  test('create, retrieve, update, change in part, destroy', async () => {
    const made = await make({ name: 'Moon', age: '3' })
    await assertRow(made, { status: 201, body: { name: 'Moon', age: 3 } })
    const count = JSON.parse(await (await fetch(list(), { headers })).text()).length
    const one = `${list()}${count}/`
    await assertRow(await fetch(one, { headers }), { status: 200, body: { name: 'Moon', age: 3 } })
    await assertRow(await sendJson(one, 'PUT', token, '{"name": "Sun", "age": 4}'), {
      status: 200,
      body: { name: 'Sun', age: 4 },
    })
    await assertRow(await sendJson(one, 'PATCH', token, '{"age": "5"}'), { status: 200, body: { name: 'Sun', age: 5 } })
    await assertRow(await sendJson(one, 'PUT', token, '{"age": 5}'), {
      status: 400,
      body: { name: ['This field is required.'] },
    })
    await assertRow(await fetch(one, { method: 'DELETE', headers }), { status: 204, body: '' })
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const gone = method === 'GET' ? await fetch(one, { headers }) : await sendJson(one, method, token, '{}')
      await assertRow(gone, detail(404, 'Not found.'))
    }
    await assertRow(await fetch(`${list()}abc/`, { headers }), detail(404, 'Not found.'))
  })

  test('an age is a whole number, a name has at most 100 characters', async () => {
    const errors = async (fields: Readonly<Record<string, string>>) => membersOf(await make(fields))
    const integer = { age: ['A valid integer is required.'] }
    for (const age of ['old', '3.5', '', '1e3', '0x10'])
      assert.deepEqual(await errors({ name: 'a', age }), integer, age)
    assert.deepEqual(await errors({}), { name: ['This field is required.'], age: ['This field is required.'] })
    assert.deepEqual(await errors({ name: ' ', age: '1' }), { name: ['This field may not be blank.'] })
    assert.deepEqual(await errors({ name: 'x'.repeat(101), age: '1' }), {
      name: ['Ensure this field has no more than 100 characters.'],
    })
    assert.deepEqual(await errors({ name: 'a', age: '99999999999' }), {
      age: ['Ensure this value is less than or equal to 2147483647.'],
    })
    const nulls = await sendJson(list(), 'POST', token, '{"name": null, "age": true}')
    await assertRow(nulls, { status: 400, body: { name: ['This field may not be null.'], ...integer } })
    assert.equal((await make({ name: '🦄'.repeat(100), age: '34.0' })).status, 201)
  })

  test('format suffixes and ?format= choose JSON or the page; another format is nowhere', async () => {
    const { id } = await firstUnicorn()
    for (const path of ['unicorn.json', 'unicorn.json/', 'unicorn/?format=json', 'unicorn', 'unicorn/']) {
      const response = await fetch(`${url}/v1/${path}`, { headers })
      assert.equal(response.status, 200, path)
      assert.equal(response.headers.get('content-type'), 'application/json', path)
    }
    for (const path of [`unicorn/${id}.json`, `unicorn/${id}`]) {
      assert.equal((await fetch(`${url}/v1/${path}`, { headers })).headers.get('content-type'), 'application/json')
    }
    for (const path of ['unicorn.api', `unicorn/${id}.api`, 'unicorn/?format=api', '.api']) {
      const response = await fetch(`${url}/v1/${path}`, { headers })
      assert.equal(response.status, 200, path)
      assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8', path)
    }
    await assertRow(await fetch(`${url}/v1/unicorn.xml`, { headers }), detail(404, 'Not found.'))
  })

  async function firstUnicorn(): Promise<{ readonly id: number }> {
    await make({ name: 'first', age: '1' })
    const { id } = /\/v1\/unicorn\/(?<id>\d+)\//.exec(await (await fetch(`${url}/v1/unicorn.api`, { headers })).text())
      ?.groups ?? { id: '0' }
    return { id: Number(id) }
  }

  test('methods that a view lacks are 405 and name those that it has', async () => {
    const { id } = await firstUnicorn()
    const refused = await sendJson(list(), 'PUT', token, '{}')
    await assertRow(refused, detail(405, 'Method "PUT" not allowed.', { allow: 'GET, POST, HEAD, OPTIONS' }))
    const posted = await postForm(`${list()}${id}/`, {}, headers)
    const allow = 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS'
    await assertRow(posted, detail(405, 'Method "POST" not allowed.', { allow }))
    const head = await fetch(list(), { method: 'HEAD', headers })
    assert.equal(head.status, 200)
    assert.equal(head.headers.get('content-type'), 'application/json')
    assert.equal((await fetch(`${list()}${id}/`, { method: 'HEAD', headers })).status, 200)
    assert.equal((await fetch(`${url}/authentication/register/`, { method: 'HEAD' })).status, 405)
    const meant = await postForm(`${list()}${id}/`, { _method: 'TRACE' }, headers)
    assert.equal(meant.status, 405, 'a form may mean what the view has, and nothing else')
    const options = await fetch(list(), { method: 'OPTIONS', headers })
    assert.equal((await membersOf(options))['name'], 'Unicorn List')
  })

  test('without a token 401 with a challenge; a bad one is named as such', async () => {
    const missing = { 'www-authenticate': /^Bearer (?!.*error=)/, vary: /Authorization/ }
    for (const path of ['/v1/unicorn/', '/v1/unicorn/1/', '/v1/unicorn.json']) {
      await assertRow(await fetch(url + path), detail(401, 'Authentication credentials were not provided.', missing))
    }
    await assertRow(
      await fetch(list(), { method: 'DELETE' }),
      detail(401, 'Authentication credentials were not provided.'),
    )
    await assertRow(
      await fetch(list(), { headers: bearerHeader('123456') }),
      detail(401, 'Incorrect authentication credentials.', { 'www-authenticate': /error="invalid_token"/ }),
    )
  })

  test('a read token lists and makes nothing', async () => {
    const client = await example.server.registerClient({
      clientId: 'reader',
      grantTypes: ['password'],
      scopes: ['read'],
    })
    const form = { grant_type: 'password', username: 'rider', password: '1234abcd' }
    const credentials = { client_id: client.clientId, client_secret: client.clientSecret }
    const { access_token: read } = await tokensOf(await postForm(`${url}/o/token/`, { ...form, ...credentials }))
    assert.equal((await fetch(list(), { headers: bearerHeader(read) })).status, 200)
    await assertRow(
      await postForm(list(), { name: 'a', age: '1' }, bearerHeader(read)),
      detail(403, 'You do not have permission to perform this action.', {
        'www-authenticate': /error="insufficient_scope".*scope="write"/,
      }),
    )
  })

  test('a deactivated person is out at once, with token and with session', async () => {
    const { access_token: access } = await newPerson('leaver')
    const browser = new Browser(url)
    assert.equal((await browser.signIn('leaver', '1234abcd')).status, 303)
    assert.equal((await browser.get('/v1/unicorn/')).status, 200)
    const { context } = example.server.app
    const person = await example.server.signedIn(browser.cookieHeader)
    await context.database.commit([setUserActive(person?.id ?? 0, false, context.clock.now())])
    assert.equal((await fetch(list(), { headers: bearerHeader(access) })).status, 401)
    assert.equal((await browser.get('/v1/unicorn/')).status, 401)
  })
})

describe('in a browser', () => {
  test('GET shows the form of each address, POST acts and shows the answer', async () => {
    for (const path of ['register/', 'token/', 'token/refresh/', 'token/revoke/']) {
      const page = await fetch(`${url}/authentication/${path}`, { headers: html })
      assert.equal(page.status, 200)
      assert.match(await page.text(), new RegExp(`<form class="panel" method="post" action="/authentication/${path}"`))
    }
    const posted = await postForm(`${url}/authentication/register/`, { username: 'reader', password: '1234abcd' }, html)
    assert.equal(posted.status, 200)
    const text = await posted.text()
    assert.match(text, /"access_token"|&#34;access_token&#34;/)
    assert.match(text, /name=djangounchained/, 'and what to do with it')
    const refused = await postForm(
      `${url}/authentication/register/`,
      { username: 'reader', password: '1234abcd' },
      html,
    )
    assert.equal(refused.status, 400)
    assert.match(await refused.text(), /id="username-error">A user with that username already exists\./)
  })

  test('whoever is signed in uses the viewset by its forms', async () => {
    await newPerson('hand')
    const browser = new Browser(url)
    const anonymous = await browser.get('/v1/unicorn.api')
    assert.equal(anonymous.status, 401)
    assert.match(await anonymous.text(), /href="\/accounts\/login\/\?next=%2Fv1%2Funicorn/)
    await browser.signIn('hand', '1234abcd')
    const made = await browser.post('/v1/unicorn/?format=api', { name: '<b>Bold</b>', age: '7' })
    assert.equal(made.status, 201)
    const markup = await made.text()
    assert.match(markup, /&#60;b&#62;Bold/)
    assert.doesNotMatch(markup, /<b>/)
    const [, id] = /href="\/v1\/unicorn\/(\d+)\/"><bdi>&#60;b/.exec(markup) ?? []
    const one = `/v1/unicorn/${id}/`
    const page = await (await browser.get(`${one}?format=api`)).text()
    assert.match(page, /name="_method" value="PUT"/)
    const changed = await browser.post(`${one}?format=api`, { _method: 'PUT', name: 'Mild', age: '8' })
    assert.equal(changed.status, 200)
    const gone = await browser.post(`${one}?format=api`, { _method: 'DELETE' })
    assert.equal(gone.status, 303)
    assert.equal(gone.headers.get('location'), '/v1/unicorn/')
    assert.equal((await browser.get(one)).status, 404)
  })

  test('a form on another site does nothing, whoever is signed in', async () => {
    await newPerson('victim')
    const browser = new Browser(url)
    await browser.signIn('victim', '1234abcd')
    const fields = { name: 'forged', age: '1' }
    for (const proof of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }]) {
      const forged = await postForm(`${url}/v1/unicorn/`, fields, { cookie: browser.cookieHeader, ...proof })
      assert.equal(forged.status, 403)
      assert.match(String((await membersOf(forged))['detail']), /^CSRF Failed/)
    }
    const register = { username: 'forged', password: '1234abcd' }
    const refused = await postForm(`${url}/authentication/register/`, register, { 'sec-fetch-site': 'cross-site' })
    assert.equal(refused.status, 403)
  })

  test('pages load nothing from elsewhere and run no script', async () => {
    for (const path of ['/', '/v1/', '/v1/unicorn/', '/authentication/register/']) {
      const page = await fetch(url + path, { headers: html })
      assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'self';/)
      assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
      const text = await page.text()
      assert.match(text, /<html lang="en" dir="ltr">/)
      assert.doesNotMatch(text, /<script|style="|https?:\/\/(?!localhost)/)
    }
  })

  test('the authorization server is at the same address, with its own sign-up switched off', async () => {
    const metadata = await membersOf(await fetch(`${url}/o/.well-known/openid-configuration`))
    assert.equal(metadata['issuer'], `${url}/o`)
    assert.equal((await fetch(`${url}/accounts/login/`, { headers: html })).status, 200)
    assert.equal((await fetch(`${url}/accounts/signup/`, { headers: html })).status, 404)
    const applications = await fetch(`${url}/o/applications/`, { headers: html, redirect: 'manual' })
    assert.match(applications.headers.get('location') ?? '', /^\/accounts\/login\//)
    assert.equal((await fetch(`${url}/nowhere`, { headers: html })).status, 404)
  })
})

test('every address has a rule', () => assertEveryRouteHasARule(inventory(example.app)))
