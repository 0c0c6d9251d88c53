// What a token costs the database: naming an API, or asking for one's own, adds no statement to what is asked anyway.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Database } from '../../packages/authorization-server/src/platform/storage/index.ts'
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import { callback, codeFor, registerClient, signedIn, type TestClient, verifier } from '../races/ground.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Answer, type Fields, pairs, registerApi, send, textOf } from './ground.ts'

const api = 'https://opaque.example'
const jwtApi = 'https://jwt.example'
const scopes = ['openid', 'offline_access', 'read']

let server: TestServer
let app: TestClient
let reader: TestClient
let person: SignedIn
let statements = 0

function counting(database: Database): Database {
  return {
    engine: database.engine,
    all(query) {
      statements += 1
      return database.all(query)
    },
    commit(writes) {
      statements += writes.length
      return database.commit(writes)
    },
    close: () => database.close(),
  }
}

before(async () => {
  server = await startTestServer({ deps: { wrapDatabase: counting } })
  const { context } = server
  const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const
  app = await registerClient(context, 'app', { scopes, grantTypes })
  reader = await registerClient(context, 'reader', { introspection: 'own' })
  await registerApi(context, api, { clientIds: ['reader'] })
  await registerApi(context, jwtApi, { tokenFormat: 'jwt', clientIds: ['reader'] })
  person = await signedIn(context, 'alice@example.com')
})
after(() => server.close())

const resources = (names: readonly string[]): Fields => names.map((name) => ['resource', name])
const ask = (fields: Fields): Promise<Answer> => send(server, '/o/token/', [...fields, ...pairs(app.credentials)])
const own = (...names: readonly string[]): Promise<Answer> =>
  ask([['grant_type', 'client_credentials'], ...resources(names)])
const byCode = (code: string): Promise<Answer> =>
  ask(pairs({ grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }))
const refresh = (token: string): Promise<Answer> => ask(pairs({ grant_type: 'refresh_token', refresh_token: token }))
const introspect = (token: string, caller: TestClient): Promise<Answer> =>
  send(server, '/o/introspect/', pairs({ token, ...caller.credentials }))

/** How many statements it took, once what may be cached is. */
async function costOf(make: () => Promise<Answer>): Promise<number> {
  await make()
  const known = statements
  const answer = await make()
  assert.equal(answer.status, 200, answer.text)
  return statements - known
}

test('client credentials: an API costs nothing, in either format', async () => {
  const plain = await costOf(() => own())
  assert.equal(await costOf(() => own(api)), plain)
  assert.equal(await costOf(() => own(jwtApi)), plain)
})

test('code, refresh and introspection: as many statements with an API as without', async () => {
  const cost = async (audiences: readonly string[]): Promise<readonly number[]> => {
    const codes = await Promise.all([1, 2].map(() => codeFor(server.context, person, app, { scopes, audiences })))
    const redeemed: Answer[] = []
    const atCode = await costOf(async () => {
      const answer = await byCode(codes[redeemed.length] ?? '')
      redeemed.push(answer)
      return answer
    })
    const [, second] = redeemed
    assert.ok(second)
    let refreshToken = textOf(second, 'refresh_token')
    const atRefresh = await costOf(async () => {
      const answer = await refresh(refreshToken)
      refreshToken = textOf(answer, 'refresh_token')
      return answer
    })
    const token = textOf(await refresh(refreshToken), 'access_token')
    const caller = audiences.length === 0 ? app : reader
    return [atCode, atRefresh, await costOf(() => introspect(token, caller))]
  }
  const plain = await cost([])
  assert.deepEqual(await cost([api]), plain)
  assert.deepEqual(await cost([jwtApi]), plain)
  assert.equal(plain.at(-1), 1, 'introspection reads its grant, once')
})
