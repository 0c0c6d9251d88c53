// Whatever the server seals or tags is good for one purpose. Every text that it hands out, at every place that takes one:
// a code is no session cookie, a refresh token no access token, and no text of the database opens anything.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { beginningOf, returnPath } from '../../packages/authorization-server/src/features/authorization/beginning.ts'
import {
  formToken,
  requireForm,
  sessionCookieFor,
  type SignedIn,
  visitorOf,
} from '../../packages/authorization-server/src/features/browser/index.ts'
import { browserCookieFor } from '../../packages/authorization-server/src/features/browser/visitor.ts'
import { HttpFault, type Incoming, Parameters } from '../../packages/authorization-server/src/platform/http/index.ts'
import {
  readAccessToken,
  readAuthorizationCode,
  readRefreshToken,
} from '../../packages/authorization-server/src/records/grants/index.ts'
import { listSigningKeys } from '../../packages/authorization-server/src/records/keys/store.ts'
import {
  codeFor,
  getAs,
  injecting,
  pairOf,
  type Post,
  redeem,
  refresh,
  registerClient,
  signedIn,
  type TestClient,
} from '../races/ground.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let post: Post
let client: TestClient
let person: SignedIn
const asked = new Parameters([['client_id', 'web']])
const texts = new Map<string, string>()

before(async () => {
  server = await startTestServer()
  const { context } = server
  post = injecting(server)
  client = await registerClient(context, 'app')
  person = await signedIn(context, 'alice@example.com')
  const pair = pairOf(await redeem(post, client, await codeFor(context, person, client)))
  const own = await post('/o/token/', {
    grant_type: 'client_credentials',
    client_id: 'web',
    client_secret: 'web-secret',
  })
  const anonymous = { kind: 'anonymous' as const, browserId: 'AAAAAAAAAAAAAAAAAAAAAA', isNew: true }
  const [signingKey] = await listSigningKeys(context.database)
  const value = (cookie: string): string => /=([^;]*)/.exec(cookie)?.[1] ?? ''
  texts.set('access token', pair.access)
  texts.set('client access token', String(own.body['access_token']))
  texts.set('refresh token', pair.refresh)
  texts.set('authorization code', await codeFor(context, person, client))
  texts.set('session cookie', value(sessionCookieFor(context, person.session.id)))
  texts.set('browser cookie', value(browserCookieFor(context, anonymous)))
  texts.set('form token', formToken(context, person))
  texts.set('authorization request', returnPath(context.keys.sealer, asked, began).split('latchkey_request=')[1] ?? '')
  texts.set('signing key at rest', signingKey?.sealedPrivateKey ?? '')
  texts.set('grant id', readRefreshToken(context.keys.sealer, pair.refresh)?.grantId ?? '')
  texts.set('session id', person.session.id)
  texts.set('key id', signingKey?.kid ?? '')
})
after(() => server.close())

const began = { startedAt: 1, chosen: undefined }

const request = (parts: Partial<Incoming>): Incoming =>
  ({ headers: {}, cookies: {}, query: Parameters.empty, body: { kind: 'none' }, ...parts }) as Incoming

function takesForm(text: string): boolean {
  const body = { kind: 'form' as const, parameters: new Parameters([['csrf_token', text]]) }
  try {
    return requireForm(server.context, request({ body }), person) instanceof Parameters
  } catch (error) {
    if (error instanceof HttpFault) return false
    throw error
  }
}

/** Where a text may be presented, and whether it was taken for what is expected there. */
const readers: Readonly<Record<string, (text: string) => boolean | Promise<boolean>>> = {
  'access token': (text) => readAccessToken(server.context.keys.sealer, text)?.kind === 'grant',
  'client access token': (text) => readAccessToken(server.context.keys.sealer, text)?.kind === 'client',
  'refresh token': (text) => readRefreshToken(server.context.keys.sealer, text) !== undefined,
  'authorization code': (text) => readAuthorizationCode(server.context.keys.sealer, text) !== undefined,
  'session cookie': async (text) =>
    (await visitorOf(server.context, request({ cookies: { latchkey_session: text } }))).kind === 'signed-in',
  'browser cookie': async (text) => {
    const visitor = await visitorOf(server.context, request({ cookies: { latchkey_browser: text } }))
    return visitor.kind === 'anonymous' && !visitor.isNew
  },
  'form token': takesForm,
  'authorization request': (text) =>
    beginningOf(
      server.context.keys.sealer,
      new Parameters([
        ['client_id', 'web'],
        ['latchkey_request', text],
      ]),
      2,
    ).beginning.startedAt === began.startedAt,
}

test('each text is taken at its own place only', async (t) => {
  let cells = 0
  for (const [made, text] of texts) {
    assert.ok(text.length > 10, made)
    for (const [place, takes] of Object.entries(readers)) {
      assert.equal(await takes(text), made === place, `${made} as ${place}`)
      cells += 1
    }
  }
  t.diagnostic(`cells ${cells}`)
})

test("a text under another one's prefix is not taken for it", async () => {
  const prefixes = ['lk_at_', 'lk_rt_', 'lk_ac_', '']
  for (const [made, text] of texts) {
    const bare = text.replace(/^lk_[a-z]{2}_/, '')
    for (const prefix of prefixes) {
      if (prefix + bare === text) continue
      for (const [place, takes] of Object.entries(readers)) {
        assert.equal(await takes(prefix + bare), false, `${made} with ${prefix} as ${place}`)
      }
    }
  }
})

test('at the endpoints a text of another purpose is refused as any stranger is', async () => {
  for (const [made, text] of texts) {
    if (made !== 'access token') assert.notEqual(await getAs(server, '/profile/', text), 200, `${made} as bearer`)
    if (made !== 'refresh token') assert.equal((await refresh(post, client, text)).body['error'], 'invalid_grant', made)
    if (made !== 'authorization code')
      assert.equal((await redeem(post, client, text)).body['error'], 'invalid_grant', made)
    if (made.endsWith('access token')) continue
    const seen = await post('/o/introspect/', { token: text, ...client.credentials })
    assert.deepEqual(seen.body, { active: false }, `${made} at introspection`)
  }
})
