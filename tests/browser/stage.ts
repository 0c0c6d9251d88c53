// What every browser test stands on: a server, a browser, people of its own, and visits that are watched. A visit fails when
// its pages say anything on the console, break their own content security policy, or ask another origin for anything.
import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { registerUser } from '../../packages/authorization-server/src/records/credentials/index.ts'
import type { User } from '../../packages/authorization-server/src/records/users/index.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../support/server.ts'
import { launchChromium } from './chromium.ts'
import { type RelyingParty, type RelyingPartyOptions, startRelyingParty } from './relying-party.ts'

export interface Person {
  readonly user: User
  readonly email: string
  readonly username: string
  readonly password: string
}

export interface Stage {
  readonly server: TestServer
  readonly browser: Browser
  person(more?: { readonly isSuperuser?: boolean }): Promise<Person>
  app(options?: Partial<RelyingPartyOptions>): Promise<RelyingParty>
  /** A browser that has never been here. */
  visit<T>(options: VisitOptions, act: (page: Page) => Promise<T>): Promise<T>
}

export interface VisitOptions extends BrowserContextOptions {
  readonly scripts: boolean
  /** Origins that may be asked besides those of the stage. */
  readonly also?: readonly string[]
}

const patienceMs = 20_000
const testLimitMs = 60_000

/** Call it at the top of a test file; what it opens is closed when the file is through. */
export async function openStage(options: TestServerOptions = {}): Promise<Stage> {
  const [server, browser] = await Promise.all([startTestServer(options), launchChromium()])
  const apps: RelyingParty[] = []
  let people = 0
  after(async () => {
    await browser.close()
    await Promise.all(apps.map((app) => app.close()))
    await server.close()
  })
  return {
    server,
    browser,
    async person(more = {}) {
      people += 1
      const username = `person${people}`
      const email = `${username}@example.com`
      const password = `quiet-harbour-${people}-lantern`
      const made = await registerUser(server.context, { email, username, ...more }, password)
      if (made.kind !== 'created') throw new Error(`${username} could not be registered.`)
      return { user: made.user, email, username, password }
    },
    async app(registration = {}) {
      const number = apps.length + 1
      const app = await startRelyingParty(server, {
        clientId: `app-${number}`,
        name: `Photo Printer ${number}`,
        ...registration,
      })
      apps.push(app)
      return app
    },
    visit: (how, act) => visit(browser, [server.url, ...apps.map((app) => app.origin)], how, act),
  }
}

export async function visit<T>(
  browser: Browser,
  origins: readonly string[],
  { scripts, also = [], ...options }: VisitOptions,
  act: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({ ...options, javaScriptEnabled: scripts })
  context.setDefaultTimeout(patienceMs)
  try {
    const complaints = await watch(context, [...origins, ...also])
    const result = await act(await context.newPage())
    assert.deepEqual(complaints(), [])
    return result
  } finally {
    await context.close()
  }
}

/** What went wrong in any page of the context so far. */
async function watch(context: BrowserContext, origins: readonly string[]): Promise<() => readonly string[]> {
  const complaints: string[] = []
  const refusedPages = new Set<string>()
  await context.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => console.error('Policy broken: ' + event.violatedDirective + ' ' + event.blockedURI))`,
  )
  context.on('request', (request) => {
    if (!origins.includes(new URL(request.url()).origin)) complaints.push(`asked ${request.url()}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 400 && response.request().isNavigationRequest()) refusedPages.add(response.url())
  })
  context.on('console', (message) => {
    // A page that is an error is told on the console as well; whether it should be one, its test says.
    const isRefusal = message.text().startsWith('Failed to load resource') && refusedPages.has(message.location().url)
    const isTrouble = ['error', 'warning', 'assert'].includes(message.type())
    if (isTrouble && !isRefusal) complaints.push(`${message.type()} at ${message.location().url}: ${message.text()}`)
  })
  context.on('weberror', (error) => complaints.push(`threw ${error.error().message}`))
  return () => complaints
}

/** The same test with scripts on and off: no page of ours needs them. */
export function inBothForms(name: string, run: (scripts: boolean) => Promise<void>): void {
  for (const scripts of [true, false])
    test(`${name} - scripts ${scripts ? 'on' : 'off'}`, { timeout: testLimitMs }, () => run(scripts))
}

/** Presses what leads to another page, and waits until that page stands. */
export async function follow(page: Page, name: string | RegExp): Promise<void> {
  const wanted = typeof name === 'string' ? { name, exact: true } : { name }
  const target = page.getByRole('button', wanted).or(page.getByRole('link', wanted))
  await Promise.all([page.waitForEvent('load'), target.first().click()])
}

export async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await page.locator(`main [name="${name}"]`).fill(value)
}

/** Types the person's e-mail and password into the sign-in page that is open, and sends it. */
export async function signInHere(page: Page, person: Pick<Person, 'email' | 'password'>): Promise<void> {
  await fill(page, { username: person.email, password: person.password })
  await follow(page, 'Sign in')
}

export async function signIn(stage: Stage, page: Page, person: Pick<Person, 'email' | 'password'>): Promise<void> {
  await page.goto(`${stage.server.url}/accounts/login/`)
  await signInHere(page, person)
  assert.equal(page.url(), `${stage.server.url}/account/`)
}

export function heading(page: Page): Promise<string> {
  return page.locator('h1').innerText()
}

/** Evaluates an expression in the page, whose types this side does not know. */
export function ask<T>(page: Page, expression: string, check: (value: unknown) => value is T): Promise<T> {
  return page.evaluate(expression).then((value: unknown) => {
    if (!check(value)) throw new TypeError(`${expression} gave ${JSON.stringify(value)}`)
    return value
  })
}
