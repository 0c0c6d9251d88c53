// Tokens for APIs: named by `resource` (RFC 8707), carried as `aud`, opaque or as JWTs (RFC 9068), and asked about by those
// whom they are for (RFC 7662).
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import type { SignedIn } from '../../packages/authorization-server/src/features/browser/index.ts'
import { authorizePath } from '../support/code-flow.ts'
import { callback, codeFor, registerClient, signedIn, type TestClient, verifier } from '../races/ground.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import {
  type Answer,
  type Fields,
  getAs,
  headerOf,
  jwksOf,
  pairs,
  payloadOf,
  registerApi,
  send,
  textOf,
} from './ground.ts'

const plain = 'https://plain.example'
const items = 'https://items.example/v1'
const fast = 'https://fast.example'
const scopes = ['openid', 'email', 'offline_access', 'read', 'write', 'items:read']

let server: TestServer
let app: TestClient
let itemsApi: TestClient
let stranger: TestClient
let person: SignedIn

before(async () => {
  server = await startTestServer()
  const { context } = server
  const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', 'password'] as const
  app = await registerClient(context, 'app', { scopes, grantTypes, introspection: 'any' })
  itemsApi = await registerClient(context, 'items-api', { grantTypes: ['client_credentials'], introspection: 'own' })
  stranger = await registerClient(context, 'stranger', { grantTypes: ['client_credentials'], introspection: 'own' })
  await registerApi(context, plain)
  await registerApi(context, items, { scopes: ['items:read'], clientIds: ['items-api'] })
  await registerApi(context, fast, { tokenFormat: 'jwt', signingAlgorithm: 'ES256', accessTokenLifetimeSeconds: 300 })
  person = await signedIn(context, 'alice@example.com')
})
after(() => server.close())

const resources = (...names: readonly string[]): Fields => names.map((name) => ['resource', name])
const credentials = (): Fields => pairs(app.credentials)
const ask = (fields: Fields): Promise<Answer> => send(server, '/o/token/', [...fields, ...credentials()])
const own = (...names: readonly string[]): Promise<Answer> =>
  ask([['grant_type', 'client_credentials'], ...resources(...names)])
const ownOf = (scope: string, ...names: readonly string[]): Promise<Answer> =>
  ask([['grant_type', 'client_credentials'], ['scope', scope], ...resources(...names)])
const introspect = (token: string, caller: TestClient = app): Promise<Answer> =>
  send(server, '/o/introspect/', [['token', token], ...pairs(caller.credentials)])
const revoke = (token: string): Promise<Answer> =>
  send(server, '/o/revoke_token/', [['token', token], ...credentials()])

async function byCode(audiences: readonly string[], ...named: readonly string[]): Promise<Answer> {
  const asked = { scopes: ['openid', 'email', 'offline_access', 'read', 'items:read'], audiences }
  const code = await codeFor(server.context, person, app, asked)
  return ask([
    ['grant_type', 'authorization_code'],
    ['code', code],
    ['redirect_uri', callback],
    ['code_verifier', verifier],
    ...resources(...named),
  ])
}

const refresh = (token: string, ...named: readonly string[]): Promise<Answer> =>
  ask([['grant_type', 'refresh_token'], ['refresh_token', token], ...resources(...named)])

function refusal(answer: Answer): readonly [number, unknown] {
  return [answer.status, answer.body['error']]
}

