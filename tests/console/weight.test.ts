// What pages weigh and load: scripts within their budgets, all of our own origin, and a policy without exceptions on every page
// that any route answers with (Content Security Policy Level 3; OWASP ASVS 5.0 V3.4.3).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FormBrowser, Page } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { consolePages } from './console-pages.ts'
import { fillLists, firstRows } from './full-lists.ts'
import { administrator, browserOf } from './ground.ts'

let server: TestServer
let admin: FormBrowser

before(async () => {
  server = await startTestServer()
  await fillLists(server)
  admin = await administrator(server)
})
after(() => server.close())

function isHtml(page: Page): boolean {
  return String(page.headers['content-type']).startsWith('text/html')
}

/** The addresses of what a page loads by itself. */
function loadsOf({ body }: Page): readonly string[] {
  return [...body.matchAll(/<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)="([^"]*)"/g)].map(
    ([, address = '']) => address,
  )
}

function assertStrict(page: Page, path: string): void {
  const policy = String(page.headers['content-security-policy'])
  assert.match(policy, /^default-src 'none';/, path)
  assert.match(policy, /script-src 'self';/, path)
  assert.match(policy, /style-src 'self';/, path)
  assert.doesNotMatch(policy, /unsafe|\*|https?:\/\/(?!localhost)/, path)
  assert.doesNotMatch(page.body, /<script(?![^>]*\bsrc=)|<style|<[^>]+\s(?:style|on[a-z]+)=/i, path)
  for (const address of loadsOf(page)) assert.match(address, /^(?:\/(?!\/)|data:)/, `${path} loads ${address}`)
}

async function pathsOfConsole(): Promise<readonly string[]> {
  const rows = await firstRows(server)
  const pages = await consolePages(server.context, (noun) => rows.get(noun))
  return [...new Set([...pages.values()].flat().map(({ path }) => path))]
}

async function weightOf(scripts: ReadonlySet<string>): Promise<number> {
  const browser = browserOf(server)
  const bodies = await Promise.all([...scripts].map((path) => browser.get(path)))
  return bodies.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0)
}

const scriptsOf = (page: Page): readonly string[] => loadsOf(page).filter((path) => path.includes('.js'))

test('all scripts of all pages of the console together are 40 kB at most, and each page is strict', async () => {
  const paths = await pathsOfConsole()
  assert.ok(paths.length > 100, String(paths.length))
  const scripts = new Set<string>()
  for (const path of paths) {
    const page = await admin.get(path)
    assert.ok(isHtml(page), path)
    assertStrict(page, path)
    for (const script of scriptsOf(page)) scripts.add(script)
  }
  assert.ok([...scripts].some((path) => path.includes('/console.js')))
  const weight = await weightOf(scripts)
  assert.ok(weight > 1_000 && weight <= 40_000, `${weight} bytes: ${[...scripts].join()}`)
})

test('the scripts of the sign-in page are 5 kB at most, and none of them is of the console', async () => {
  const scripts = new Set(scriptsOf(await browserOf(server).get('/accounts/login/')))
  assert.equal(scripts.size, 1)
  const weight = await weightOf(scripts)
  assert.ok(weight > 1_000 && weight <= 5_000, `${weight} bytes`)
})

test('whatever any route answers with a page has the strict policy, for nobody and for a superuser', async () => {
  const routes = server.server.app.features.flatMap(({ routes: own }) => own).filter(({ method }) => method === 'GET')
  let pages = 0
  for (const browser of [browserOf(server), admin]) {
    for (const { path } of routes) {
      const address = path.replaceAll(/:noun/g, 'users').replaceAll(/:\w+/g, '1').replace('*', 'x')
      const page = await browser.get(address)
      if (!isHtml(page)) continue
      pages += 1
      assertStrict(page, address)
    }
  }
  assert.ok(pages > 40, String(pages))
})
