// Seed 001 and §2.16: what the resource server believes of a token, for how long, and what it does when nobody can be asked.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { findUserByIdentifier, setUserActive } from '../../packages/authorization-server/src/records/users/index.ts'
import { fixedClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import { freePort } from '../support/port.ts'
import { basic, passwordTokens, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { Browser } from './browser.ts'
import { type RunningItems, startItems } from './items.ts'
import { bearerHeader } from './requests.ts'
import { assertRow, type Expected } from './row.ts'

const boundMs = 5_000
const invalid: Expected = {
  status: 401,
  body: { detail: 'Incorrect authentication credentials.' },
  headers: { 'www-authenticate': /^Bearer error="invalid_token"/ },
}
const unavailable: Expected = {
  status: 503,
  body: { detail: 'The authorization server cannot be reached, so the token cannot be checked. Try again shortly.' },
  headers: { 'retry-after': /^\d+$/, 'www-authenticate': null },
}

describe('seed 001, the check of a token', () => {
  let server: TestServer
  let items: RunningItems
  const list = (token: string) => fetch(`${items.url}/items/`, { headers: bearerHeader(token) })
  before(async () => {
    server = await startTestServer()
    items = await startItems(server)
  })
  after(async () => {
    await items.close()
    await server.close()
  })

  test('no token, another scheme, a token that nobody issued', async () => {
    const missing = {
      status: 401,
      body: { detail: 'Authentication credentials were not provided.' },
      headers: {
        'www-authenticate': /^Bearer .*resource_metadata="[^"]+\/\.well-known\/oauth-protected-resource"$/,
        vary: 'Authorization, Cookie, Accept',
      },
    }
    await assertRow(await fetch(`${items.url}/items/`), missing)
    await assertRow(await fetch(`${items.url}/items/`, { headers: basic('rs-id', 'rs-secret') }), missing)
    await assertRow(await list('made-up'), invalid)
  })

  test('a token that is revoked at the server is refused within the bound (RFC 7662 §4)', async () => {
    const { access_token: token } = await passwordTokens(server.url)
    assert.equal((await list(token)).status, 200)
    await postForm(`${server.url}/o/revoke_token/`, { token }, basic('clientId', 'clientSecret'))
    server.clock.advance(boundMs)
    await assertRow(await list(token), invalid)
  })

  test('a token that has expired is refused, whatever is remembered', async () => {
    const { access_token: token, expires_in: seconds } = await passwordTokens(server.url)
    server.clock.advance(seconds * 1_000 - boundMs)
    assert.equal((await list(token)).status, 200)
    server.clock.advance(2 * boundMs)
    await assertRow(await list(token), invalid)
  })

  test('a user who is disabled at the server is refused within the bound', async () => {
    const person = { email: 'leaver@email.com', password: 'testpass123', password2: 'testpass123' }
    await postForm(`${items.url}/users/signup/`, person)
    const { access_token: token } = await passwordTokens(server.url, { username: person.email })
    assert.equal((await list(token)).status, 200)
    const { database } = server.context
    const user = await findUserByIdentifier(database, person.email)
    await database.commit([setUserActive(user?.id ?? 0, false, server.clock.now())])
    server.clock.advance(boundMs)
    await assertRow(await list(token), invalid)
  })
})

describe('seed 001, the authorization server stops', () => {
  let server: TestServer
  let items: RunningItems
  let known = ''
  let unseen = ''
  const list = (token: string) => fetch(`${items.url}/items/`, { headers: bearerHeader(token) })
  before(async () => {
    server = await startTestServer()
    items = await startItems(server)
    ;({ access_token: known } = await passwordTokens(server.url))
    ;({ access_token: unseen } = await passwordTokens(server.url))
    assert.equal((await list(known)).status, 200)
    await server.close()
  })
  after(() => items.close())

  test('a token that was never seen is neither granted nor called bad: 503', async () => {
    await assertRow(await list(unseen), unavailable)
    await assertRow(await list('made-up'), unavailable)
  })

  test('a token that is remembered is answered within the bound, and 503 after it', async () => {
    assert.equal((await list(known)).status, 200)
    server.clock.advance(boundMs)
    await assertRow(await list(known), unavailable)
  })

  test('staff with a local account still look after items and users', async () => {
    const local = { email: 'admin@email.com', password: 'testpass123' }
    await items.accounts.put(local.email, local.password)
    const browser = new Browser(items.url)
    await browser.post('/sign-in/', local)
    assert.equal((await browser.get('/admin/items/')).status, 200)
    assert.equal((await browser.get('/admin/users/')).status, 200)
  })

  test('the relays say that it cannot be reached: 503', async () => {
    const words = { detail: 'The authorization server cannot be reached. Try again shortly.' }
    const expected = { status: 503, body: words, headers: { 'retry-after': '1' } }
    const person = { email: 'a@email.com', password: 'testpass123', password2: 'testpass123' }
    await assertRow(await postForm(`${items.url}/users/signup/`, person), expected)
    await assertRow(await postForm(`${items.url}/users/token/`, person), expected)
    await assertRow(await postForm(`${items.url}/users/token/refresh/`, { refresh: 'r' }), expected)
  })
})

describe('seed 001, the upstream’s answers (§6 row 12)', () => {
  const relayed = async (status: number, type: string, body: string): Promise<Response> => {
    const port = await freePort()
    const upstream = createServer((_request, response) =>
      response.writeHead(status, { 'content-type': type, 'retry-after': '7' }).end(body),
    ).listen(port, 'localhost')
    const items = await startItems({
      issuer: `http://localhost:${port}/o`,
      clock: fixedClock(Date.UTC(2027, 0, 15, 12)),
    })
    try {
      return await postForm(`${items.url}/users/token/`, { email: 'a@email.com', password: 'p' })
    } finally {
      await items.close()
      upstream.close()
    }
  }

  test('its status and JSON are handed on, with Retry-After', async () => {
    for (const [status, body] of [
      [400, { error: 'invalid_grant', error_description: 'Invalid credentials given.' }],
      [401, { detail: 'no' }],
      [429, { detail: 'Request was throttled.' }],
      [503, { detail: 'busy' }],
    ] as const) {
      const headers = { 'retry-after': '7', 'cache-control': 'no-store' }
      const response = await relayed(status, 'application/json', JSON.stringify(body))
      await assertRow(response, { status, body, headers })
    }
  })

  test('what is not JSON, and a redirect, is 502', async () => {
    const expected = { status: 502, body: { detail: 'The authorization server answered something that is not JSON.' } }
    await assertRow(await relayed(200, 'text/html', '<h1>Welcome</h1>'), expected)
    await assertRow(await relayed(200, 'application/json', '{"access_token":'), expected)
    await assertRow(await relayed(302, 'text/plain', ''), expected)
  })

  test('that it does not know this API is this API’s fault: 502, and no 401 for the caller', async () => {
    await assertRow(await relayed(401, 'application/json', '{"error":"invalid_client"}'), {
      status: 502,
      body: { detail: 'The authorization server does not accept the client id or secret of this API.' },
    })
  })
})
