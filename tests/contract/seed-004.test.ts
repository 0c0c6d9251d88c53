// Seed 004, "Part 3 - OAuth2 token authentication": bearer tokens on ordinary pages, and read/write scopes on SnippetList and
// SnippetDetail. The command as it is printed, then row by row. A bad bearer token is 401 with a challenge, not a redirect.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { inventory } from '@latchkey/resource-server/express'
import { assertEveryRouteHasARule } from '@latchkey/resource-server/testing'
import { findUserByIdentifier, setUserActive } from '../../packages/authorization-server/src/records/users/index.ts'
import { basic, postForm } from '../support/server.ts'
import { Browser, destinationOf } from './browser.ts'
import { printedCommands } from './printed-commands.ts'
import { bearerHeader, membersOf, sendJson } from './requests.ts'
import { assertRow, type Expected } from './row.ts'
import { type Snippets, startSnippets } from './snippets.ts'

const printed = 'curl -H "Authorization: Bearer 123456" -X GET http://localhost:8000/secret'

let example: Snippets
let url = ''
let token = ''
before(async () => {
  example = await startSnippets()
  url = example.url
  ;({ access_token: token } = await example.tokens())
})
after(() => example.close())

function detail(status: number, text: string, headers: Expected['headers'] = {}): Expected {
  return {
    status,
    body: { detail: text },
    headers: { 'content-type': /^application\/json/, vary: /Authorization/, ...headers },
  }
}

async function secret(headers: Readonly<Record<string, string>> = {}, query = ''): Promise<Response> {
  return fetch(`${url}/secret${query}`, { headers, redirect: 'manual' })
}

describe('/secret', () => {
  test('the printed command, with a token of ours for 123456', async () => {
    const shell = await printedCommands('localhost:8000', new URL(url).host)
    try {
      const { head, body } = await shell.run(printed.replace('123456', token))
      assert.match(head, /^HTTP\/1\.1 200 OK\r\n/)
      assert.equal(body, 'Secret contents!')
      const literal = await shell.run(printed)
      assert.match(literal.head, /^HTTP\/1\.1 401 Unauthorized\r\n/, 'nobody can make a token of a chosen value')
    } finally {
      await shell.close()
    }
  })

  test('a valid token gets the text of the tutorial, whatever the case of its scheme', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const response = await secret({ authorization: `${scheme} ${token}` })
      assert.equal(response.status, 200)
      assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
      assert.match(response.headers.get('vary') ?? '', /Authorization/)
      assert.equal(await response.text(), 'Secret contents!')
    }
  })

  test('a browser without Authorization goes to the login page, and knows the way back', async () => {
    const response = await secret()
    assert.equal(response.status, 302)
    assert.equal(response.headers.get('location'), '/accounts/login/?next=/secret')
    assert.match(response.headers.get('vary') ?? '', /Authorization/)
  })

  test('a bad token is 401 with a challenge and no redirect (RFC 6750 §3.1)', async () => {
    const invalid = { 'www-authenticate': /^Bearer .*error="invalid_token"/, location: null }
    await assertRow(await secret(bearerHeader('123456')), detail(401, 'Incorrect authentication credentials.', invalid))
    await assertRow(
      await secret({ authorization: 'Bearer' }),
      detail(401, 'Incorrect authentication credentials.', invalid),
    )
    const basicCaller = await secret(basic('clientId', 'clientSecret'))
    assert.equal(basicCaller.status, 401)
    assert.match(basicCaller.headers.get('www-authenticate') ?? '', /^Bearer /)
  })

  test('a token in the address is not looked at (RFC 9700 §4.3.2)', async () => {
    const response = await secret({}, `?access_token=${token}`)
    assert.equal(response.status, 302)
  })

  test('every answer varies by Authorization', async () => {
    for (const path of ['/', '/secret', '/snippets/', '/snippets.css', '/nowhere']) {
      const response = await fetch(url + path, { redirect: 'manual' })
      assert.match(response.headers.get('vary') ?? '', /Authorization/, path)
    }
  })
})

