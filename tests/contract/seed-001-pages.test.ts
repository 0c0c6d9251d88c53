// Seed 001, the admin site of the resource server: staff sign in with the command's local account, or at the authorization
// server with code and PKCE; they see items and users, and shut users out.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { sql, unguarded } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { freePort } from '../support/port.ts'
import { passwordTokens, startTestServer, type TestServer } from '../support/server.ts'
import { Browser, destinationOf, hiddenFields } from './browser.ts'
import { type RunningItems, startItems, startItemsWithPages } from './items.ts'
import { bearerHeader, sendJson } from './requests.ts'

const example = join(import.meta.dirname, '..', '..', 'examples', 'items')
const local = { email: 'admin@email.com', password: 'testpass123' }

let server: TestServer
let items: RunningItems
let alice = ''
before(async () => {
  server = await startTestServer()
  items = await startItemsWithPages(server)
  await items.accounts.put(local.email, local.password)
  const tokens = await passwordTokens(server.url, { username: 'alice@example.com', password: 'correct-horse-battery' })
  alice = tokens.access_token
  const item = '{"name":"of alice","description":"<b>d</b>","price":"1"}'
  assert.equal((await sendJson(`${items.url}/items/`, 'POST', alice, item)).status, 201)
})
after(async () => {
  await items.close()
  await server.close()
})

async function staff(): Promise<Browser> {
  const browser = new Browser(items.url)
  const response = await browser.post('/sign-in/', { ...local, next: '/admin/items/' })
  assert.equal(response.status, 303)
  assert.equal(response.headers.get('location'), '/admin/items/')
  return browser
}

async function textOf(response: Response, status = 200): Promise<string> {
  assert.equal(response.status, status)
  return response.text()
}

/** Signs in at the authorization server, and comes back. */
async function signedInThere(username: string, password: string, next = '/admin/items/'): Promise<[Browser, Response]> {
  const here = new Browser(items.url)
  const there = new Browser(server.url)
  const begun = destinationOf(await here.get(`/auth/login?next=${next}`), items.url)
  assert.equal(begun.origin, server.url)
  assert.equal(begun.searchParams.get('code_challenge_method'), 'S256')
  const path = begun.pathname + begun.search
  const login = destinationOf(await there.get(path), server.url)
  const back = destinationOf(await there.signIn(username, password, login.pathname + login.search), server.url)
  let authorized = await there.get(back.pathname + back.search)
  if (authorized.status === 200) authorized = await there.decide(authorized, 'allow')
  const callback = destinationOf(authorized, server.url)
  assert.equal(callback.origin, items.url)
  return [here, await here.get(callback.pathname + callback.search)]
}

