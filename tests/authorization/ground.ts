// A server with clients of our choosing, browsers without JavaScript, and what came of an authorization request, whichever way
// it travelled.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  type ClientMetadata,
  type ClientSettings,
  defaultClientSettings,
  insertClient,
  insertSecret,
  plainMetadata,
  storeChosenSecret,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { FormBrowser, type Page } from '../support/form-browser.ts'
import { basic, postForm, type TestServer } from '../support/server.ts'

export const callback = 'https://app.example/cb'
export const verifier = 'a-code-verifier-that-is-long-enough-to-be-taken-0123456789'
export const challenge: string = createHash('sha256').update(verifier).digest('base64url')
export const alice = ['alice', 'correct-horse-battery'] as const
export const admin = ['admin@email.com', 'testpass123'] as const

export type Asked = Readonly<Record<string, string | undefined>>

export interface NewClient extends Partial<Omit<ClientSettings, 'metadata'>> {
  readonly metadata?: Partial<ClientMetadata>
}

/** A confidential client of our own, so that nobody is asked for consent unless the test wants it. */
export async function addClient(
  { context, clock }: TestServer,
  clientId: string,
  { metadata, ...changes }: NewClient = {},
): Promise<void> {
  const settings: ClientSettings = {
    ...defaultClientSettings({ clientId, name: `The ${clientId} app`, isConfidential: true }),
    redirectUris: [callback],
    scopes: ['openid', 'profile', 'email', 'offline_access', 'read', 'write'],
    consent: 'skip',
    ...changes,
    metadata: { ...plainMetadata, ...metadata },
  }
  const secret = await storeChosenSecret(`${clientId}-secret`, context.passwords)
  const now = clock.now()
  await context.database.commit([insertClient(settings, now), insertSecret(clientId, secret, now)])
  context.clients.forget()
}

/** The address of a request; a parameter that is undefined is left out. */
export function authorizePath(clientId: string, asked: Asked = {}): string {
  const parameters: Asked = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: callback,
    scope: 'openid read',
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...asked,
  }
  const pairs = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return `/o/authorize/?${new URLSearchParams(pairs).toString()}`
}

export function browserOf({ server, url }: TestServer): FormBrowser {
  return new FormBrowser(server.app.http, { origin: url })
}

/** The sign-in is a second old, so that no request that comes now began before it. */
export async function signedInBrowser(
  server: TestServer,
  who: readonly [username: string, password: string] = alice,
): Promise<FormBrowser> {
  const browser = browserOf(server)
  await signInAgain(browser, who)
  server.clock.advance(1_000)
  return browser
}

/** Whoever is signed in already: the page asks when it has somewhere to go. */
export async function signInAgain(
  browser: FormBrowser,
  [username, password]: readonly [username: string, password: string] = alice,
): Promise<void> {
  const page = await browser.get('/accounts/login/?next=/account/')
  const back = await browser.submit(page, { username, password }, { action: '/accounts/login/' })
  assert.equal(back.status, 303, back.text)
}

export interface Answer {
  readonly mode: 'query' | 'fragment' | 'form_post'
  /** Where it went, without what was added. */
  readonly address: string
  readonly members: ReadonlyMap<string, string>
}

/** What the client got; each member once. */
export function answerOf(page: Page): Answer {
  const { location } = page
  if (location === undefined) return formAnswer(page)
  const hash = location.indexOf('#')
  const mode = hash >= 0 ? 'fragment' : 'query'
  const at = hash >= 0 ? hash : location.indexOf('?')
  return { mode, address: location.slice(0, at), members: membersOf(new URLSearchParams(location.slice(at + 1))) }
}

function formAnswer(page: Page): Answer {
  assert.equal(page.status, 200, page.text)
  const [form, ...others] = page.forms
  assert.ok(form !== undefined && others.length === 0, `${page.url} is no answer: ${page.text}`)
  return { mode: 'form_post', address: form.action, members: membersOf(form.fields) }
}

function membersOf(pairs: Iterable<readonly [string, string]>): ReadonlyMap<string, string> {
  const all = [...pairs]
  const members = new Map(all)
  assert.equal(members.size, all.length, 'a member came twice')
  return members
}

export function claimsOf(jwt: string | undefined): Readonly<Record<string, unknown>> {
  const body: unknown = JSON.parse(Buffer.from((jwt ?? '').split('.')[1] ?? '', 'base64url').toString())
  assert.ok(typeof body === 'object' && body !== null)
  return { ...body }
}

/** Redeems the code of an answer; the answer of the token endpoint as it came. */
export async function redeem(
  server: TestServer,
  clientId: string,
  answer: Answer,
): Promise<Readonly<Record<string, string | undefined>>> {
  const response = await postForm(
    `${server.url}/o/token/`,
    {
      grant_type: 'authorization_code',
      code: answer.members.get('code') ?? '',
      redirect_uri: answer.address,
      code_verifier: verifier,
    },
    basic(clientId, `${clientId}-secret`),
  )
  return (await response.json()) as Readonly<Record<string, string | undefined>>
}

/** The path that a page or redirect of ours leads back to. */
export function nextOf(page: Page): string {
  const { searchParams } = new URL(page.location ?? '', 'http://here.invalid')
  return searchParams.get('next') ?? ''
}