describe('SnippetList and SnippetDetail', () => {
  const list = () => `${url}/snippets/`
  const shown = { title: '', linenos: false, language: 'python', style: 'friendly' }
  const make = async (fields: Readonly<Record<string, string>>) => postForm(list(), fields, bearerHeader(token))

  test('list and create, with and without the slash', async () => {
    const made = await make({ code: 'print(123)' })
    assert.equal(made.status, 201)
    const { id, ...rest } = await membersOf(made)
    assert.deepEqual(rest, { ...shown, code: 'print(123)' })
    for (const address of [list(), `${url}/snippets`]) {
      const all = await fetch(address, { headers: bearerHeader(token), redirect: 'manual' })
      assert.equal(all.status, 200)
      assert.equal(all.headers.get('content-type'), 'application/json')
      const snippets: readonly { readonly id: number }[] = JSON.parse(await all.text())
      assert.ok(snippets.some((snippet) => snippet.id === id))
    }
  })

  test('the detail really retrieves, updates and destroys', async () => {
    const { id } = await membersOf(await make({ title: 'one', code: 'a = 1' }))
    const one = `${list()}${String(id)}/`
    const snippet = { ...shown, id, title: 'one', code: 'a = 1' }
    await assertRow(await fetch(one, { headers: bearerHeader(token) }), { status: 200, body: snippet })
    const put = await sendJson(one, 'PUT', token, '{"code": "b = 2\\n", "linenos": true, "language": "ruby"}')
    const updated = { ...shown, id, code: 'b = 2\n', linenos: true, language: 'ruby' }
    await assertRow(put, { status: 200, body: updated })
    const patched = await sendJson(one, 'PATCH', token, '{"title": "two"}')
    await assertRow(patched, { status: 200, body: { ...updated, title: 'two' } })
    const deleted = await fetch(one, { method: 'DELETE', headers: bearerHeader(token) })
    await assertRow(deleted, { status: 204, body: '' })
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const gone = await fetch(one, { method, headers: bearerHeader(token) })
      await assertRow(gone, detail(404, 'Not found.'))
    }
  })

  test('what a field may not be is 400 by field', async () => {
    await assertRow(await make({}), { status: 400, body: { code: ['This field is required.'] } })
    await assertRow(await make({ code: ' ', title: 'x'.repeat(101), language: 'klingon' }), {
      status: 400,
      body: {
        title: ['Ensure this field has no more than 100 characters.'],
        code: ['This field may not be blank.'],
        language: ['"klingon" is not a valid choice.'],
      },
    })
    await assertRow(await sendJson(list(), 'POST', token, '{"code": "a", "linenos": "maybe", "style": null}'), {
      status: 400,
      body: { linenos: ['Must be a valid boolean.'], style: ['This field may not be null.'] },
    })
    const malformed = await sendJson(list(), 'POST', token, '{')
    assert.equal(malformed.status, 400)
    assert.match(String((await membersOf(malformed))['detail']), /^JSON parse error - /)
  })

  test('methods that a view lacks are 405 and name those that it has', async () => {
    const refused = await sendJson(list(), 'PUT', token, '{}')
    await assertRow(refused, detail(405, 'Method "PUT" not allowed.', { allow: 'GET, POST, HEAD, OPTIONS' }))
    const posted = await sendJson(`${list()}1/`, 'POST', token, '{}')
    const allow = 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS'
    await assertRow(posted, detail(405, 'Method "POST" not allowed.', { allow }))
  })

  test('nobody is 401 with a challenge that names the scope', async () => {
    const missing = (scope: string) =>
      detail(401, 'Authentication credentials were not provided.', {
        'www-authenticate': new RegExp(`^Bearer (?!.*error=).*scope="${scope}"`),
      })
    await assertRow(await fetch(list()), missing('read'))
    await assertRow(await fetch(`${list()}1/`), missing('read'))
    await assertRow(await fetch(list(), { method: 'POST' }), missing('write'))
    await assertRow(await fetch(`${list()}1/`, { method: 'DELETE' }), missing('write'))
  })

  test('read tokens read, write tokens write, and neither does the other', async () => {
    const { access_token: read } = await example.tokens('read')
    const { access_token: write } = await example.tokens('write')
    const { id } = await membersOf(await make({ code: 'kept' }))
    const one = `${list()}${String(id)}/`
    const denied = (scope: string) =>
      detail(403, 'You do not have permission to perform this action.', {
        'www-authenticate': new RegExp(`error="insufficient_scope".*scope="${scope}"`),
      })
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      assert.equal((await fetch(list(), { method, headers: bearerHeader(read) })).status, 200, method)
      assert.equal((await fetch(list(), { method, headers: bearerHeader(write) })).status, 403, method)
    }
    await assertRow(await fetch(one, { headers: bearerHeader(write) }), denied('read'))
    await assertRow(await sendJson(list(), 'POST', read, '{"code": "a"}'), denied('write'))
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      await assertRow(await sendJson(one, method, read, '{}'), denied('write'))
    assert.equal((await sendJson(list(), 'POST', write, '{"code": "a"}')).status, 201)
    assert.equal((await sendJson(one, 'DELETE', write, '{}')).status, 204)
  })

  test('a session of the pages is no token', async () => {
    const browser = await signedIn()
    assert.equal((await browser.get('/snippets/')).status, 401)
  })
})

/** Signs in by authorization code, as a browser: through the server's own page, and back with the code. */
async function signedIn(): Promise<Browser> {
  const browser = new Browser(url)
  const person = new Browser(example.server.url)
  const begin = destinationOf(await browser.get('/accounts/login/?next=/secret'), url)
  const login = await person.get(begin.pathname + begin.search)
  const place = destinationOf(login, example.server.url)
  const entered = await person.signIn('alice@example.com', 'correct-horse-battery', place.pathname + place.search)
  const again = destinationOf(entered, example.server.url)
  const allowed = await person.get(again.pathname + again.search)
  const callback = destinationOf(allowed, example.server.url)
  assert.equal(callback.origin, url)
  const done = await browser.get(callback.pathname + callback.search)
  assert.equal(destinationOf(done, url).pathname, '/secret', 'back to where they were')
  return browser
}

