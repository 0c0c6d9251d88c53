// Each request that writes, as a scenario: what stands before it, the request, and what must hold when it failed.
import assert from 'node:assert/strict'
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import type { Context } from '../../packages/authorization-server/src/features/context/index.ts'
import { findUser, findUserByIdentifier } from '../../packages/authorization-server/src/records/users/index.ts'
import {
  findPasswordHash,
  isPasswordOf,
  registerUser,
} from '../../packages/authorization-server/src/records/credentials/index.ts'
import { liveGrantsOf } from '../../packages/authorization-server/src/records/grants/index.ts'
import type { LatchkeyServer } from '../../packages/authorization-server/src/index.ts'
import {
  type Answer,
  callback,
  challenge,
  codeFor,
  isActive,
  pairOf,
  type Post,
  redeem,
  refresh,
  signedIn,
  type TestClient,
} from '../races/ground.ts'
import { FormBrowser, type Page } from '../support/form-browser.ts'

export interface Ground {
  readonly server: LatchkeyServer
  readonly context: Context
  readonly post: Post
  readonly client: TestClient
  readonly person: SignedIn
  /** A scope that no token carried before, so that its number must be written too. */
  newScope(): string
}

export interface Attempt {
  /** The request; sent again, it is the retry of a caller who got no answer. */
  send(): Promise<Answer>
  isSuccess(answer: Answer): boolean
  /** After a success: what was given works. */
  succeeded?(answer: Answer): Promise<void>
  /** After a refusal: nothing was half done. */
  refused(answer: Answer): Promise<void>
}

export type Scenario = (ground: Ground) => Promise<Attempt>

const ok = (answer: Answer): boolean => answer.status === 200
const count = async ({ context, person }: Ground): Promise<number> =>
  (await liveGrantsOf(context.database, person.user.id, context.clock.now())).length
const tokens = (ground: Ground, fields: Readonly<Record<string, string>>): Promise<Answer> =>
  ground.post('/o/token/', { ...fields, ...ground.client.credentials })

async function works(ground: Ground, answer: Answer): Promise<void> {
  assert.equal(await isActive(ground.post, ground.client, pairOf(answer).access), true)
}

/** A grant is made or it is not: one that nobody holds a token of must not be left behind. */
async function making(ground: Ground, send: () => Promise<Answer>): Promise<Attempt> {
  const before = await count(ground)
  return {
    send,
    isSuccess: ok,
    succeeded: (answer) => works(ground, answer),
    refused: async () => assert.equal(await count(ground), before, 'a grant that nobody was told of'),
  }
}

/** A grant must end; a caller who is told that it was refused, and not that we were busy, may rely on the end. */
function ending(ground: Ground, access: string, send: () => Promise<Answer>): Attempt {
  const dead = async (): Promise<void> => assert.equal(await isActive(ground.post, ground.client, access), false)
  return {
    send,
    isSuccess: (answer) => answer.status === 400,
    succeeded: dead,
    refused: async () => undefined,
  }
}

const newPair = async (ground: Ground) =>
  pairOf(await redeem(ground.post, ground.client, await codeFor(ground.context, ground.person, ground.client)))

function browserOf({ server, context }: Ground): FormBrowser {
  return new FormBrowser(server.app.http, { origin: context.publicUrl })
}

const asAnswer = (page: Page): Answer => ({ status: page.status, body: { location: page.location } })
const password = 'correct-horse-battery'

async function json(
  ground: Ground,
  method: 'PUT' | 'POST',
  url: string,
  body: object,
  token?: string,
): Promise<Answer> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const reply = await ground.server.app.http.inject({ method, url, headers, payload: body })
  return { status: reply.statusCode, body: JSON.parse(reply.body) as Record<string, unknown> }
}

let accounts = 0

