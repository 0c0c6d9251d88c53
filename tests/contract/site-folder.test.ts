// examples/site is a folder that people copy: nothing in it reaches out of it, what concerns authentication is the few lines that
// its README shows, and it starts alone. Also what its pages answer without a browser: seed 003, contract of the client.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { start } from '../../examples/site/server.ts'
import { readSettings } from '../../examples/site/settings.ts'
import { freePort } from '../support/port.ts'

const folder = join(import.meta.dirname, '..', '..', 'examples', 'site')
const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
const sources = globSync('**/*.ts', { cwd: folder, exclude: ['node_modules/**'] })
const scratch = mkdtempSync(join(tmpdir(), 'latchkey-site-'))
after(() => rmSync(scratch, { recursive: true, force: true }))

test('it imports only its own files, node and the packages that it declares', () => {
  const { dependencies, scripts } = JSON.parse(read('package.json'))
  assert.equal(scripts.start, 'node server.ts')
  for (const path of sources) {
    for (const [, specifier = ''] of read(path).matchAll(/(?:from|import\() ?'([^']+)'/g)) {
      if (specifier.startsWith('node:')) continue
      if (specifier.startsWith('.')) {
        assert.ok(join(folder, path, '..', specifier).startsWith(`${folder}/`), `${path}: ${specifier}`)
        continue
      }
      const declared = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1)
      assert.ok(Object.hasOwn(dependencies, declared.join('/')), `${path} imports ${specifier}`)
    }
  }
})

