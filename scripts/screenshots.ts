/**
 * Photographs the pages that the papers show: a server with the demo, a real browser, docs/images/*.png.
 * Usage: node scripts/screenshots.ts [folder]     CHROMIUM_PATH names another browser than the system's or npm's.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { start } from '../examples/site/server.ts'
import { readSettings } from '../examples/site/settings.ts'
import { createServer, type LatchkeyServer } from '../packages/authorization-server/src/index.ts'
import { silentLog } from '../packages/authorization-server/src/platform/log/index.ts'
import { fixedClock } from '../packages/authorization-server/src/platform/time/index.ts'
import { launchChromium } from '../tests/browser/chromium.ts'
import { freePort } from '../tests/support/port.ts'

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '..', 'docs', 'images'))
const day = 86_400_000
const viewport = { width: 1280, height: 800 }

const request = new URLSearchParams({
  response_type: 'code',
  client_id: 'web',
  redirect_uri: 'http://localhost:9999/callback',
  scope: 'openid profile email write',
  state: 'state-of-the-request',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
})

async function photograph(browser: Browser, url: string, later: () => void): Promise<void> {
  const sees = async (colorScheme: 'light' | 'dark', look: (page: Page) => Promise<void>): Promise<void> => {
    const context = await browser.newContext({ viewport, deviceScaleFactor: 1, colorScheme, timezoneId: 'UTC' })
    await look(await context.newPage())
    await context.close()
  }
  await sees('dark', async (page) => {
    await page.goto(`${url}/o/authorize/?${request.toString()}`)
    await save(page, 'sign-in-dark')
  })
  await sees('light', async (page) => {
    await page.goto(`${url}/o/authorize/?${request.toString()}`)
    await save(page, 'sign-in')
    await signIn(page, 'alice@example.com', 'correct-horse-battery')
    await save(page, 'consent')
    // Nothing listens at the demo client's address: the answer is what matters, not where it arrives.
    await page.route('http://localhost:9999/**', (route) => route.fulfill({ body: 'Back at the app' }))
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.waitForURL('http://localhost:9999/**')
    later()
    await page.goto(`${url}/account/`)
    await save(page, 'account')
  })
  await sees('light', async (page) => {
    await page.goto(`${url}/o/applications/`)
    await signIn(page, 'admin@email.com', 'testpass123')
    await save(page, 'applications')
  })
}

/** The site of the SSO pair: before and after, and where an administrator enters what the server gave. */
async function photographSite(browser: Browser, authorization: LatchkeyServer, dataDir: string): Promise<void> {
  // Its own, as it stands in the pictures.
  const port = 9988
  const url = `http://localhost:${port}`
  const { clientId, clientSecret } = await authorization.registerClient({
    clientId: 'site',
    redirectUris: [`${url}/accounts/customprovider/login/callback/`],
    scopes: ['openid', 'profile', 'email', 'read'],
  })
  const variables = { PORT: String(port), DATA_DIR: dataDir, ISSUER: authorization.issuer }
  const secrets = { SIGN_IN_CLIENT_ID: clientId, SIGN_IN_CLIENT_SECRET: clientSecret }
  const site = await start(readSettings({ ...variables, ...secrets }), { clock })
  const context = await browser.newContext({ viewport: { width: 1280, height: 700 }, colorScheme: 'light' })
  try {
    const page = await context.newPage()
    await page.goto(`${url}/accounts/profile`)
    await save(page, 'site-hello-world')
    await page.getByRole('link', { name: 'Login' }).first().click()
    await signIn(page, 'alice@example.com', 'correct-horse-battery')
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.waitForURL(`${url}/accounts/profile`)
    await save(page, 'site-hello')
    await page.emulateMedia({ colorScheme: 'dark' })
    await save(page, 'site-hello-dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.goto((await site.firstAdminLink()) ?? url)
    await page.getByRole('button', { name: 'Enter' }).click()
    await page.goto(`${url}/admin/socialaccount/socialapp/customprovider/change/`)
    await page.setViewportSize({ width: 1280, height: 1000 })
    await save(page, 'site-sign-in')
  } finally {
    await context.close()
    await site.close()
  }
}

async function signIn(page: Page, username: string, password: string): Promise<void> {
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(password)
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Sign in', exact: true }).click()])
}

async function save(page: Page, name: string): Promise<void> {
  const path = join(folder, `${name}.png`)
  const { length } = await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
  console.log(`${path}  ${Math.ceil(length / 1024)} kB`)
}

const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-screenshots-'))
const clock = fixedClock(Date.UTC(2027, 0, 15, 12))
const port = await freePort()
const server = await createServer({
  development: true,
  settings: { server: { dataDir, port } },
  deps: { clock, log: silentLog },
})
const browser = await launchChromium()
try {
  await mkdir(folder, { recursive: true })
  await server.listen()
  await photograph(browser, `http://localhost:${port}`, () => clock.advance(2 * day))
  await photographSite(browser, server, join(dataDir, 'site'))
} finally {
  await browser.close()
  await server.close()
  await rm(dataDir, { recursive: true, force: true })
}
