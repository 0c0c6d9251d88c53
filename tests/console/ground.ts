// What the tests of the console share: people of each role, and calls of its API as a script of its pages makes them.
import assert from 'node:assert/strict'
import { registerUser } from '../../packages/authorization-server/src/records/credentials/index.ts'
import {
  addMember,
  findGroup,
  insertGroup,
  updateGroup,
} from '../../packages/authorization-server/src/records/groups/index.ts'
import type { NewUser, User } from '../../packages/authorization-server/src/records/users/index.ts'
import { FormBrowser } from '../support/form-browser.ts'
import type { TestServer } from '../support/server.ts'

export const password = 'quiet-harbour-lantern'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

export async function person(server: TestServer, name: string, more: Partial<NewUser> = {}): Promise<User> {
  const made = await registerUser(server.context, { email: `${name}@example.com`, ...more }, password)
  if (made.kind !== 'created') throw new Error(`${name} could not be registered.`)
  return made.user
}

export function browserOf(server: TestServer): FormBrowser {
  return new FormBrowser(server.server.app.http, { origin: server.url })
}

export async function signedIn(server: TestServer, name: string, secret: string = password): Promise<FormBrowser> {
  const browser = browserOf(server)
  const email = name.includes('@') ? name : `${name}@example.com`
  assert.equal((await browser.signIn(email, secret)).url, '/account/')
  return browser
}

export function administrator(server: TestServer): Promise<FormBrowser> {
  return signedIn(server, 'admin@email.com', 'testpass123')
}

export interface CallOptions {
  readonly body?: unknown
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A call of the API with the cookies of a browser, and the form token of its session unless told otherwise. */
export async function call(
  server: TestServer,
  browser: FormBrowser,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  options: CallOptions = {},
): Promise<Answer> {
  const token = options.token ?? (method === 'GET' ? '' : await tokenOf(browser))
  const reply = await server.server.app.http.inject({
    method,
    url,
    remoteAddress: '192.0.2.1',
    headers: {
      host: new URL(server.url).host,
      accept: 'application/json',
      cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(token === '' ? {} : { 'x-csrf-token': token }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined
      ? {}
      : { payload: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
  })
  const isJson = (reply.headers['content-type'] ?? '').includes('json')
  return {
    status: reply.statusCode,
    headers: reply.headers,
    text: reply.body,
    body: isJson && reply.body !== '' ? (JSON.parse(reply.body) as Answer['body']) : {},
  }
}

export async function tokenOf(browser: FormBrowser): Promise<string> {
  return (await browser.get('/account/password/')).field('csrf_token') ?? ''
}

/** A group of its own, whose permissions a test sets as it goes. */
export async function groupOf(
  server: TestServer,
  name: string,
  member: User,
): Promise<(permissions: readonly string[]) => Promise<void>> {
  const { database, clock } = server.context
  await database.commit([insertGroup(name, [], clock.now())])
  const found = async () => {
    const group = await findGroup(database, name)
    if (group === undefined) throw new Error('There is no such group.')
    return group
  }
  await database.commit([addMember((await found()).id, member.id)])
  return async (permissions) => {
    const result = await database.commit([updateGroup(await found(), name, permissions)])
    assert.ok(result.won)
  }
}