test('at most ten lines concern authentication, and the README shows each of them', () => {
  const marked = (text: string): readonly string[] =>
    text
      .split('\n')
      .filter((line) => line.endsWith(' // auth'))
      .map((line) => line.trim())
  const lines = sources.flatMap((path) => marked(read(path)))
  assert.ok(lines.length > 0 && lines.length <= 10, `${lines.length} lines`)
  assert.deepEqual(marked(read('README.md')), lines)
  const calls = /\b(login|fastifyLogin|sqliteAccounts|sqliteSessions)\(|\bauth\.\w/
  for (const path of sources) {
    for (const line of read(path).split('\n')) {
      if (calls.test(line) && !line.startsWith('//')) assert.match(line, / \/\/ auth$/, `${path}: ${line}`)
    }
  }
})

test('a copy of the folder, with npm’s packages beside it, starts by itself and ends when it is told to', async () => {
  const copy = join(scratch, 'copy')
  cpSync(folder, copy, { recursive: true, filter: (name) => !/[/\\]\.site/.test(name) })
  symlinkSync(join(folder, '..', '..', 'node_modules'), join(scratch, 'node_modules'))
  const port = await freePort()
  const env = { ...process.env, PORT: String(port) }
  const child = spawn(process.execPath, ['server.ts'], { cwd: copy, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'exit')
  try {
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
    assert.equal(String(line), `Site: http://localhost:${port}\n`)
    const [words] = await once(child.stderr.setEncoding('utf8'), 'data')
    assert.match(String(words), /works once, within an hour: http:\/\/localhost:\d+\/admin\/enter\/\?key=[\w-]{43}\n/)
    const page = await fetch(`http://localhost:${port}/accounts/profile`)
    assert.equal(page.status, 200)
    assert.match(await page.text(), /<h1>Hello world!<\/h1>/)
    child.kill('SIGTERM')
    assert.deepEqual(await exit, [0, null])
  } finally {
    child.kill('SIGKILL')
  }
})

test('npm run admin makes a link while the site runs', async () => {
  const child = spawn(process.execPath, ['admin/link.ts'], {
    cwd: folder,
    env: { ...process.env, DATA_DIR: join(scratch, 'link'), PUBLIC_URL: 'https://site.example' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  assert.match(String(line), /^https:\/\/site\.example\/admin\/enter\/\?key=[\w-]{43}\n$/)
})

describe('its pages', async () => {
  const port = await freePort()
  const settings = readSettings({ PORT: String(port), DATA_DIR: join(scratch, 'pages') })
  const site = await start(settings)
  after(() => site.close())
  const get = (path: string): Promise<Response> => fetch(site.url + path, { redirect: 'manual' })

  test('begin the sign-in of the tutorial: its path, its redirect URI, the scope read', async () => {
    const dataDir = join(scratch, 'plain')
    const plain = await start(
      readSettings({ PORT: String(await freePort()), DATA_DIR: dataDir, SIGN_IN_KIND: 'oauth2' }),
    )
    try {
      const first = await fetch(`${plain.url}/accounts/login/?provider=customprovider`, { redirect: 'manual' })
      const url = new URL(first.headers.get('location') ?? '')
      assert.equal(url.origin + url.pathname, 'http://localhost:8000/o/authorize/')
      assert.equal(url.searchParams.get('redirect_uri'), `${plain.url}/accounts/customprovider/login/callback/`)
      assert.equal(url.searchParams.get('scope'), 'read')
      assert.equal(url.searchParams.get('client_id'), 'site')
      assert.equal(url.searchParams.get('response_type'), 'code')
      assert.equal(url.searchParams.get('code_challenge_method'), 'S256')
    } finally {
      await plain.close()
    }
  })

  test('are served with and without the last slash, and send nobody elsewhere', async () => {
    for (const path of ['/accounts/profile', '/accounts/profile/']) assert.equal((await get(path)).status, 200)
    assert.equal((await get('/')).headers.get('location'), '/accounts/profile')
    const elsewhere = await get('/accounts/customprovider/login/?next=https://evil.example/')
    const location = elsewhere.headers.get('location') ?? ''
    assert.ok(location.startsWith('/accounts/login/?'), location)
    assert.equal((await get('/nothing')).status, 404)
  })

  test('run no script, and are in no frame', async () => {
    const { headers } = await get('/accounts/profile')
    assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'self';/)
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
    assert.equal(headers.get('cache-control'), 'no-store')
  })

  test('take no form of another site, and no admin form without an administrator', async () => {
    const link = (await site.firstAdminLink()) ?? ''
    const key = new URL(link).searchParams.get('key') ?? ''
    const post = (path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) =>
      fetch(site.url + path, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' })
    for (const foreign of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      assert.equal((await post('/admin/enter/', { key }, foreign)).status, 403)
    }
    const own = { origin: site.url }
    assert.equal((await post('/admin/auth/user/add/', { username: 'eve' }, own)).status, 403)
    assert.equal((await post('/admin/enter/', { key: 'guessed' }, own)).status, 403)
    const entered = await post('/admin/enter/', { key }, own)
    assert.equal(entered.status, 303)
    const cookie = entered.headers.get('set-cookie') ?? ''
    assert.match(cookie, /^site_admin=[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/)
    const inside = { ...own, cookie: cookie.split(';', 1)[0] ?? '' }
    assert.equal((await post('/admin/auth/user/add/', { username: 'eve', isActive: 'on' }, inside)).status, 303)
    assert.equal((await post('/admin/enter/', { key }, own)).status, 403, 'the link works once')
    assert.equal((await post('/admin/leave/', {}, inside)).status, 303)
    assert.equal((await fetch(`${site.url}/admin/`, { headers: inside })).status, 403)
  })
})

test('settings that make no sense stop the start, and are named', async () => {
  assert.throws(() => readSettings({ PORT: 'x' }), /PORT is x/)
  assert.throws(() => readSettings({ SIGN_IN_KIND: 'saml' }), /SIGN_IN_KIND is saml/)
  assert.throws(() => readSettings({ ISSUER: 'here' }), /ISSUER is here/)
  const insecure = { ISSUER: 'http://id.example/o', DATA_DIR: join(scratch, 'insecure') }
  await assert.rejects(start(readSettings(insecure)), /issuer must be an https URL/)
})