describe('resource indicators', () => {
  test('a token is for the APIs that were named, and introspection says for which (RFC 8707 §2, RFC 7662 §2.2)', async () => {
    const token = textOf(await own(plain), 'access_token')
    assert.deepEqual((await introspect(token)).body['aud'], [plain])
    const two = textOf(await ownOf('read items:read', plain, items), 'access_token')
    assert.deepEqual((await introspect(two)).body['aud'], [plain, items])
    const none = textOf(await own(), 'access_token')
    assert.equal('aud' in (await introspect(none)).body, false)
  })

  test('an API that is not known, or no URI at all, is invalid_target for every grant type (RFC 8707 §2)', async () => {
    for (const resource of ['https://unknown.example', `${plain}/`, 'plain', `${plain}#part`]) {
      assert.deepEqual(refusal(await own(resource)), [400, 'invalid_target'], resource)
      assert.deepEqual(refusal(await own(plain, resource)), [400, 'invalid_target'], resource)
    }
    const password = pairs({ grant_type: 'password', username: 'alice@example.com', password: 'correct-horse-battery' })
    assert.deepEqual(refusal(await ask([...password, ...resources('https://unknown.example')])), [
      400,
      'invalid_target',
    ])
    const good = await ask([...password, ...resources(plain)])
    assert.deepEqual((await introspect(textOf(good, 'access_token'))).body['aud'], [plain])
  })

  test('the authorization endpoint refuses an API that is not known, at the client (RFC 8707 §2.1)', async () => {
    const reply = await server.server.app.http.inject({
      method: 'GET',
      url: authorizePath({ resource: 'https://unknown.example' }),
    })
    assert.equal(new URL(String(reply.headers.location)).searchParams.get('error'), 'invalid_target')
  })

  test('what a code was given for is narrowed at the token endpoint, token by token, and never widened (RFC 8707 §2.2)', async () => {
    const both = await byCode([plain, items])
    assert.deepEqual((await introspect(textOf(both, 'access_token'))).body['aud'], [plain, items])
    const one = await byCode([plain, items], items)
    assert.deepEqual((await introspect(textOf(one, 'access_token'))).body['aud'], [items])
    const other = await refresh(textOf(one, 'refresh_token'), plain)
    assert.deepEqual((await introspect(textOf(other, 'access_token'))).body['aud'], [plain])
    const all = await refresh(textOf(other, 'refresh_token'))
    assert.deepEqual((await introspect(textOf(all, 'access_token'))).body['aud'], [plain, items])
    const refreshToken = textOf(all, 'refresh_token')
    assert.deepEqual(refusal(await refresh(refreshToken, fast)), [400, 'invalid_target'])
    assert.deepEqual(refusal(await refresh(refreshToken, plain, fast)), [400, 'invalid_target'])
    assert.equal((await refresh(refreshToken, plain)).status, 200, 'a refusal spends nothing')
    assert.deepEqual(refusal(await byCode([], plain)), [400, 'invalid_target'])
    assert.deepEqual(refusal(await byCode([plain], items)), [400, 'invalid_target'])
  })

  test('a token carries the scopes of its APIs only, and the answer says which (RFC 9068 §3)', async () => {
    const forPlain = await ownOf('read items:read', plain)
    assert.equal(forPlain.body['scope'], 'read')
    assert.equal((await introspect(textOf(forPlain, 'access_token'))).body['scope'], 'read')
    assert.equal((await ownOf('read items:read', items)).body['scope'], 'read items:read')
    assert.deepEqual(refusal(await ownOf('read', items)), [400, 'invalid_target'])
  })

  test('an API may ask about the tokens that are for it, and learns of no other (RFC 7662 §4)', async () => {
    const forItems = textOf(await ownOf('items:read', items), 'access_token')
    const forPlain = textOf(await own(plain), 'access_token')
    const forNone = textOf(await own(), 'access_token')
    assert.equal((await introspect(forItems, itemsApi)).body['active'], true)
    for (const token of [forPlain, forNone]) assert.equal((await introspect(token, itemsApi)).text, '{"active":false}')
    for (const token of [forItems, forPlain, forNone]) {
      assert.equal((await introspect(token, stranger)).text, '{"active":false}')
    }
  })

  test('a token for an API is not for UserInfo, unless it names this server too (RFC 9068 §4)', async () => {
    const forApi = await byCode([plain])
    const refused = await getAs(server, '/o/userinfo/', textOf(forApi, 'access_token'))
    assert.deepEqual(refusal(refused), [401, 'invalid_token'])
    const forBoth = await byCode([plain, server.issuer])
    const facts = await getAs(server, '/o/userinfo/', textOf(forBoth, 'access_token'))
    assert.deepEqual([facts.status, facts.body['email']], [200, 'alice@example.com'])
  })
})

