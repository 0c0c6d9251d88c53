// The preview of tokens of the console, compared with what the flows themselves then give.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { raw, sql } from '../../packages/authorization-server/src/platform/storage/index.ts'
import {
  defaultClientSettings,
  findClient,
  insertClient,
  updateClient,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { insertApi, insertApiScope } from '../../packages/authorization-server/src/records/scopes/index.ts'
import { updatePersonalClaims } from '../../packages/authorization-server/src/records/users/index.ts'
import { codeTokens } from '../support/code-flow.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import type { TestServer } from '../support/server.ts'
import {
  type Asking,
  documentOf,
  introspected,
  type Json,
  rowOf,
  startAsking,
  type Table,
  tableOf,
  toneOf,
  userinfo,
} from './asking.ts'
import { call, person, signedIn } from './ground.ts'

let asking: Asking
let server: TestServer
let root: FormBrowser

before(async () => {
  asking = await startAsking()
  ;({ server, root } = asking)
})
after(() => server.close())

function payloadOf(jwt: string): Json {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Json
}

const passing = ['exp', 'iat', 'jti', 'auth_time', 'acr', 'amr', 'sid', 'nonce', 'at_hash', 'lk_grant']

function withoutPassing(claims: Json): Json {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !passing.includes(name)))
}

