// What an authorization request costs the database while somebody is signed in: nothing is written, and little is read.
// And what its owner learns of a request that was refused.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Database } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { responseTypes } from '../../packages/authorization-server/src/records/clients/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { addClient, answerOf, authorizePath, claimsOf, redeem, signedInBrowser } from './ground.ts'

/** What the server does by itself, each second or minute. */
const byItself = /\b(ring_keys|signing_keys|leases|logout_deliveries)\b|^select epoch, created_at from installation/

describe('the cost of a request with a live session', () => {
  let server: TestServer
  let browser: FormBrowser
  let reads = 0
  let commits = 0
  const counted = (database: Database): Database => ({
    engine: database.engine,
    all: (query) => {
      if (!byItself.test(query.sql)) reads += 1
      return database.all(query)
    },
    commit: (writes) => {
      if (!writes.every(({ statement }) => byItself.test(statement.sql))) commits += 1
      return database.commit(writes)
    },
    close: () => database.close(),
  })
  before(async () => {
    server = await startTestServer({ deps: { wrapDatabase: counted } })
    await addClient(server, 'app', { metadata: { responseTypes } })
    browser = await signedInBrowser(server)
  })
  after(() => server.close())

  async function costOf(asked: Readonly<Record<string, string>>): Promise<readonly [number, number]> {
    await browser.get(authorizePath('app'))
    reads = 0
    commits = 0
    assert.ok(answerOf(await browser.get(authorizePath('app', asked))).members.has('code'))
    return [reads, commits]
  }

  test('a code: the session is read, and the consent with what all rests on; nothing is written', async () => {
    assert.deepEqual(await costOf({}), [2, 0])
  })

  test('no parameter makes it dearer', async () => {
    const hint = (await redeem(server, 'app', answerOf(await browser.get(authorizePath('app')))))['id_token'] ?? ''
    const acr = String(claimsOf(hint)['acr'])
    for (const asked of [
      { response_mode: 'form_post' },
      { prompt: 'none' },
      { max_age: '1000' },
      { id_token_hint: hint },
      { login_hint: 'alice' },
      { claims: JSON.stringify({ userinfo: { email: null }, id_token: { acr: { essential: true, value: acr } } }) },
      { response_type: 'code id_token' },
    ]) {
      assert.deepEqual(await costOf(asked), [2, 0], JSON.stringify(asked).slice(0, 60))
    }
  })
})

describe('what the owner of a client learns of a refusal', () => {
  let server: TestServer
  let browser: FormBrowser
  before(async () => {
    server = await startTestServer()
    await addClient(server, 'app', { metadata: { requestObjectSigningAlgorithm: 'RS256' } })
    browser = await signedInBrowser(server, ['admin@email.com', 'testpass123'])
  })
  after(() => server.close())

  const cases = [
    ['response-type', { response_type: 'token' }, 'token', 'code'],
    ['response-mode', { response_mode: 'fragment' }, 'fragment', 'query, form_post'],
    ['resource-unknown', { resource: 'https://unknown.example/' }, 'https://unknown.example/', undefined],
    ['request-object-algorithm', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'none', 'RS256'],
    ['acr-not-on-offer', { claims: '{"id_token":{"acr":{"essential":true,"value":"gold"}}}' }, 'gold', 'aal1'],
  ] as const
  for (const [rule, asked, sent, registered] of cases) {
    test(`${rule}: what was sent and what is registered, by the incident that the answer names`, async () => {
      const page = await browser.get(authorizePath('app', asked))
      const incident = server.context.incidents.find(String(page.headers['latchkey-incident']))
      assert.equal(incident?.rule, rule)
      assert.deepEqual([incident?.detail['client_id'], incident?.detail['sent']], ['app', sent])
      if (registered !== undefined) assert.equal(incident?.detail['registered'], registered)
      const row = (await server.context.clients.find('app'))?.client.row
      const owner = await browser.get(`/o/applications/${row}/`)
      assert.match(owner.text, new RegExp(String(page.headers['latchkey-incident'])))
    })
  }

  test('nonce-missing, prompt and hints are told to the client in a sentence, and kept under its name', async () => {
    for (const [asked, rule] of [
      [{ prompt: 'none login' }, 'prompt-none-combined'],
      [{ id_token_hint: 'x.y.z' }, 'id-token-hint-signature'],
      [{ max_age: 'soon' }, 'max-age'],
    ] as const) {
      const page = await browser.get(authorizePath('app', asked))
      const incident = server.context.incidents.find(String(page.headers['latchkey-incident']))
      assert.deepEqual([incident?.rule, incident?.detail['client_id']], [rule, 'app'])
      assert.ok((answerOf(page).members.get('error_description') ?? '').length > 10)
    }
  })
})
