// APIs and scopes in the console: what is added counts at once, what is deleted means nothing from then on, and never comes back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyOf } from '../../packages/authorization-server/src/features/client-registration/endpoint.ts'
import { registrationSettings } from '../../packages/authorization-server/src/features/client-registration/index.ts'
import {
  clientFaults,
  defaultClientSettings,
  findClient,
  updateClient,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import {
  createApiDirectory,
  insertStandardScopes,
  listScopes,
} from '../../packages/authorization-server/src/records/scopes/index.ts'
import { codeTokens } from '../support/code-flow.ts'
import { basic, postForm, type TestServer, type Tokens } from '../support/server.ts'
import { type Engine, onBothEngines } from './both-engines.ts'
import { person, signedIn } from './ground.ts'

type Body = Readonly<Record<string, unknown>>

async function made(engine: Engine, noun: string, body: Body): Promise<Body> {
  const answer = await engine.api('POST', noun, { body })
  assert.equal(answer.status, 201, answer.text)
  return answer.body
}

async function errorsOf(engine: Engine, method: 'POST' | 'PATCH', path: string, body: Body): Promise<Body> {
  const answer = await engine.api(method, path, { body })
  assert.equal(answer.status, 400, answer.text)
  return answer.body['errors'] as Body
}

async function giveScopes({ context }: TestServer, clientId: string, added: readonly string[]): Promise<void> {
  const client = await findClient(context.database, clientId)
  assert.ok(client)
  const scopes = [...new Set([...client.scopes, ...added])]
  assert.ok((await context.database.commit([updateClient(client, { ...client, scopes }, client.updatedAt + 1)])).won)
  context.clients.forget()
}

async function introspected({ url }: TestServer, token: string): Promise<Body> {
  return (await (await postForm(`${url}/o/introspect/`, { token }, basic('rs-id', 'rs-secret'))).json()) as Body
}

async function refreshed(
  { url }: TestServer,
  token: string,
): Promise<{ readonly status: number; readonly body: Body }> {
  const fields = { grant_type: 'refresh_token', refresh_token: token }
  const response = await postForm(`${url}/o/token/`, fields, basic('web', 'web-secret'))
  return { status: response.status, body: (await response.json()) as Body }
}

async function clientToken({ url }: TestServer, fields: Readonly<Record<string, string>>): Promise<Body> {
  const response = await postForm(
    `${url}/o/token/`,
    { grant_type: 'client_credentials', ...fields },
    basic('web', 'web-secret'),
  )
  return (await response.json()) as Body
}

async function personTokens(engine: Engine, name: string, scope: string, more: Body = {}): Promise<Tokens> {
  const { server } = engine
  await person(server, name)
  return codeTokens(await signedIn(server, name), server.url, scope, more as Readonly<Record<string, string>>)
}

onBothEngines((engine) => {
  test('an API that was added is one that tokens can be for, at once', async () => {
    const here = engine()
    const audience = 'https://added.example'
    assert.equal((await clientToken(here.server, { resource: audience }))['error'], 'invalid_target')
    const api = await made(here, 'apis', { audience, name: 'Added', token_format: 'opaque' })
    assert.deepEqual(
      [
        api['audience'],
        api['token_format'],
        api['signing_algorithm'],
        api['access_token_lifetime_seconds'],
        api['scopes'],
        api['clients'],
      ],
      [audience, 'opaque', 'RS256', null, [], []],
    )
    const token = await clientToken(here.server, { resource: audience })
    assert.deepEqual((await introspected(here.server, String(token['access_token'])))['aud'], [audience])
    const lists = await Promise.all(
      ['q=https://add', 'q=add', 'token_format=opaque', 'sort=audience'].map((query) => here.items(`apis?${query}`)),
    )
    assert.ok(lists.every((items) => items.some(({ id }) => id === api['id'])))
  })

  test('what an API may be is checked by field, and told on record', async () => {
    const here = engine()
    for (const audience of ['no-uri', 'https://x.example/#part', '']) {
      assert.ok('audience' in (await errorsOf(here, 'POST', 'apis', { audience, name: 'X', token_format: 'opaque' })))
    }
    assert.ok(
      'token_format' in
        (await errorsOf(here, 'POST', 'apis', { audience: 'https://x.example', name: 'X', token_format: 'paper' })),
    )
    const audience = 'https://jwt.example'
    const api = await made(here, 'apis', { audience, name: 'Fast', token_format: 'jwt' })
    assert.equal(api['access_token_lifetime_seconds'], 300)
    assert.ok('audience' in (await errorsOf(here, 'POST', 'apis', { audience, name: 'Again', token_format: 'opaque' })))
    const path = `apis/${String(api['id'])}`
    for (const [field, value] of [
      ['access_token_lifetime_seconds', 9],
      ['clients', ['nobody']],
      ['clients', ['spa']],
    ] as const) {
      assert.ok(field in (await errorsOf(here, 'PATCH', path, { [field]: value })), `${field} ${String(value)}`)
    }
    assert.ok('audience' in (await errorsOf(here, 'PATCH', path, { audience: 'https://other.example' })))
    const changed = await here.api('PATCH', path, { body: { clients: ['rs-id'], signing_algorithm: 'ES256' } })
    assert.equal(changed.status, 200, changed.text)
    assert.deepEqual([changed.body['clients'], changed.body['name']], [['rs-id'], 'Fast'])
    const history = (await here.api('GET', `${path}/history`)).body['items'] as readonly Body[]
    assert.deepEqual(
      history.map(({ kind }) => kind),
      ['api.changed', 'api.created'],
    )
    assert.deepEqual((Object(history[0]?.['changes']) as Body)['clients'], { before: [], after: ['rs-id'] })
    const stale = await here.api('PATCH', path, { body: { name: 'Late' }, headers: { 'if-match': '"1"' } })
    assert.equal(stale.status, 412)
  })

  test('a scope is written as RFC 6749 §3.3 has it, says what it allows, and belongs to one API or to none', async () => {
    const here = engine()
    const api = await made(here, 'apis', { audience: 'https://scoped.example', name: 'Scoped', token_format: 'opaque' })
    const named = (name: unknown, more: Body = {}): Body => ({ name, description: 'something', ...more })
    for (const name of [
      'two words',
      'quote"',
      'back\\slash',
      'ünicode',
      '',
      'x'.repeat(129),
      'read',
      'add',
      'export.csv',
    ]) {
      assert.ok('name' in (await errorsOf(here, 'POST', 'scopes', named(name))), name)
    }
    assert.ok('api' in (await errorsOf(here, 'POST', 'scopes', named('some:scope', { api: 999_999 }))))
    const odd = 'https://scoped.example/calendar:read%2F?a=b&c'
    const scope = await made(here, 'scopes', named(odd, { api: api['id'] }))
    assert.deepEqual([scope['id'], scope['api']], [odd, api['id']])
    assert.equal((await here.api('GET', `scopes/${encodeURIComponent(odd)}`)).body['name'], odd)
    assert.equal((await here.admin.get(`/admin/scopes/${encodeURIComponent(odd)}/`)).status, 200)
    assert.deepEqual(
      (await here.items(`scopes?api=${String(api['id'])}`)).map(({ name }) => name),
      [odd],
    )
    assert.deepEqual((await here.api('GET', `apis/${String(api['id'])}`)).body['scopes'], [odd])
    // No token for the API without a scope of it, from now on and on this node at once.
    assert.equal((await clientToken(here.server, { resource: 'https://scoped.example' }))['error'], 'invalid_target')
    await giveScopes(here.server, 'web', [odd])
    assert.equal((await clientToken(here.server, { resource: 'https://scoped.example', scope: odd }))['scope'], odd)
  })

  test('the words and the place of a scope change and outlast a restart; its name never changes', async () => {
    const here = engine()
    const { database } = here.server.context
    const path = 'scopes/address'
    const changed = await here.api('PATCH', path, { body: { description: 'where you live', position: 40 } })
    assert.equal(changed.status, 200, changed.text)
    await database.commit(insertStandardScopes())
    const last = (await listScopes(database)).find(({ name }) => name === 'address')
    assert.equal(last?.description, 'where you live')
    assert.equal((await here.items('scopes?sort=-position'))[0]?.['name'], 'address')
    assert.ok('name' in (await errorsOf(here, 'PATCH', path, { name: 'home' })))
    assert.ok('position' in (await errorsOf(here, 'PATCH', path, { position: -1 })))
  })

  test('what OpenID Connect and the console give a meaning to is not deleted, and why is said', async () => {
    const here = engine()
    for (const name of ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'console']) {
      const refused = await here.api('DELETE', `scopes/${name}`)
      assert.equal(refused.status, 403, name)
      assert.match(
        refused.text,
        name === 'console' ? /API of the console/ : /OpenID Connect gives this scope its meaning/,
      )
    }
  })

  test('a scope that is deleted leaves registrations, live tokens and refreshed ones; nothing else of them ends', async () => {
    const here = engine()
    const { server } = here
    await made(here, 'scopes', { name: 'gone', description: 'soon gone' })
    await made(here, 'scopes', { name: 'gone:too', description: 'stays' })
    await giveScopes(server, 'web', ['gone', 'gone:too'])
    const both = await personTokens(here, 'both', 'read gone gone:too')
    const only = String((await clientToken(server, { scope: 'gone' }))['access_token'])
    assert.deepEqual(
      [(await introspected(server, both.access_token))['scope'], (await introspected(server, only))['active']],
      ['read gone gone:too', true],
    )
    const along = (await here.api('GET', 'scopes/gone/consequences')).body['items'] as readonly Body[]
    assert.deepEqual(
      along.map(({ count }) => count),
      [1],
    )
    assert.equal((await here.api('DELETE', 'scopes/gone')).status, 204)
    const kept = await introspected(server, both.access_token)
    assert.deepEqual([kept['active'], kept['scope']], [true, 'read gone:too'])
    assert.equal((await introspected(server, only))['active'], false)
    assert.deepEqual((await refreshed(server, both.refresh_token)).body['scope'], 'read gone:too')
    const { scopes = [] } = (await findClient(server.context.database, 'web')) ?? {}
    assert.deepEqual([scopes.includes('gone:too'), scopes.includes('gone')], [true, false])
    assert.equal((await clientToken(server, { scope: 'gone' }))['error'], 'invalid_scope')
  })

  test('a grant that held nothing but a deleted scope gets no token any more', async () => {
    const here = engine()
    await made(here, 'scopes', { name: 'alone', description: 'alone' })
    await giveScopes(here.server, 'web', ['alone'])
    const tokens = await personTokens(here, 'lonely', 'alone')
    assert.equal((await here.api('DELETE', 'scopes/alone')).status, 204)
    const { status, body } = await refreshed(here.server, tokens.refresh_token)
    assert.deepEqual([status, body['error']], [400, 'invalid_scope'])
  })

  test('the name of a deleted scope is never given again: old tokens and consents would hold what is new', async () => {
    const here = engine()
    await made(here, 'scopes', { name: 'once', description: 'once' })
    assert.equal((await here.api('DELETE', 'scopes/once')).status, 204)
    const { name } = await errorsOf(here, 'POST', 'scopes', { name: 'once', description: 'twice' })
    assert.match(String(name), /was deleted/)
  })

  test('an API that is deleted takes its scopes along; tokens for it end, and are for nobody else', async () => {
    const here = engine()
    const { server } = here
    const audience = 'https://leaving.example'
    const api = await made(here, 'apis', { audience, name: 'Leaving', token_format: 'opaque' })
    await made(here, 'scopes', { name: 'leaving:read', description: 'x', api: api['id'] })
    await giveScopes(server, 'web', ['leaving:read'])
    const tokens = await personTokens(here, 'visitor', 'openid read leaving:read offline_access', {
      resource: audience,
    })
    assert.deepEqual((await introspected(server, tokens.access_token))['aud'], [audience])
    const path = `apis/${String(api['id'])}`
    assert.equal((await here.api('DELETE', path)).status, 204)
    assert.deepEqual(await introspected(server, tokens.access_token), { active: false })
    const userinfo = await fetch(`${server.url}/o/userinfo/`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    assert.equal(userinfo.status, 401)
    assert.equal((await refreshed(server, tokens.refresh_token)).status, 400)
    assert.deepEqual(await here.items('scopes?q=leaving:'), [])
    for (const [noun, body, field] of [
      ['apis', { audience, name: 'Back', token_format: 'opaque' }, 'audience'],
      ['scopes', { name: 'leaving:read', description: 'back' }, 'name'],
    ] as const) {
      assert.match(String((await errorsOf(here, 'POST', noun, body))[field]), /deleted/)
    }
  })

  test('an API is not deleted by a page that does not know of its newest scope', async () => {
    const here = engine()
    const api = await made(here, 'apis', { audience: 'https://raced.example', name: 'Raced', token_format: 'opaque' })
    const path = `/admin/apis/${String(api['id'])}/change/`
    const form = await here.admin.get(path)
    await made(here, 'scopes', { name: 'raced:read', description: 'x', api: api['id'] })
    const late = await here.admin.submit(form, { name: 'Late' })
    assert.equal(late.status, 409)
  })

  test('another node knows what was deleted a second later', async () => {
    const here = engine()
    const { database, clock } = here.server.context
    const other = createApiDirectory(database, clock)
    await other.retired()
    await made(here, 'scopes', { name: 'far', description: 'x' })
    assert.equal((await here.api('DELETE', 'scopes/far')).status, 204)
    assert.equal((await other.retired()).scopes.has('far'), false)
    here.server.clock.advance(1_000)
    assert.equal((await other.retired()).scopes.has('far'), true)
  })

  test('the scope of the console is there, is advertised to nobody, and only a superuser gives it to a client', async () => {
    const { server, items } = engine()
    assert.ok((await items('scopes?q=console')).some(({ name }) => name === 'console'))
    const metadata = (await (await fetch(`${server.url}/o/.well-known/openid-configuration`)).json()) as Body
    assert.ok(!(metadata['scopes_supported'] as readonly string[]).includes('console'))
    const holders = await items('clients')
    assert.ok(holders.every(({ scopes }) => !(scopes as readonly string[]).includes('console')))
    const before = defaultClientSettings({ clientId: 'mine', name: 'Mine', isConfidential: true })
    const asked = { ...before, grantTypes: ['client_credentials'], scopes: ['read', 'console'] } as const
    const rules = { knownScopes: ['read', 'console'], admits: () => true }
    assert.match(String(clientFaults(asked, before, { ...rules, mayTrust: false })?.['scopes']), /administrator/)
    assert.equal(clientFaults(asked, before, { ...rules, mayTrust: true }), undefined)
    const defaults = Object.entries(registrationSettings.settings).map(([name, { schema }]) => [
      name,
      schema.parse(undefined),
    ])
    const settings = { ...Object.fromEntries(defaults), scopes: ['read', 'console'] }
    assert.deepEqual((await policyOf(server.context, settings, false)).scopes, ['read'])
  })
})
