// The answers of Django REST framework at /user/password/ and /users/signup/, row by row.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { passwordTokens, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { Browser } from './browser.ts'
import { bearerHeader, sendJson } from './requests.ts'
import { assertRow } from './row.ts'

const required = ['This field is required.']
const blank = ['This field may not be blank.']
const tooWeak = [
  'This password is too short. It must contain at least 8 characters.',
  'This password is too common.',
  'This password is entirely numeric.',
]
const current = 'testpass123'
const next = 'a-strong-horse-7'

describe('PUT /user/password/', () => {
  let server: TestServer
  let access = ''
  let address = ''
  const change = (fields: object, method = 'PUT') => sendJson(address, method, access, JSON.stringify(fields))
  before(async () => {
    server = await startTestServer()
    address = `${server.url}/user/password/`
    ;({ access_token: access } = await passwordTokens(server.url))
  })
  after(() => server.close())

  test('empty object: all three keys are required', async () => {
    const body = { old_password: required, password: required, password2: required }
    await assertRow(await change({}), { status: 400, body })
  })

  test('blank strings: none may be blank', async () => {
    const body = { old_password: blank, password: blank, password2: blank }
    await assertRow(await change({ old_password: '', password: '', password2: '' }), { status: 400, body })
  })

  test('wrong old password: a flat list', async () => {
    await assertRow(await change({ old_password: 'wrong-password', password: next, password2: next }), {
      status: 400,
      body: { old_password: ['Old password is incorrect'] },
    })
  })

  test('mismatch', async () => {
    await assertRow(await change({ old_password: current, password: next, password2: `${next}8` }), {
      status: 400,
      body: { password2: ['Password fields did not match'] },
    })
  })

  test('mismatch is only checked when every field passed', async () => {
    await assertRow(await change({ old_password: current, password: '123', password2: '124' }), {
      status: 400,
      body: { password: tooWeak },
    })
  })

  test('`123`', async () => {
    await assertRow(await change({ old_password: current, password: '123', password2: '123' }), {
      status: 400,
      body: { password: tooWeak },
    })
  })

  test('the documented value `newpassword` is too common under the default policy', async () => {
    await assertRow(await change({ old_password: current, password: 'newpassword', password2: 'newpassword' }), {
      status: 400,
      body: { password: ['This password is too common.'] },
    })
  })

  for (const method of ['GET', 'POST', 'DELETE']) {
    test(`${method}: 405, Allow PUT, PATCH, OPTIONS`, async () => {
      await assertRow(await fetch(address, { method, headers: bearerHeader(access) }), {
        status: 405,
        body: { detail: `Method "${method}" not allowed.` },
        headers: { allow: 'PUT, PATCH, OPTIONS' },
      })
    })
  }

  test('PATCH with only a correct old_password: 400 for each missing field', async () => {
    await assertRow(await change({ old_password: current }, 'PATCH'), {
      status: 400,
      body: { password: required, password2: required },
    })
  })

  test('a token of scope read may not change it', async () => {
    const { access_token: reader } = await passwordTokens(server.url, { scope: 'read' })
    await assertRow(await sendJson(address, 'PUT', reader, '{}'), { status: 403 })
  })

  test('after success the token that changed it goes on; others and browser sessions end', async () => {
    const other = await passwordTokens(server.url)
    const kept = await passwordTokens(server.url)
    const browser = new Browser(server.url)
    await browser.signIn('admin@email.com', current)
    assert.equal((await browser.get('/accounts/logout/')).status, 200)
    const json = JSON.stringify({ old_password: current, password: next, password2: next })
    await assertRow(await sendJson(address, 'PUT', kept.access_token, json), { status: 200, body: {} })

    const statusOf = async (token: string) =>
      (await fetch(`${server.url}/user/profile/`, { headers: bearerHeader(token) })).status
    assert.equal(await statusOf(kept.access_token), 200)
    assert.equal(await statusOf(other.access_token), 401)
    const refreshed = (refresh: string) =>
      postForm(`${server.url}/o/token/`, {
        grant_type: 'refresh_token',
        refresh_token: refresh,
        client_id: 'clientId',
        client_secret: 'clientSecret',
      })
    assert.equal((await refreshed(kept.refresh_token)).status, 200)
    assert.equal((await refreshed(other.refresh_token)).status, 400)
    assert.match(await (await browser.get('/accounts/logout/')).text(), /signed out/i)
  })
})

test('wrong old password with the switch profile.nestedOldPasswordError: nested', async () => {
  const server = await startTestServer({ settings: { profile: { nestedOldPasswordError: true } } })
  try {
    const { access_token: access } = await passwordTokens(server.url)
    const json = JSON.stringify({ old_password: 'wrong-password', password: next, password2: next })
    await assertRow(await sendJson(`${server.url}/user/password/`, 'PUT', access, json), {
      status: 400,
      body: { old_password: { old_password: 'Old password is incorrect' } },
    })
  } finally {
    await server.close()
  }
})

describe('POST /users/signup/', () => {
  let server: TestServer
  const signUp = (fields: object, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${server.url}/users/signup/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(fields),
    })
  const strong = { password: next, password2: next }
  before(async () => {
    server = await startTestServer()
  })
  after(() => server.close())

  test('anonymous: 201 and the e-mail', async () => {
    await assertRow(await signUp({ email: 'New@EMAIL.com', ...strong }), {
      status: 201,
      body: { email: 'New@email.com' },
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    })
  })

  test('an invalid Bearer header does not block it', async () => {
    await assertRow(await signUp({ email: 'second@email.com', ...strong }, bearerHeader('wrong')), { status: 201 })
  })

  test('duplicate', async () => {
    await assertRow(await signUp({ email: 'admin@email.com', ...strong }), {
      status: 400,
      body: { email: ['This field must be unique.'] },
    })
  })

  test('duplicate in other letter case is a duplicate', async () => {
    await assertRow(await signUp({ email: 'ADMIN@email.com', ...strong }), {
      status: 400,
      body: { email: ['This field must be unique.'] },
    })
  })

  test('mismatch', async () => {
    await assertRow(await signUp({ email: 'third@email.com', password: next, password2: `${next}8` }), {
      status: 400,
      body: { password2: ['Password fields did not match'] },
    })
  })

  test('missing', async () => {
    await assertRow(await signUp({}), {
      status: 400,
      body: { email: required, password: required, password2: required },
    })
  })

  test('weak', async () => {
    await assertRow(await signUp({ email: 'third@email.com', password: '123', password2: '123' }), {
      status: 400,
      body: { password: tooWeak },
    })
  })

  test('with identity.signUp off there is nothing at the address', async () => {
    const closed = await startTestServer({ settings: { identity: { signUp: false } } })
    try {
      const response = await sendJson(`${closed.url}/users/signup/`, 'POST', 'none', '{}')
      await assertRow(response, { status: 404 })
    } finally {
      await closed.close()
    }
  })
})