describe('in a browser', () => {
  test('whoever signed in sees the secret on a page, and keeps snippets by its forms', async () => {
    const browser = await signedIn()
    const page = await browser.get('/secret')
    assert.equal(page.status, 200)
    const markup = await page.text()
    assert.match(markup, /Secret contents!/)
    assert.match(markup, />alice</)
    assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'self';/)

    const refused = await browser.post('/', { title: '<i>', code: '' })
    assert.equal(refused.status, 400)
    const shown = await refused.text()
    assert.match(shown, /id="code-error">This field may not be blank\./)
    assert.match(shown, /value="&#60;i&#62;"/)
    const kept = await browser.post('/', { title: 'mine', code: 'a\r\nb', linenos: 'on' })
    assert.equal(kept.status, 303)
    const home = await (await browser.get('/')).text()
    assert.match(home, /<pre>a\nb<\/pre>/)
    const [edit = ''] = /\/edit\/\d+\/(?=">Change<\/a><\/p>\n<pre>a\nb)/.exec(home) ?? []
    assert.match(await (await browser.get(edit)).text(), /name="linenos" checked/)
    assert.equal((await browser.post(edit, { title: 'yours', code: 'c' })).status, 303)
    assert.match(await (await browser.get('/')).text(), /<bdi>yours<\/bdi>/)
    assert.equal((await browser.post(edit, { action: 'delete' })).status, 303)
    assert.equal((await browser.get(edit)).status, 404)
  })

  test('the forms are for sessions from our own pages: no token, no other site, no stranger', async () => {
    const browser = await signedIn()
    const fields = { code: 'forged' }
    const withToken = await postForm(`${url}/`, fields, bearerHeader(token))
    assert.equal(withToken.status, 403)
    const forged = await postForm(`${url}/`, fields, { cookie: browser.cookieHeader, origin: 'https://evil.example' })
    assert.equal(forged.status, 403)
    const stranger = await postForm(`${url}/`, fields)
    assert.equal(stranger.status, 303)
    assert.equal(stranger.headers.get('location'), '/accounts/login/')
  })

  test('a token wins over a session that comes with it', async () => {
    const browser = await signedIn()
    const both = await secret({ ...bearerHeader(token), cookie: browser.cookieHeader })
    assert.equal(await both.text(), 'Secret contents!', 'the answer for a program')
    const bad = await secret({ ...bearerHeader('123456'), cookie: browser.cookieHeader })
    assert.equal(bad.status, 401)
  })
})

describe('when something ends', () => {
  test('a token that was revoked at the server is 401 within the bound', async () => {
    const { access_token: gone } = await example.tokens()
    assert.equal((await secret(bearerHeader(gone))).status, 200)
    await postForm(`${example.server.url}/o/revoke_token/`, { token: gone }, basic('clientId', 'clientSecret'))
    example.server.clock.advance(5_000)
    assert.equal((await secret(bearerHeader(gone))).status, 401)
  })

  test('a token that has expired is 401', async () => {
    const own = await startSnippets()
    try {
      const { access_token: old } = await own.tokens()
      const ask = () => fetch(`${own.url}/secret`, { headers: bearerHeader(old), redirect: 'manual' })
      assert.equal((await ask()).status, 200)
      own.server.clock.advance(3_606_000)
      assert.equal((await ask()).status, 401)
    } finally {
      await own.close()
    }
  })

  test('a person who is deactivated at the server is out within the bound', async () => {
    const { context } = example.server
    const { access_token: theirs } = await example.tokens()
    const admin = await findUserByIdentifier(context.database, 'admin@email.com')
    const now = context.clock.now()
    await context.database.commit([setUserActive(admin?.id ?? 0, false, now)])
    example.server.clock.advance(5_000)
    assert.equal((await secret(bearerHeader(theirs))).status, 401)
    await context.database.commit([setUserActive(admin?.id ?? 0, true, now)])
  })

  test('without the server: what is remembered is answered within the bound, all else is 503 and never a pass', async () => {
    const own = await startSnippets()
    try {
      const ask = (one: string) => fetch(`${own.url}/secret`, { headers: bearerHeader(one), redirect: 'manual' })
      const { access_token: known } = await own.tokens()
      const { access_token: other } = await own.tokens()
      assert.equal((await ask(known)).status, 200)
      await own.server.server.close()
      assert.equal((await ask(known)).status, 200)
      const unknown = await ask(other)
      assert.equal(unknown.status, 503)
      assert.match(unknown.headers.get('retry-after') ?? '', /^\d+$/)
      own.server.clock.advance(5_000)
      assert.equal((await ask(known)).status, 503)
    } finally {
      await own.close()
    }
  })
})

test('every address has a rule', () => assertEveryRouteHasARule(inventory(example.app)))