describe('seed 001, the admin site', () => {
  test('a visitor is sent to the sign-in and comes back', async () => {
    const browser = new Browser(items.url)
    const asked = await browser.get('/admin/users/')
    assert.equal(asked.status, 302)
    assert.equal(asked.headers.get('location'), '/sign-in/?next=/admin/users/')
    const page = await textOf(await browser.get('/sign-in/?next=/admin/users/'))
    assert.match(page, /href="\/auth\/login\?next=%2Fadmin%2Fusers%2F"/)
    assert.equal(hiddenFields(page, '/sign-in/')['next'], '/admin/users/')
  })

  test('with Authorization nobody is sent to a page, and no token opens the admin site', async () => {
    const { access_token: token } = await passwordTokens(server.url)
    const refused = await fetch(`${items.url}/admin/items/`, { headers: bearerHeader('bad'), redirect: 'manual' })
    assert.equal(refused.status, 401)
    const good = await fetch(`${items.url}/admin/items/`, { headers: bearerHeader(token), redirect: 'manual' })
    assert.equal(good.status, 403)
  })

  test('staff see all items, search, add, change and delete them', async () => {
    const browser = await staff()
    const list = await textOf(await browser.get('/admin/items/'))
    assert.match(list, /of alice/)
    assert.match(list, /&#60;b&#62;d&#60;\/b&#62;/, 'what others wrote is shown as text')
    assert.doesNotMatch(await textOf(await browser.get('/admin/items/?q=zzz')), /of alice/)

    const add = await textOf(await browser.get('/admin/items/add/'))
    const wrong = { ...hiddenFields(add, '/admin/items/add/'), name: 'of alice', description: '', price: 'x' }
    const refused = await textOf(await browser.post('/admin/items/add/', wrong), 400)
    for (const words of ['already exists', 'may not be blank', 'A valid number'])
      assert.match(refused, new RegExp(words))
    const right = { ...wrong, name: 'of staff', description: 'd', price: '2' }
    assert.equal((await browser.post('/admin/items/add/', right)).headers.get('location'), '/admin/items/?done=added')

    const saved = await browser.post('/admin/items/1/', { ...right, name: 'renamed' })
    assert.equal(saved.headers.get('location'), '/admin/items/?done=changed')
    const deleted = await browser.post('/admin/items/2/delete/', right)
    assert.equal(deleted.headers.get('location'), '/admin/items/?done=deleted')
    const left: unknown = await (await fetch(`${items.url}/items/`, { headers: bearerHeader(alice) })).json()
    assert.deepEqual(Object(left).length, 1)
    assert.equal(Object(left)[0].name, 'renamed')
  })

  test('a user who is shut out here is refused with the next request, and let in again', async () => {
    const browser = await staff()
    const page = await textOf(await browser.get('/admin/users/'))
    const [, id] = /action="\/admin\/users\/(\d+)\/deactivate\/"[^]*?alice/.exec(page) ?? []
    const fields = hiddenFields(page, `/admin/users/${id}/deactivate/`)
    const list = () => fetch(`${items.url}/items/`, { headers: bearerHeader(alice) })
    assert.equal((await list()).status, 200)
    await browser.post(`/admin/users/${id}/deactivate/`, fields)
    assert.equal((await list()).status, 401)
    await browser.post(`/admin/users/${id}/activate/`, fields)
    assert.equal((await list()).status, 200)
  })

  test('staff cannot shut themselves out', async () => {
    const browser = await staff()
    const page = await textOf(await browser.get('/admin/items/add/'))
    const response = await browser.post('/admin/users/1/deactivate/', hiddenFields(page, '/admin/items/add/'))
    assert.equal(response.status, 403)
  })

  test('a form that another site sends, or that is not of this session, changes nothing', async () => {
    const browser = await staff()
    const page = await textOf(await browser.get('/admin/items/add/'))
    const fields = { ...hiddenFields(page, '/admin/items/add/'), name: 'forged', description: 'd', price: '1' }
    const post = (headers: Readonly<Record<string, string>>, body: Readonly<Record<string, string>> = fields) =>
      fetch(`${items.url}/admin/items/add/`, {
        method: 'POST',
        headers: { cookie: browser.cookieHeader, ...headers },
        body: new URLSearchParams(body),
        redirect: 'manual',
      })
    assert.equal((await post({ 'sec-fetch-site': 'cross-site' })).status, 403)
    assert.equal((await post({ origin: 'https://evil.example' })).status, 403)
    assert.equal((await post({}, { ...fields, form_token: 'x' })).status, 403)
    const api = await fetch(`${items.url}/items/`, {
      method: 'POST',
      headers: { cookie: browser.cookieHeader, origin: 'https://evil.example' },
      body: new URLSearchParams(fields),
    })
    assert.equal(api.status, 403)
    assert.equal((await post({ 'sec-fetch-site': 'same-origin' })).status, 303, 'and from the page itself it works')
  })

  test('guesses at a local password are counted', async () => {
    const browser = new Browser(items.url)
    const wrong = { email: 'guessed@email.com', password: 'wrong' }
    for (const expected of [400, 400, 400, 400, 400, 429]) {
      // One after another: the count is what is tried.
      // oxlint-disable-next-line no-await-in-loop
      assert.equal((await browser.post('/sign-in/', wrong)).status, expected)
    }
    server.clock.advance(60_000)
    await staff()
  })

  test('signing in leads to a path of this site only', async () => {
    const browser = new Browser(items.url)
    for (const next of ['//evil.example/', 'https://evil.example/', String.raw`/\evil.example`]) {
      // oxlint-disable-next-line no-await-in-loop
      const response = await browser.post('/sign-in/', { ...local, next })
      assert.equal(response.headers.get('location'), '/admin/items/', next)
    }
  })

  test('signing out ends the session', async () => {
    const browser = await staff()
    const cookies = browser.cookieHeader
    const page = await textOf(await browser.get('/admin/items/'))
    assert.equal((await browser.post('/sign-out/', hiddenFields(page, '/sign-out/'))).status, 303)
    const again = await fetch(`${items.url}/admin/items/`, { headers: { cookie: cookies }, redirect: 'manual' })
    assert.equal(again.status, 302, 'also for whoever kept the cookie')
  })

  test('every page forbids scripts and frames, and keeps itself out of caches', async () => {
    const browser = await staff()
    for (const path of ['/', '/admin/items/', '/admin/users/', '/nowhere/']) {
      // oxlint-disable-next-line no-await-in-loop
      const { headers } = await fetch(items.url + path, {
        headers: { cookie: browser.cookieHeader, accept: 'text/html' },
      })
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'.*frame-ancestors 'none'$/, path)
      assert.equal(headers.get('cache-control'), 'no-store', path)
    }
  })
})

describe('seed 001, a browser at the API', () => {
  test('the session reads and writes there, as the seed’s session authentication does', async () => {
    const browser = await staff()
    const accept = { accept: 'text/html', cookie: browser.cookieHeader }
    const list = await textOf(await fetch(`${items.url}/items/`, { headers: accept }))
    assert.match(list, /<form method="post" action="\/items\/"/)
    const post = (path: string, fields: Readonly<Record<string, string>>) =>
      fetch(items.url + path, {
        method: 'POST',
        headers: { ...accept, origin: items.url },
        body: new URLSearchParams(fields),
        redirect: 'manual',
      })
    const made = await post('/items/', { name: 'by form', description: 'd', price: '3' })
    const [, id] = /&#34;id&#34;: (\d+)/.exec(await textOf(made, 201)) ?? []
    const wrong = await post(`/items/${id}/`, { _method: 'PUT', name: 'by form', description: 'd', price: '-3' })
    assert.match(await textOf(wrong, 400), /greater than or equal to 0/)
    const changed = await post(`/items/${id}/`, { _method: 'PUT', name: 'by form', description: 'd', price: '4' })
    assert.match(await textOf(changed), /4\.00/)
    const gone = await post(`/items/${id}/`, { _method: 'DELETE' })
    assert.equal(gone.status, 303)
  })

  test('nobody signed in: 401 with a challenge, and the way to sign in', async () => {
    const response = await fetch(`${items.url}/items/`, { headers: { accept: 'text/html' } })
    assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer /)
    assert.match(await textOf(response, 401), /href="\/sign-in\/\?next=%2Fitems%2F"/)
  })
})

