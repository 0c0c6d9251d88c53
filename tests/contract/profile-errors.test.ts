// The answers of Django REST framework at /user/profile/, row by row.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { basic, passwordTokens, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { bearerHeader, membersOf, sendJson, tokensOf } from './requests.ts'
import { assertRow, type Expected } from './row.ts'

const missing = { detail: 'Authentication credentials were not provided.' }
const forbidden = { detail: 'You do not have permission to perform this action.' }
const allow = 'GET, PUT, PATCH, HEAD, OPTIONS'

describe('/user/profile/', () => {
  let server: TestServer
  let profile = ''
  let access = ''
  before(async () => {
    server = await startTestServer()
    profile = `${server.url}/user/profile/`
    ;({ access_token: access } = await passwordTokens(server.url))
  })
  after(() => server.close())

  const fieldRows: readonly (readonly [title: string, method: string, json: string, expected: Expected])[] = [
    ['PUT without email', 'PUT', '{}', { status: 400, body: { email: ['This field is required.'] } }],
    [
      'email not an address',
      'PUT',
      '{"email":"nobody"}',
      { status: 400, body: { email: ['Enter a valid email address.'] } },
    ],
    [
      'email "", first_name 151 chars',
      'PUT',
      JSON.stringify({ email: '', first_name: 'n'.repeat(151) }),
      {
        status: 400,
        body: {
          email: ['This field may not be blank.'],
          first_name: ['Ensure this field has no more than 150 characters.'],
        },
      },
    ],
    ['email null', 'PUT', '{"email":null}', { status: 400, body: { email: ['This field may not be null.'] } }],
    [
      'email of another user',
      'PUT',
      '{"email":"alice@example.com"}',
      { status: 400, body: { email: ['user with this email already exists.'] } },
    ],
    [
      'email of another user in other letter case',
      'PATCH',
      '{"email":"ALICE@example.com"}',
      { status: 400, body: { email: ['user with this email already exists.'] } },
    ],
    [
      'email > 50 chars',
      'PUT',
      JSON.stringify({ email: `${'a'.repeat(45)}@email.com` }),
      { status: 400, body: { email: ['Ensure this field has no more than 50 characters.'] } },
    ],
    [
      'first_name boolean',
      'PATCH',
      '{"first_name":true}',
      { status: 400, body: { first_name: ['Not a valid string.'] } },
    ],
    ['first_name array', 'PATCH', '{"first_name":[]}', { status: 400, body: { first_name: ['Not a valid string.'] } }],
    ['malformed JSON', 'PUT', '{"email"', { status: 400, body: /^{"detail":"JSON parse error - [^"]+"}$/ }],
    [
      'JSON array body',
      'PUT',
      '[]',
      { status: 400, body: { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] } },
    ],
    [
      'JSON text body',
      'PUT',
      '"text"',
      { status: 400, body: { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] } },
    ],
  ]
  for (const [title, method, json, expected] of fieldRows) {
    test(title, async () => {
      const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', allow }
      await assertRow(await sendJson(profile, method, access, json), { ...expected, headers })
    })
  }

  test('numbers are coerced to text; id and groups in the body are silently ignored', async () => {
    const sent = { email: 'admin@email.com', first_name: 12, id: 77, groups: ['other'] }
    await assertRow(await sendJson(profile, 'PUT', access, JSON.stringify(sent)), {
      status: 200,
      body: { id: 1, email: 'admin@email.com', first_name: '12', last_name: '', groups: ['group1'] },
    })
  })

  test('PATCH requires nothing, and what is absent stays', async () => {
    await assertRow(await sendJson(profile, 'PATCH', access, '{}'), {
      status: 200,
      body: { id: 1, email: 'admin@email.com', first_name: '12', last_name: '', groups: ['group1'] },
    })
  })

  test('the body may be a form or a multipart form', async () => {
    const form = new FormData()
    form.set('email', 'admin@email.com')
    form.set('first_name', 'Many')
    const fields = new URLSearchParams({ email: 'admin@email.com', first_name: 'Plain' })
    for (const [body, name] of [
      [form, 'Many'],
      [fields, 'Plain'],
    ] as const) {
      const response = await fetch(profile, { method: 'PUT', headers: bearerHeader(access), body })
      assert.equal(response.status, 200)
      assert.equal((await membersOf(response))['first_name'], name)
    }
  })

  test('Content-Type text/plain', async () => {
    const headers = { ...bearerHeader(access), 'content-type': 'text/plain' }
    await assertRow(await fetch(profile, { method: 'PUT', headers, body: 'email' }), {
      status: 415,
      body: { detail: 'Unsupported media type "text/plain" in request.' },
    })
  })

  for (const method of ['POST', 'DELETE']) {
    test(`${method}: 405 with Allow`, async () => {
      await assertRow(await fetch(profile, { method, headers: bearerHeader(access) }), {
        status: 405,
        body: { detail: `Method "${method}" not allowed.` },
        headers: { allow },
      })
    })
  }

  const challenge = 'Bearer realm="api"'
  const invalid = `${challenge},error="invalid_token",error_description="The access token is invalid."`
  const tokenRows: readonly (readonly [title: string, headers: () => Readonly<Record<string, string>>, www: string])[] =
    [
      ['no token', () => ({}), challenge],
      ['non-Bearer scheme', () => basic('clientId', 'clientSecret'), challenge],
      ['unknown token', () => bearerHeader('QSonardmmRy4dZRdQlFHkmGmXIdNWf'), invalid],
      ['token that was cut short', () => bearerHeader(access.slice(0, -1)), invalid],
      ['token that is no token', () => bearerHeader('two words'), invalid],
    ]
  for (const [title, headers, www] of tokenRows) {
    test(`${title}: 401 with the challenge`, async () => {
      await assertRow(await fetch(profile, { headers: headers() }), {
        status: 401,
        body: missing,
        headers: { 'www-authenticate': www },
      })
    })
  }

  test('revoked token: 401 with the challenge', async () => {
    const { access_token: token } = await passwordTokens(server.url)
    await postForm(`${server.url}/o/revoke_token/`, { token }, basic('clientId', 'clientSecret'))
    await assertRow(await fetch(profile, { headers: bearerHeader(token) }), {
      status: 401,
      body: missing,
      headers: { 'www-authenticate': invalid },
    })
  })

  test('client_credentials token (no user): 403', async () => {
    const form = { grant_type: 'client_credentials', scope: 'read' }
    const { access_token: token } = await tokensOf(
      await postForm(`${server.url}/o/token/`, form, basic('web', 'web-secret')),
    )
    await assertRow(await fetch(profile, { headers: bearerHeader(token) }), { status: 403, body: forbidden })
  })

  test('a token of scope read may not write: 403', async () => {
    const { access_token: token } = await passwordTokens(server.url, { scope: 'read' })
    await assertRow(await sendJson(profile, 'PATCH', token, '{}'), { status: 403, body: forbidden })
    await assertRow(await fetch(profile, { headers: bearerHeader(token) }), { status: 200 })
  })

  test('Accept: application/xml', async () => {
    const headers = { ...bearerHeader(access), accept: 'application/xml' }
    await assertRow(await fetch(profile, { headers }), {
      status: 406,
      body: { detail: 'Could not satisfy the request Accept header.' },
    })
  })

  test('?format=xml', async () => {
    const response = await fetch(`${profile}?format=xml`, { headers: bearerHeader(access) })
    await assertRow(response, { status: 404, body: { detail: 'Not found.' } })
  })

  test('Accept: text/html or ?format=api: a page', async () => {
    const html = { ...bearerHeader(access), accept: 'text/html' }
    for (const response of [
      await fetch(profile, { headers: html }),
      await fetch(`${profile}?format=api`, { headers: bearerHeader(access) }),
    ]) {
      await assertRow(response, {
        status: 200,
        body: /<!doctype html>/,
        headers: {
          'content-type': /^text\/html/,
          vary: /Accept, Cookie/,
          'content-security-policy': /default-src 'none'/,
        },
      })
    }
  })

  test('HEAD: headers only', async () => {
    const response = await fetch(profile, { method: 'HEAD', headers: bearerHeader(access) })
    await assertRow(response, { status: 200, body: '', headers: { 'content-type': 'application/json', allow } })
  })

  test('OPTIONS (with token) describes the API; anonymous 401', async () => {
    const text = (label: string, max: number, required = false, type = 'string') => ({
      type,
      required,
      read_only: false,
      label,
      max_length: max,
    })
    await assertRow(await fetch(profile, { method: 'OPTIONS', headers: bearerHeader(access) }), {
      status: 200,
      body: {
        name: 'Profile Change',
        description: '',
        renders: ['application/json', 'text/html'],
        parses: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
        actions: {
          PUT: {
            id: { type: 'integer', required: false, read_only: true, label: 'ID' },
            email: text('Email', 50, true, 'email'),
            first_name: text('First name', 150),
            last_name: text('Last name', 150),
            groups: { type: 'field', required: false, read_only: true, label: 'Groups' },
          },
        },
      },
    })
    await assertRow(await fetch(profile, { method: 'OPTIONS' }), {
      status: 401,
      body: missing,
      headers: { 'www-authenticate': challenge },
    })
  })

  test('the path without its slash is served, not redirected', async () => {
    const bare = profile.slice(0, -1)
    await assertRow(await fetch(bare, { headers: bearerHeader(access), redirect: 'manual' }), { status: 200 })
    await assertRow(await sendJson(bare, 'PATCH', access, '{}'), { status: 200 })
  })

  test('unknown path: a page that says 404', async () => {
    await assertRow(await fetch(`${server.url}/user/nothing/`, { headers: bearerHeader(access) }), {
      status: 404,
      body: /<!doctype html>/,
      headers: { 'content-type': /^text\/html/ },
    })
  })

  test('token in ?access_token= is no token: 401 (RFC 9700 §4.3.2)', async () => {
    await assertRow(await fetch(`${profile}?access_token=${access}`), { status: 401, body: missing })
  })

  // The last: the clock of the server is moved for good.
  test('expired token: 401 with the challenge', async () => {
    server.clock.advance(3_600_000)
    await assertRow(await fetch(profile, { headers: bearerHeader(access) }), {
      status: 401,
      body: missing,
      headers: {
        'www-authenticate': `${challenge},error="invalid_token",error_description="The access token has expired."`,
      },
    })
  })
})
