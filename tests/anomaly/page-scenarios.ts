// The forms that people send on the pages of their account and their applications, as scenarios: whatever fails, either all that the
// form asks for is in the tables, or nothing of it.
import assert from 'node:assert/strict'
import { sessionCookieFor } from '../../packages/authorization-server/src/features/browser/index.ts'
import { randomId } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import { raw } from '../../packages/authorization-server/src/platform/storage/index.ts'
import {
  defaultClientSettings,
  findClient,
  insertClient,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { giveConsent } from '../../packages/authorization-server/src/records/consents/index.ts'
import { isPasswordOf, registerUser } from '../../packages/authorization-server/src/records/credentials/index.ts'
import { findUserByIdentifier, insertUser } from '../../packages/authorization-server/src/records/users/index.ts'
import { callback, codeFor, redeem, signedIn } from '../races/ground.ts'
import { FormBrowser, type Page } from '../support/form-browser.ts'
import type { Attempt, Ground, Scenario } from './scenarios.ts'

const password = 'correct-horse-battery'
/** What an act of authority changes. When a session was seen last changes with every look. */
const tables = [
  'select * from users order by id',
  'select * from passwords order by user_id',
  'select * from clients order by id',
  'select * from client_secrets order by id',
  'select * from consents order by user_id, client_row',
  'select * from grants order by id',
  'select id, user_epoch, ended_at from sessions order by id',
]

async function rowsNow({ context }: Ground): Promise<string> {
  const all = await Promise.all(tables.map((query) => context.database.all(raw(query))))
  return JSON.stringify(all)
}

interface Form {
  readonly browser: FormBrowser
  send(): Promise<Page>
}

function scenario(prepare: (ground: Ground) => Promise<Form>): Scenario {
  return async (ground): Promise<Attempt> => {
    const { send } = await prepare(ground)
    const before = await rowsNow(ground)
    return {
      send: async () => {
        const { status, location, body } = await send()
        return { status, body: { location, secret: /lk_sec_[A-Za-z0-9_-]{43}/.exec(body)?.[0] } }
      },
      // A new secret is shown in the answer itself, every other success leads on.
      isSuccess: ({ status, body }) => status === 303 || (status === 200 && body['secret'] !== undefined),
      succeeded: async () => assert.notEqual(await rowsNow(ground), before, 'nothing was done'),
      refused: async () => assert.equal(await rowsNow(ground), before, 'something was done'),
    }
  }
}

let people = 0

/** Somebody new, with a grant and a consent, in one of two sessions of theirs; a password costs time. */
async function visitor(
  ground: Ground,
  hasPassword = false,
): Promise<{ readonly ground: Ground; readonly browser: FormBrowser }> {
  const { context, server, post, client } = ground
  const email = `visitor-${++people}@example.com`
  if (hasPassword) await registerUser(context, { email }, password)
  else await context.database.commit([insertUser({ subject: randomId(context.random), email }, context.clock.now())])
  const [person, elsewhere] = [await signedIn(context, email), await signedIn(context, email)]
  const { id } = person.user
  await context.database.commit([giveConsent(id, client.row, ['read', 'write'], undefined, context.clock.now())])
  for (const one of [person, elsewhere]) await redeem(post, client, await codeFor(context, one, client))
  const browser = new FormBrowser(server.app.http, { origin: context.publicUrl })
  const [pair = ''] = sessionCookieFor(context, person.session.id).split(';')
  const [name = '', ...value] = pair.split('=')
  browser.cookies.set(name, value.join('='))
  return { ground: { ...ground, person }, browser }
}

type Fields = Parameters<FormBrowser['submit']>[1]

/** The form of a page of one's own, sent with some fields changed. */
function own(path: string, fields: Fields = {}, action = path): Scenario {
  return scenario(async (given) => {
    const { browser } = await visitor(given, path === '/account/password/')
    const shown = await browser.get(path)
    return { browser, send: () => browser.submit(shown, fields, { action }) }
  })
}

/** As {@link own}, on an application of the visitor's. */
function onApplication(name: string, fields: Fields = {}, page: string = name): Scenario {
  return scenario(async (given) => {
    const { browser, ground } = await visitor(given)
    const { context, person } = ground
    const clientId = `shop-${people}`
    const settings = {
      ...defaultClientSettings({ clientId, name: 'Shop', isConfidential: true }),
      redirectUris: [callback],
    }
    await context.database.commit([insertClient({ ...settings, ownerId: person.user.id }, context.clock.now())])
    const client = await findClient(context.database, clientId)
    const base = `/o/applications/${client?.row}/`
    if (name === 'remove-secret/') await twoSecrets(browser, base)
    const shown = await browser.get(base + page)
    const csrf = { csrf_token: shown.field('csrf_token') }
    const send = (): Promise<Page> =>
      name === 'add-redirect-uri/'
        ? browser.post(base + name, { ...csrf, ...fields })
        : browser.submit(shown, fields, { action: base + name })
    return { browser, send }
  })
}

async function twoSecrets(browser: FormBrowser, base: string): Promise<void> {
  for (const _time of [1, 2]) await browser.submit(await browser.get(base), {}, { action: `${base}rotate-secret/` })
}

/** Two commits, the account and its first session: the account is there as a whole or not at all, and then it can sign in. */
const signUp: Scenario = async ({ server, context }) => {
  const browser = new FormBrowser(server.app.http, { origin: context.publicUrl })
  const email = `signs-up-${++people}@example.com`
  const shown = await browser.get('/accounts/signup/')
  const account = () => findUserByIdentifier(context.database, email)
  const whole = async (): Promise<boolean> => {
    const user = await account()
    return user !== undefined && isPasswordOf(context, user, password)
  }
  return {
    send: async () => {
      const isThere = (await account()) !== undefined
      const page = isThere
        ? await browser.submit(await browser.get('/accounts/login/'), { username: email, password })
        : await browser.submit(shown, { email, password, password2: password })
      return { status: page.status, body: { location: page.location } }
    },
    isSuccess: ({ status }) => status === 303,
    succeeded: async () => assert.equal(await whole(), true),
    refused: async () => assert.equal((await account()) === undefined || (await whole()), true, 'half an account'),
  }
}

const newPassword = 'another-horse-battery'

export const pageScenarios: Readonly<Record<string, Scenario>> = {
  'POST /account/profile/': own('/account/profile/', { first_name: 'New' }),
  'POST /account/password/': own('/account/password/', {
    old_password: password,
    password: newPassword,
    password2: newPassword,
  }),
  'POST /account/apps/revoke/': own('/account/apps/', {}, '/account/apps/revoke/'),
  'POST /account/sessions/end/': scenario(async (given) => {
    const { browser } = await visitor(given)
    const shown = await browser.get('/account/sessions/')
    const other = shown.forms.findLast(({ action }) => action === '/account/sessions/end/')
    return { browser, send: () => browser.post('/account/sessions/end/', Object.fromEntries(other?.fields ?? [])) }
  }),
  'POST /account/sessions/end-others/': own('/account/sessions/', {}, '/account/sessions/end-others/'),
  'POST /o/authorized_tokens/:id/delete/': scenario(async (given) => {
    const { browser } = await visitor(given)
    const list = await browser.get('/o/authorized_tokens/')
    const path = /\/o\/authorized_tokens\/[^"/]+\/delete\//.exec(list.body)?.[0] ?? ''
    const shown = await browser.get(path)
    return { browser, send: () => browser.submit(shown, {}, { action: path }) }
  }),
  'POST /accounts/signup/': signUp,
  'POST /o/applications/register/': own('/o/applications/register/', { name: 'Shop', redirect_uris: callback }),
  'POST /o/applications/:id/update/': onApplication('update/', { name: 'Bigger shop' }),
  'POST /o/applications/:id/rotate-secret/': onApplication('rotate-secret/', {}, ''),
  'POST /o/applications/:id/remove-secret/': onApplication('remove-secret/', {}, ''),
  'POST /o/applications/:id/add-redirect-uri/': onApplication(
    'add-redirect-uri/',
    { uri: 'http://localhost:9999/other' },
    '',
  ),
  'POST /o/applications/:id/delete/': onApplication('delete/'),
}