describe('seed 001, signing in at the authorization server (RFC 7636)', () => {
  test('whoever is in the staff’s group there is staff here, and is the user that their tokens name', async () => {
    const { access_token: token } = await passwordTokens(server.url)
    await sendJson(`${items.url}/items/`, 'POST', token, '{"name":"of admin","description":"d","price":"1"}')
    const [browser, back] = await signedInThere('admin@email.com', 'testpass123')
    assert.equal(back.headers.get('location'), '/admin/items/')
    const page = await textOf(await browser.get('/admin/items/'))
    assert.match(page, /of admin/)
    const users = await textOf(await browser.get('/admin/users/'))
    const own = /<tr>(?:(?!<\/tr>)[^])*>You</.exec(users)?.[0] ?? ''
    assert.match(own, /data-title="Items" class="number">1</, 'token and sign-in are one user')
  })

  test('somebody else signs in, changes their own items in the browser, and is no staff', async () => {
    const [browser] = await signedInThere('alice@example.com', 'correct-horse-battery', '/items/')
    const headers = { accept: 'text/html', cookie: browser.cookieHeader }
    assert.match(await textOf(await fetch(`${items.url}/items/`, { headers })), /alice/)
    assert.equal((await browser.get('/admin/items/')).status, 403)
    const foreign = await fetch(`${items.url}/items/`, { headers: bearerHeader(alice) })
    const other = Object(await foreign.json()).find((one: { name: string }) => one.name === 'of admin')
    const body = new URLSearchParams({ _method: 'DELETE' })
    const refused = await fetch(`${items.url}/items/${other.id}/`, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
    })
    assert.equal(refused.status, 403)
  })

  test('signing out ends both sessions', async () => {
    const [browser] = await signedInThere('admin@email.com', 'testpass123', '/')
    const page = await textOf(await browser.get('/'))
    const out = await browser.post('/auth/logout', hiddenFields(page, '/auth/logout'))
    assert.equal(destinationOf(out, items.url).origin, server.url, 'the server is told')
    assert.equal((await browser.get('/admin/items/')).status, 302)
  })

  test('a staff member who leaves the group is staff for a minute at most', async () => {
    const [browser] = await signedInThere('admin@email.com', 'testpass123')
    assert.equal((await browser.get('/admin/items/')).status, 200)
    await server.context.database.commit([unguarded(sql`delete from memberships`)])
    server.clock.advance(60_000)
    assert.equal((await browser.get('/admin/items/')).status, 403)
  })
})