describe('JWT access tokens', () => {
  const verified = async (token: string, audience = fast) =>
    jwtVerify(token, createLocalJWKSet(await jwksOf(server)), {
      issuer: server.issuer,
      audience,
      typ: 'at+jwt',
      currentDate: new Date(server.clock.now()),
      requiredClaims: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'],
    })

  test('an API that checks tokens itself gets a JWT of its algorithm and short life, with every claim that is demanded (RFC 9068 §2, §2.2)', async () => {
    const answer = await own(fast)
    const { payload, protectedHeader } = await verified(textOf(answer, 'access_token'))
    assert.deepEqual([protectedHeader.alg, protectedHeader.typ, answer.body['expires_in']], ['ES256', 'at+jwt', 300])
    assert.deepEqual([payload.sub, payload['client_id'], payload['scope']], ['app', 'app', 'read write'])
    assert.deepEqual([payload.aud, (payload.exp ?? 0) - (payload.iat ?? 0)], [fast, 300])
    assert.equal('auth_time' in payload, false, 'nobody signed in')
  })

  test('the JWT of a person says who, when and how surely they signed in (RFC 9068 §2.2.1)', async () => {
    const answer = await byCode([fast])
    const { payload } = await verified(textOf(answer, 'access_token'))
    const idToken = payloadOf(textOf(answer, 'id_token'))
    assert.equal(payload.sub, idToken['sub'])
    assert.deepEqual([payload['auth_time'], payload['acr'], payload['amr']], [idToken['auth_time'], 'aal1', ['pwd']])
  })

  test('several audiences stand in a list, and one of another kind is refused', async () => {
    const { payload } = await verified(textOf(await own(fast, server.issuer), 'access_token'))
    assert.deepEqual(payload.aud, [fast, server.issuer])
    assert.deepEqual(refusal(await own(fast, plain)), [400, 'invalid_target'])
  })

  test('introspection tells of it what the JWT says, and who revoked it is heard (RFC 7662 §2.2, RFC 7009 §2)', async () => {
    for (const answer of [await own(fast), await byCode([fast])]) {
      const token = textOf(answer, 'access_token')
      const said = payloadOf(token)
      const { body } = await introspect(token)
      for (const name of ['exp', 'iat', 'sub', 'client_id', 'scope', 'iss', 'jti', 'auth_time', 'acr']) {
        if (name === 'sub' && said['sub'] === 'app') continue
        assert.deepEqual(body[name], said[name], name)
      }
      assert.deepEqual(body['aud'], [fast])
      assert.equal((await revoke(token)).status, 200)
      assert.equal((await introspect(token)).text, '{"active":false}')
      await assert.doesNotReject(verified(token), 'offline it lives on until it expires: that is the bargain')
    }
  })

  test('revoking either half of a pair ends the other (RFC 7009 §2.1)', async () => {
    const first = await byCode([fast])
    await revoke(textOf(first, 'access_token'))
    assert.deepEqual(refusal(await refresh(textOf(first, 'refresh_token'))), [400, 'invalid_grant'])
    const second = await byCode([fast])
    await revoke(textOf(second, 'refresh_token'))
    assert.equal((await introspect(textOf(second, 'access_token'))).text, '{"active":false}')
  })

  test('no ID token, altered JWT or JWT of another key is an access token (RFC 9068 §4, RFC 8725 §3.11)', async () => {
    const answer = await byCode([fast, server.issuer])
    const token = textOf(answer, 'access_token')
    const [head = '', body = '', tail = ''] = token.split('.')
    const changed = { ...payloadOf(token), scope: 'openid email write' }
    const altered = `${head}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${tail}`
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`
    assert.equal(headerOf(token)['typ'], 'at+jwt')
    assert.equal((await getAs(server, '/o/userinfo/', token)).status, 200)
    for (const bad of [
      textOf(answer, 'id_token'),
      altered,
      unsigned,
      `${token}x`,
      token.slice(0, -1),
      `${head}.${body}`,
    ]) {
      assert.equal((await introspect(bad)).text, '{"active":false}')
      assert.equal((await getAs(server, '/o/userinfo/', bad)).status, 401)
    }
    const pointer = String(payloadOf(token)['lk_grant'])
    assert.equal((await introspect(`lk_at_${pointer}`)).text, '{"active":false}', 'what it carries is no token')
  })

  test('a JWT ends by the clock', async () => {
    const token = textOf(await own(fast), 'access_token')
    assert.equal((await introspect(token)).body['active'], true)
    server.clock.advance(300_000)
    assert.equal((await introspect(token)).text, '{"active":false}')
  })
})
