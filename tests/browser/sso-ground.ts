// The SSO pair as people run it: server, site and items as separate processes, and a real browser in front of them.
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { freePort } from '../support/port.ts'
import { launchChromium } from './chromium.ts'
import { follow, heading, signInHere, visit, type VisitOptions } from './stage.ts'
import { type Member, people, type Registration } from './sso-people.ts'

export const profile = '/accounts/profile'
export const callback = '/accounts/customprovider/login/callback/'

export interface Part {
  readonly url: string
  /** What it said when it was ready. */
  readonly said: Readonly<Record<string, string>>
  /** Puts its clock so far forward. */
  ahead(ms: number): Promise<void>
}

export interface SsoGround {
  readonly server: Part
  readonly site: Part
  readonly items: Part
  /** Another site; it is told its client by the environment that is given, or by an administrator. */
  startSite(variables: Readonly<Record<string, string>>): Promise<Part>
  /** Somebody who has never been anywhere. */
  member(): Member
  visit(options: Partial<VisitOptions>, act: (page: Page) => Promise<void>): Promise<void>
}

/** Call it at the top of a test file; what it starts ends when the file is through. */
/** @param hearsOfLogouts whether the server tells the apps that a session ended there */
export async function openSso({
  hearsOfLogouts = true,
}: {
  readonly hearsOfLogouts?: boolean
} = {}): Promise<SsoGround> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-sso-'))
  const children: ChildProcess[] = []
  const browser = await launchChromium()
  after(async () => {
    await browser.close()
    await Promise.all(children.map(end))
    await rm(folder, { recursive: true, force: true })
  })
  const start = async (role: string, port: number, variables: Readonly<Record<string, string>>): Promise<Part> => {
    const env = { ...process.env, PORT: String(port), DATA_DIR: join(folder, `${role}-${port}`), ...variables }
    const child = fork(join(import.meta.dirname, 'sso-part.ts'), [role], { env })
    children.push(child)
    const said = await answerOf(child, role)
    return {
      url: `http://localhost:${port}`,
      said,
      async ahead(ms) {
        child.send({ ahead: ms })
        await answerOf(child, role)
      },
    }
  }
  const [serverPort, sitePort, itemsPort] = [await freePort(), await freePort(), await freePort()]
  const registrations = [siteAt(sitePort), itemsAt(itemsPort)]
  const clients = registrations.map(({ backchannelLogoutUri, ...client }) =>
    hearsOfLogouts ? { ...client, backchannelLogoutUri } : client,
  )
  const server = await start('server', serverPort, { CLIENTS: JSON.stringify(clients) })
  const issuer = `${server.url}/o`
  const knownAs = (id: string): Readonly<Record<string, string>> => ({
    ISSUER: issuer,
    SIGN_IN_CLIENT_ID: id,
    SIGN_IN_CLIENT_SECRET: server.said[id] ?? '',
  })
  const [site, items] = await Promise.all([
    start('site', sitePort, knownAs('site')),
    start('items', itemsPort, { ...knownAs('items-pages'), SESSION_SECRET: 's'.repeat(40) }),
  ])
  const strangers = people.values()
  const sites: Part[] = [site]
  return {
    server,
    site,
    items,
    async startSite(variables) {
      const made = await start('site', await freePort(), { ISSUER: issuer, ...variables })
      sites.push(made)
      return made
    },
    member() {
      const { value } = strangers.next()
      if (value === undefined) throw new Error('Nobody is left.')
      return value
    },
    visit: (options, act) =>
      visit(browser, [server.url, items.url, ...sites.map(({ url }) => url)], { scripts: false, ...options }, act),
  }
}

function siteAt(port: number): Registration {
  const url = `http://localhost:${port}`
  return {
    clientId: 'site',
    name: 'Site',
    redirectUris: [url + callback],
    postLogoutRedirectUris: [`${url}/accounts/logged-out/`],
    scopes: ['openid', 'profile', 'email', 'read'],
    backchannelLogoutUri: `${url}/accounts/backchannel-logout/`,
  }
}

function itemsAt(port: number): Registration {
  const url = `http://localhost:${port}`
  return {
    clientId: 'items-pages',
    name: 'Items pages',
    redirectUris: [`${url}/auth/callback`],
    postLogoutRedirectUris: [`${url}/auth/logged-out`],
    scopes: ['openid', 'profile', 'email', 'read'],
    backchannelLogoutUri: `${url}/auth/backchannel-logout`,
  }
}

async function answerOf(child: ChildProcess, role: string): Promise<Readonly<Record<string, string>>> {
  const exit = once(child, 'exit').then(([code]) => {
    throw new Error(`The ${role} ended with ${String(code)}.`)
  })
  const [said] = (await Promise.race([once(child, 'message'), exit])) as [Readonly<Record<string, string>>]
  return said
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.disconnect()
  await ended
}

/** From "Hello world!" to the greeting, with everything that a first time asks. */
export async function signInFirst(page: Page, site: Part, person: Member): Promise<void> {
  await page.goto(site.url + profile)
  await follow(page, 'Login')
  await signInHere(page, person)
  await follow(page, 'Authorize')
  assert.equal(await heading(page), `Hello ${person.username}!`)
}

/** Loads the page again until it says so: a logout of another place arrives by itself, a moment later. */
export async function reloadUntil(page: Page, title: string): Promise<void> {
  const deadline = Date.now() + 15_000
  while ((await heading(page)) !== title) {
    assert.ok(Date.now() < deadline, `it still says ${await heading(page)}`)
    await sleep(200)
    await page.reload()
  }
}