describe('the preview of tokens', () => {
  test('is what a sign-in then gives: ID token, UserInfo and introspection (OpenID Connect Core §2, §5.3; RFC 7662 §2.2)', async () => {
    const ada = await person(server, 'ada', { username: 'ada', firstName: 'Ada' })
    await server.context.database.commit([
      updatePersonalClaims(
        ada,
        { website: 'https://ada.example', address: { locality: 'London' } },
        server.clock.now(),
      ),
    ])
    const scope = 'openid profile email read'
    const early = await asking.ask(root, 'token-preview', { user: 'ada', scopes: scope })
    assert.equal(toneOf(early), 'warning', early.text)
    await compare(scope)
  })

  test('is so for an application that knows people by other names, too (OpenID Connect Core §8)', async () => {
    const known = documentOf(await asking.ask(root, 'token-preview', { user: 'ada', scopes: 'openid' }), 'UserInfo')[
      'sub'
    ]
    const { database, clock, clients } = server.context
    const client = await findClient(database, 'web')
    assert.ok(client)
    const metadata = { ...client.metadata, subjectType: 'pairwise' as const }
    await database.commit([updateClient(client, { ...client, metadata }, clock.now())])
    clients.forget()
    const subject = await compare('openid email')
    assert.notEqual(subject, known)
    const changed = await findClient(database, 'web')
    assert.ok(changed)
    await database.commit([updateClient(changed, { ...changed, metadata: client.metadata }, clock.now())])
    clients.forget()
  })

  async function compare(scope: string): Promise<unknown> {
    const tokens = (await codeTokens(await signedIn(server, 'ada'), server.url, scope)) as unknown as {
      id_token: string
      access_token: string
    }
    const preview = await asking.ask(root, 'token-preview', { user: 'ada@example.com', scopes: scope })
    assert.equal(toneOf(preview), 'success', preview.text)
    const idToken = payloadOf(tokens.id_token)
    assert.deepEqual(documentOf(preview, 'ID token'), withoutPassing(idToken))
    const named = tableOf(preview, 'ID token').rows.map(({ cells }) => cells[0])
    // The flow of this test sends no nonce.
    assert.deepEqual(
      named
        .filter((name) => name !== 'nonce')
        .map(String)
        .toSorted(),
      Object.keys(idToken).toSorted(),
    )
    assert.deepEqual(documentOf(preview, 'UserInfo'), await userinfo(server, tokens.access_token))
    assert.deepEqual(
      documentOf(preview, 'Introspection'),
      withoutPassing(await introspected(server, tokens.access_token)),
    )
    return idToken['sub']
  }

  test('says of each claim where it comes from, and of each that is absent why', async () => {
    const { rows } = tableOf(
      await asking.ask(root, 'token-preview', { user: 'ada', scopes: 'openid profile' }),
      'UserInfo',
    )
    const row = (name: string) => rows.find(({ cells }) => cells[0] === name)
    assert.match(row('given_name')?.why ?? '', /scope profile .* first name of the account/)
    assert.deepEqual(row('given_name')?.cells, ['given_name', 'Ada'])
    assert.equal(row('family_name')?.state, 'absent')
    assert.match(row('family_name')?.why ?? '', /There is none/)
    assert.equal(row('email'), undefined)
    assert.ok(rows.every(({ why }) => why !== undefined && why !== ''))
  })

  test('follows the claims parameter: what is asked for by name, and what is not released (OpenID Connect Core §5.5)', async () => {
    const claims = JSON.stringify({ id_token: { email: null, phone_number: null }, userinfo: { website: null } })
    const answer = await asking.ask(root, 'token-preview', { user: 'ada', scopes: 'openid', claims })
    assert.equal(documentOf(answer, 'ID token')['email'], 'ada@example.com')
    assert.equal(documentOf(answer, 'UserInfo')['website'], 'https://ada.example')
    const phone = tableOf(answer, 'ID token').rows.find(({ cells }) => cells[0] === 'phone_number')
    assert.equal(phone?.state, 'not told')
    const broken = await asking.ask(root, 'token-preview', { user: 'ada', scopes: 'openid', claims: '{' })
    assert.equal(toneOf(broken), 'danger')
  })

  test('tells why nothing would be given: a scope that is not registered, a disabled account, a disabled application', async () => {
    const refused = await asking.ask(root, 'token-preview', { user: 'ada', scopes: 'openid admin' })
    assert.equal(toneOf(refused), 'danger')
    const states = tableOf(refused, 'Scopes').rows.map(({ cells, state }) => [cells[0], state])
    assert.deepEqual(states, [
      ['openid', 'not given'],
      ['admin', 'refused'],
    ])
    const eve = await person(server, 'eve')
    const disabled = async (noun: string, id: string, act: string): Promise<void> => {
      assert.equal((await call(server, root, 'POST', `/api/v1/${noun}/${id}/${act}`, { body: {} })).status, 200)
    }
    await disabled('users', String(eve.id), 'disable')
    const closed = await asking.ask(root, 'token-preview', { user: 'eve@example.com', scopes: 'openid' })
    assert.match(closed.text, /The account of the person is disabled/)
    const spa = await rowOf(server, 'spa')
    await disabled('clients', spa, 'disable')
    assert.match(
      (await asking.ask(root, 'token-preview', { user: 'ada', scopes: 'openid' }, spa)).text,
      /client-disabled/,
    )
    await disabled('clients', spa, 'enable')
  })

  test('shows the JWT that an API would read, and the scopes that stay at home (RFC 9068 §2, §3)', async () => {
    const { database, clock } = server.context
    const client = await findClient(database, 'web')
    assert.ok(client)
    const api = (audience: string, tokenFormat: 'jwt' | 'opaque') =>
      ({
        audience,
        name: audience,
        tokenFormat,
        signingAlgorithm: 'ES256',
        accessTokenLifetimeSeconds: undefined,
      }) as const
    const made = await database.commit([
      insertApi(api('urn:jwt', 'jwt'), clock.now()),
      insertApi(api('urn:other', 'opaque'), clock.now()),
      insertApiScope('urn:other', 'items', 'to see things'),
      updateClient(client, { ...client, scopes: [...client.scopes, 'items'] }, clock.now()),
    ])
    assert.ok(made.won)
    server.clock.advance(2_000)
    const answer = await asking.ask(root, 'token-preview', { user: 'ada', scopes: 'read items', resources: 'urn:jwt' })
    const { aud, scope, client_id: clientId } = documentOf(answer, 'Access token')
    assert.deepEqual([aud, scope, clientId], ['urn:jwt', 'read', 'web'])
    const items = tableOf(answer, 'Scopes').rows.find(({ cells }) => cells[0] === 'items')
    assert.equal(items?.state, 'kept back')
    assert.match(
      (await asking.ask(root, 'token-preview', { user: 'ada', resources: 'urn:none' })).text,
      /resource-unknown/,
    )
  })

  test('of an application that gets an ID token alone tells the claims of its scopes there (OpenID Connect Core §5.4)', async () => {
    const settings = defaultClientSettings({ clientId: 'legacy', name: 'Legacy', isConfidential: false })
    const metadata = { ...settings.metadata, responseTypes: ['id_token' as const] }
    const redirectUris = ['https://legacy.example/cb']
    const scopes = ['openid', 'email']
    const legacy = { ...settings, grantTypes: [], metadata, redirectUris, scopes }
    await server.context.database.commit([insertClient(legacy, server.clock.now())])
    const answer = await asking.ask(
      root,
      'token-preview',
      { user: 'ada', scopes: 'openid email' },
      await rowOf(server, 'legacy'),
    )
    assert.equal(documentOf(answer, 'ID token')['email'], 'ada@example.com', answer.text)
    assert.deepEqual(
      (answer.body['tables'] as readonly Table[]).map(({ title }) => title),
      ['Scopes', 'ID token'],
    )
  })

  test('writes nothing', async () => {
    const counts = async (): Promise<unknown> => {
      const tables = [
        'grants',
        'events',
        'consents',
        'scope_sets',
        'audience_sets',
        'signing_keys',
        'authorization_transactions',
      ]
      return Promise.all(tables.map((name) => server.context.database.all(sql`select count(*) as n from ${raw(name)}`)))
    }
    const counted = await counts()
    await asking.ask(root, 'token-preview', { user: 'ada', scopes: 'openid email write', resources: 'urn:jwt' })
    assert.deepEqual(await counts(), counted)
  })

  test('of the password grant is a yes; of an application that has no way to tokens for people, a clear no', async () => {
    const answer = await asking.ask(
      root,
      'token-preview',
      { user: 'ada', scopes: 'read' },
      await rowOf(server, 'clientId'),
    )
    assert.equal(toneOf(answer), 'success', answer.text)
    const { database, clock } = server.context
    const client = await findClient(database, 'snippets-pages')
    assert.ok(client)
    await database.commit([updateClient(client, { ...client, grantTypes: ['client_credentials'] }, clock.now())])
    const none = await asking.ask(root, 'token-preview', { user: 'ada' }, String(client.row))
    assert.match(none.text, /gets no tokens for people/)
  })
})