async function newPerson(ground: Ground): Promise<Ground> {
  const email = `somebody-${++accounts}@example.com`
  await registerUser(ground.context, { email }, password)
  return { ...ground, person: await signedIn(ground.context, email) }
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  'token by password': async (ground) => {
    const fields = { grant_type: 'password', username: 'alice@example.com', password, scope: ground.newScope() }
    return making(ground, () => tokens(ground, fields))
  },
  'token by code': async (ground) => {
    const code = await codeFor(ground.context, ground.person, ground.client, { scopes: [ground.newScope()] })
    return making(ground, () => redeem(ground.post, ground.client, code))
  },
  'token by refresh': async (ground) => {
    const scope = ground.newScope()
    const code = await codeFor(ground.context, ground.person, ground.client, { scopes: ['read', scope] })
    const first = pairOf(await redeem(ground.post, ground.client, code))
    const fields = { grant_type: 'refresh_token', refresh_token: first.refresh, scope }
    return {
      send: () => tokens(ground, fields),
      isSuccess: ok,
      succeeded: (answer) => works(ground, answer),
      refused: async () => assert.equal(await isActive(ground.post, ground.client, first.access), true, 'not spent'),
    }
  },
  'a spent refresh token': async (ground) => {
    const first = await newPair(ground)
    const second = pairOf(await refresh(ground.post, ground.client, first.refresh))
    return ending(ground, second.access, () => refresh(ground.post, ground.client, first.refresh))
  },
  'a spent code': async (ground) => {
    const code = await codeFor(ground.context, ground.person, ground.client)
    const pair = pairOf(await redeem(ground.post, ground.client, code))
    return ending(ground, pair.access, () => redeem(ground.post, ground.client, code))
  },
  'token by client credentials': async (ground) => ({
    send: () => tokens(ground, { grant_type: 'client_credentials', scope: ground.newScope() }),
    isSuccess: ok,
    refused: async (answer) => assert.equal(answer.body['access_token'], undefined),
  }),
  'revocation of a refresh token': async (ground) => {
    const pair = await newPair(ground)
    return revoking(ground, pair.refresh, pair.access)
  },
  "revocation of a client's own token": async (ground) => {
    const own = await tokens(ground, { grant_type: 'client_credentials', scope: 'read' })
    const token = String(own.body['access_token'])
    return revoking(ground, token, token)
  },
  'sign-in on the page': async (ground) => {
    const browser = browserOf(ground)
    const shown = await browser.get('/accounts/login/')
    const send = () =>
      browser.submit(shown, { username: 'alice@example.com', password }, { action: '/accounts/login/' })
    return {
      send: async () => asAnswer(await send()),
      isSuccess: (answer) => answer.status === 303,
      succeeded: async () => assert.equal((await browser.get('/accounts/login/')).status, 303),
      refused: async () => assert.equal(browser.cookies.has('latchkey_session'), false),
    }
  },
  'the question of consent': async (ground) => {
    const browser = browserOf(ground)
    await browser.signIn('alice@example.com', password)
    return {
      send: async () => asAnswer(await browser.get(authorizePath(ground, ground.newScope()))),
      isSuccess: ok,
      refused: async (answer) => assert.equal(answer.body['location'], undefined),
    }
  },
  'the answer to consent': async (ground) => {
    const browser = browserOf(ground)
    await browser.signIn('alice@example.com', password)
    const asked = await browser.get(authorizePath(ground, ground.newScope()))
    return {
      send: async () => asAnswer(await browser.submit(asked, {}, { action: '/o/authorize/', button: 'allow' })),
      isSuccess: (answer) => answer.status === 303 && String(answer.body['location']).includes('code='),
      refused: async (answer) => assert.equal(answer.body['location'], undefined, 'no code'),
    }
  },
  'sign-out': async (ground) => {
    const browser = browserOf(ground)
    await browser.signIn('alice@example.com', password)
    const shown = await browser.get('/accounts/logout/')
    return {
      send: async () => asAnswer(await browser.submit(shown, {}, { action: '/accounts/logout/' })),
      isSuccess: (answer) => answer.status === 303,
      refused: async () => assert.ok(browser.cookies.has('latchkey_session'), 'still signed in'),
    }
  },
  'a new password': async (given) => {
    const ground = await newPerson(given)
    const { context, person } = ground
    const [mine, other] = [await newPair(ground), await newPair(ground)]
    const stored = await findPasswordHash(context.database, person.user.id)
    const body = { old_password: password, password: 'another-horse-battery', password2: 'another-horse-battery' }
    return {
      send: () => json(ground, 'PUT', '/user/password/', body, mine.access),
      isSuccess: ok,
      succeeded: async () => {
        assert.equal(await isPasswordOf(context, person.user, body.password), true)
        assert.deepEqual(
          [
            await isActive(ground.post, ground.client, mine.access),
            await isActive(ground.post, ground.client, other.access),
          ],
          [true, false],
        )
      },
      refused: async () => {
        assert.equal(await findPasswordHash(context.database, person.user.id), stored)
        assert.deepEqual(
          [
            await isActive(ground.post, ground.client, mine.access),
            await isActive(ground.post, ground.client, other.access),
          ],
          [true, true],
        )
      },
    }
  },
  'a changed profile': async (given) => {
    const ground = await newPerson(given)
    const { access } = await newPair(ground)
    const email = ground.person.user.email ?? ''
    return {
      send: () => json(ground, 'PUT', '/user/profile/', { email, first_name: 'New' }, access),
      isSuccess: ok,
      succeeded: async () =>
        assert.equal((await findUser(ground.context.database, ground.person.user.id))?.firstName, 'New'),
      refused: async () =>
        assert.equal((await findUser(ground.context.database, ground.person.user.id))?.firstName, ''),
    }
  },
  'sign-up through the API': async (ground) => {
    const email = `new-${++accounts}@example.com`
    return {
      send: () => json(ground, 'POST', '/user/signup/', { email, password, password2: password }),
      isSuccess: (answer) => answer.status === 201,
      refused: async () => assert.equal(await findUserByIdentifier(ground.context.database, email), undefined),
    }
  },
}

function revoking(ground: Ground, token: string, access: string): Attempt {
  return {
    send: () => ground.post('/o/revoke_token/', { token, ...ground.client.credentials }),
    isSuccess: ok,
    succeeded: async () => assert.equal(await isActive(ground.post, ground.client, access), false, 'a false 200'),
    refused: async () => assert.equal(await isActive(ground.post, ground.client, access), true),
  }
}

function authorizePath({ client }: Ground, scope: string): string {
  const query = {
    client_id: client.clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  return `/o/authorize/?${new URLSearchParams(query).toString()}`
}