describe('seed 001, the commands', () => {
  test('createsuperuser asks for a password and makes an account that can sign in', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-items-'))
    const DATABASE = join(folder, 'items.db')
    const run = (typed: string) =>
      new Promise<{ readonly code: number; readonly text: string }>((resolve) => {
        const env = { ...process.env, DATABASE, PUBLIC_URL: 'http://localhost:8001' }
        const child = execFile(process.execPath, [join(example, 'staff', 'create.ts')], { env }, (error, out, err) =>
          resolve({ code: error === null ? 0 : 1, text: out + err }),
        )
        child.stdin?.end(typed)
      })
    try {
      assert.match((await run('nobody\n')).text, /is no e-mail address/)
      assert.match((await run('admin@email.com\nshort\n')).text, /at least 8 characters/)
      const made = await run('admin@email.com\ntestpass123\n')
      assert.equal(made.code, 0)
      assert.match(made.text, /admin@email\.com can sign in at http:\/\/localhost:8001\/admin\//)
      const own = await startItems(server, { DATABASE, PUBLIC_URL: 'http://localhost:8001' })
      assert.ok((await own.accounts.signIn('ADMIN@email.com', 'testpass123')) !== undefined)
      assert.equal(await own.accounts.signIn('admin@email.com', 'wrong'), undefined)
      await own.close()
      assert.doesNotMatch((await readFile(DATABASE)).toString('latin1'), /testpass123/)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('a copy of the folder, with npm’s packages beside it, starts by itself', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-items-'))
    const copy = join(folder, 'items')
    const port = await freePort()
    await cp(example, copy, { recursive: true, filter: (name) => !/[/\\]\.items/.test(name) })
    await symlink(join(example, '..', '..', 'node_modules'), join(folder, 'node_modules'))
    const child = spawn(process.execPath, ['server.ts'], {
      cwd: copy,
      env: { ...process.env, PORT: String(port), ISSUER: server.issuer },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exit = once(child, 'exit')
    try {
      const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
      assert.match(String(line), /The items API listens on http:\/\/localhost:\d+; its tokens come from /)
      assert.equal((await fetch(`http://localhost:${port}/items/`)).status, 401)
      assert.equal((await fetch(`http://localhost:${port}/items/`, { headers: bearerHeader(alice) })).status, 200)
      child.kill('SIGTERM')
      assert.deepEqual(await exit, [0, null])
    } finally {
      child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('at most ten lines of the example concern authentication, and they are marked', async () => {
    const names = await readdir(example, { recursive: true })
    const sources = await Promise.all(
      names.filter((name) => name.endsWith('.ts')).map(async (name) => readFile(join(example, name), 'utf8')),
    )
    const marked = sources.flatMap((source) => source.split('\n').filter((line) => line.endsWith('// auth')))
    assert.ok(marked.length > 0 && marked.length <= 10, `${marked.length} lines`)
    const calls = /\b(protect|login|fastifyLogin|fastifyGuard|guard|api\.\w+)\(/
    const calling = sources.flatMap((source) => source.split('\n').filter((line) => calls.test(line)))
    assert.deepEqual(
      calling.filter((line) => !/ \/\/ auth$|^(\/\/| \*|\/\*)/.test(line)),
      [],
    )
  })
})
