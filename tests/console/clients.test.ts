// Clients in the console and its API: everything of their data model by one form or one call, and what owners may not do.
// RFC 7591 §2; contract §1 (the seeds choose ids and secrets); security §2.5.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  defaultClientSettings,
  findClient,
  insertClient,
  secretsOf,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import type { FormBrowser, Page } from '../support/form-browser.ts'
import { basic, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { administrator, type Answer, call, groupOf, person, signedIn } from './ground.ts'

let server: TestServer
let admin: FormBrowser

before(async () => {
  server = await startTestServer()
  admin = await administrator(server)
})
after(() => server.close())

type Row = Readonly<Record<string, unknown>>

async function added(body: object, browser: FormBrowser = admin): Promise<Row> {
  const answer = await call(server, browser, 'POST', '/api/v1/clients', { body })
  assert.equal(answer.status, 201, answer.text)
  return answer.body
}

function read(id: unknown, browser: FormBrowser = admin): Promise<Answer> {
  return call(server, browser, 'GET', `/api/v1/clients/${String(id)}`)
}

function patch(id: unknown, body: object, browser: FormBrowser = admin): Promise<Answer> {
  return call(server, browser, 'PATCH', `/api/v1/clients/${String(id)}`, { body })
}

function post(id: unknown, act: string, body: object = {}, browser: FormBrowser = admin): Promise<Answer> {
  return call(server, browser, 'POST', `/api/v1/clients/${String(id)}/${act}`, { body })
}

async function tokenStatus(clientId: string, secret: string): Promise<number> {
  const response = await postForm(
    `${server.url}/o/token/`,
    { grant_type: 'client_credentials', scope: 'read' },
    basic(clientId, secret),
  )
  return response.status
}

const itself = { grant_types: ['client_credentials'], scopes: ['read'] }

describe('adding', () => {
  test('an operator chooses id and secret in the form, and the client gets a token with them', async () => {
    const form = await admin.get('/admin/clients/add/')
    assert.equal(form.status, 200)
    const done = await admin.submit(form, {
      name: 'Seed client',
      client_id: 'clientId2',
      client_secret: 'clientSecret',
      grant_types: ['password', 'client_credentials', 'refresh_token'],
      scopes: ['read', 'write'],
    })
    assert.equal(done.status, 303, done.text)
    const page = await admin.follow(done)
    assert.match(page.text, /It has been added/)
    assert.match(page.text, /Client id clientId2/)
    assert.ok(!page.body.includes('clientSecret'))
    assert.equal(await tokenStatus('clientId2', 'clientSecret'), 200)
    assert.equal(await tokenStatus('clientId2', 'clientSecres'), 401)
    const seeds = { grant_type: 'password', username: 'admin@email.com', password: 'testpass123' }
    const byPassword = await postForm(`${server.url}/o/token/`, {
      ...seeds,
      client_id: 'clientId2',
      client_secret: 'clientSecret',
    })
    const tokens: Row = Object(await byPassword.json())
    assert.deepEqual([byPassword.status, tokens['expires_in'], tokens['scope']], [200, 3_600, 'read write'])
  })

  test('a secret that the server makes is shown once: on the answer, and nowhere afterwards', async () => {
    const shown = await admin.submit(await admin.get('/admin/clients/add/'), { name: 'Made', ...itself })
    assert.equal(shown.status, 200)
    assert.match(String(shown.headers['cache-control']), /no-store/)
    const secret = secretIn(shown)
    const link = /href="(\/admin\/clients\/(\d+)\/\?done=added)"/.exec(shown.body)
    assert.ok(link?.[1] !== undefined, 'the answer leads on to the row')
    const page = await admin.get(link[1])
    assert.ok(!page.body.includes(secret))
    assert.match(page.text, new RegExp(secret.slice(-4)))
    const row = (await read(link[2])).body
    assert.equal(await tokenStatus(String(row['client_id']), secret), 200)
    for (const path of [`/api/v1/clients/${link[2]}/history`, '/api/v1/events', '/api/v1/clients']) {
      assert.ok(!(await call(server, admin, 'GET', path)).text.includes(secret), path)
    }
  })

  test('the API answers with it in `shown`; what is not sent is what the form begins with', async () => {
    const answer = await call(server, admin, 'POST', '/api/v1/clients', {
      body: { name: 'By call', redirect_uris: ['https://app.example/cb'] },
    })
    assert.equal(answer.status, 201)
    assert.match(String(answer.headers['cache-control']), /no-store/)
    const { shown, grant_types: grants, authentication_method: method, owner, pkce } = answer.body
    assert.match(JSON.stringify(shown), /^\[\{"label":"Client secret","value":"lk_sec_[\w-]{43}"\}\]$/)
    assert.deepEqual(
      [grants, method, owner, pkce],
      [['authorization_code', 'refresh_token'], 'client_secret', null, 'required'],
    )
    assert.equal((await read(answer.body['id'])).body['shown'], undefined)
    const { body: api } = await call(server, admin, 'GET', '/api/v1/openapi.json')
    assert.match(JSON.stringify(api), /shown-once/)
  })

  test('the whole data model goes through one call, and comes back as it was sent', async () => {
    const whole = {
      name: 'Whole',
      client_id: 'whole',
      authentication_method: 'private_key_jwt',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['https://whole.example/cb', 'https://whole.example/cb2'],
      post_logout_redirect_uris: ['https://whole.example/bye'],
      allowed_origins: ['https://whole.example'],
      scopes: ['read'],
      consent: 'skip',
      pkce: 'optional',
      introspection: 'any',
      id_token_algorithm: 'ES256',
      access_token_lifetime_seconds: 600,
      refresh_token_lifetime_seconds: 7200,
      refresh_grace_seconds: 0,
      refresh_ends_access_tokens: true,
      refresh_narrows_grant: true,
      response_types: ['code', 'code id_token'],
      application_type: 'web',
      software_id: 'whole',
      software_version: '1',
      contacts: ['a@whole.example'],
      client_uri: 'https://whole.example/',
      logo_uri: 'https://whole.example/logo.png',
      policy_uri: 'https://whole.example/policy',
      tos_uri: 'https://whole.example/terms',
      subject_type: 'pairwise',
      jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] },
      token_endpoint_auth_signing_alg: 'EdDSA',
      userinfo_signed_response_alg: 'RS256',
      introspection_signed_response_alg: 'RS256',
      request_object_signing_alg: 'none',
      request_uris: ['https://whole.example/request#abc'],
      default_max_age: 0,
      require_auth_time: true,
      default_acr_values: ['b', 'a'],
      initiate_login_uri: 'https://whole.example/begin',
      backchannel_logout_uri: 'https://whole.example/back',
      backchannel_logout_session_required: true,
      frontchannel_logout_uri: 'https://whole.example/front',
      frontchannel_logout_session_required: true,
    }
    const row = await added(whole)
    assert.equal(row['shown'], undefined, 'it signs with its own key')
    for (const [name, value] of Object.entries(whole)) assert.deepEqual(row[name], value, name)
    // A form that is sent back as it came changes nothing.
    const form = await admin.get(`/admin/clients/${String(row['id'])}/change/`)
    assert.equal((await admin.submit(form, { default_acr_values: 'b\na' })).status, 303)
    const now = (await read(row['id'])).body
    assert.deepEqual({ ...now }, { ...row })
    const order = await patch(row['id'], { default_acr_values: ['a', 'b'] })
    assert.deepEqual(order.body['default_acr_values'], ['a', 'b'])
  })

  test('what is wrong stands beside its field, what was typed stays, and the secret is not sent back', async () => {
    const refused = await admin.submit(await admin.get('/admin/clients/add/'), {
      name: '',
      client_id: 'with space',
      client_secret: 'short',
      redirect_uris: 'http://plain.example/cb',
      allowed_origins: 'https://a.example/path',
      owner: 'nobody@example.com',
      access_token_lifetime_seconds: '1',
    })
    assert.equal(refused.status, 200)
    assert.match(refused.fieldError('name'), /required/)
    const named = await admin.submit(refused, { name: 'Typed', owner: '', client_secret: 'short' })
    for (const [field, words] of [
      ['client_id', /printable/],
      ['client_secret', /at least 8/],
      ['redirect_uris', /http:\/\/plain\.example\/cb: Plain http/],
      ['allowed_origins', /https:\/\/a\.example\/path/],
      ['access_token_lifetime_seconds', /from 60 to 86400/],
    ] as const) {
      assert.match(named.fieldError(field), words, field)
    }
    assert.equal(named.field('redirect_uris')?.trim(), 'http://plain.example/cb')
    assert.ok(!named.body.includes('"short"'))
    const taken = await call(server, admin, 'POST', '/api/v1/clients', {
      body: { name: 'Again', client_id: 'whole', ...itself },
    })
    assert.equal(taken.status, 400)
    assert.match(String(taken.headers['content-type']), /problem\+json/)
    assert.deepEqual(Object.keys(Object(taken.body['errors'])), ['client_id'])
    const nobody = await call(server, admin, 'POST', '/api/v1/clients', {
      body: { name: 'x', owner: 987_654, ...itself },
    })
    assert.deepEqual(Object.keys(Object(nobody.body['errors'])), ['owner'])
  })

  test('of two who choose the same id at the same moment one gets it, the other is told', async () => {
    const body = { name: 'Twice', client_id: 'twice', ...itself }
    const answers = await Promise.all([1, 2, 3].map(() => call(server, admin, 'POST', '/api/v1/clients', { body })))
    assert.deepEqual(answers.map(({ status }) => String(status)).toSorted(), ['201', '400', '400'])
  })

  test('the rules of registration hold: keys, response types, sectors, powers', async () => {
    for (const [body, field] of [
      [{ jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'eA', d: 'eA' }] } }, 'jwks'],
      [{ authentication_method: 'private_key_jwt' }, 'jwks_uri'],
      [{ authentication_method: 'none', grant_types: ['client_credentials'] }, 'grant_types'],
      [{ response_types: ['id_token'] }, 'response_types'],
      [{ response_types: ['token nonsense'] }, 'response_types'],
      [{ redirect_uris: [] }, 'redirect_uris'],
      [
        { subject_type: 'pairwise', redirect_uris: ['https://a.example/', 'https://b.example/'] },
        'sector_identifier_uri',
      ],
      [{ logo_uri: 'ftp://rules.example/logo' }, 'logo_uri'],
      [{ frontchannel_logout_uri: 'https://other.example/' }, 'frontchannel_logout_uri'],
      [
        {
          subject_type: 'pairwise',
          redirect_uris: ['https://a.example/', 'https://b.example/'],
          sector_identifier_uri: 'https://127.0.0.1:1/sector',
        },
        'sector_identifier_uri',
      ],
      [{ scopes: ['unheard-of'] }, 'scopes'],
      [{ default_max_age: -1 }, 'default_max_age'],
    ] as const) {
      const whole = { name: 'Rules', redirect_uris: ['https://rules.example/cb'], ...body }
      const answer = await call(server, admin, 'POST', '/api/v1/clients', { body: whole })
      assert.equal(answer.status, 400, answer.text)
      assert.deepEqual(Object.keys(Object(answer.body['errors'])), [field], JSON.stringify(body))
    }
  })
})

function secretIn(page: Page): string {
  return /<code id="shown-0" dir="ltr">(lk_sec_[\w-]{43})<\/code>/.exec(page.body)?.[1] ?? assert.fail(page.text)
}

describe('changing', () => {
  test('a change is an event with what was there before; of two forms the second is told', async () => {
    const { id } = await added({ name: 'Before', client_id: 'changing', ...itself })
    const path = `/admin/clients/${String(id)}/change/`
    const [first, second] = [await admin.get(path), await admin.get(path)]
    assert.equal((await admin.submit(first, { name: 'After', logo_uri: 'https://after.example/l.png' })).status, 303)
    const stale = await admin.submit(second, { name: 'Lost' })
    assert.equal(stale.status, 409)
    assert.match(stale.text, /changed meanwhile/)
    const { body } = await call(server, admin, 'GET', `/api/v1/clients/${String(id)}/history`)
    const [change, made] = body['items'] as readonly Row[]
    assert.deepEqual(change?.['changes'], {
      name: { before: 'Before', after: 'After' },
      logo_uri: { before: null, after: 'https://after.example/l.png' },
    })
    assert.equal(made?.['kind'], 'client.created')
    const etag = await call(server, admin, 'PATCH', `/api/v1/clients/${String(id)}`, {
      body: { name: 'x' },
      headers: { 'if-match': '"1"' },
    })
    assert.equal(etag.status, 412)
  })

  test('a client that turns public and back is another to whoever trusted it: secrets and tokens end, a new secret is shown', async () => {
    const { id, shown } = await added({
      name: 'Turning',
      client_id: 'turning',
      redirect_uris: ['https://t.example/cb'],
    })
    assert.ok(shown !== undefined)
    const row = await findClient(server.context.database, 'turning')
    assert.equal((await patch(id, { authentication_method: 'none' })).body['is_confidential'], false)
    assert.deepEqual(await secretsOf(server.context.database, Number(id)), [])
    const form = await admin.get(`/admin/clients/${String(id)}/change/`)
    const back = await admin.submit(form, { authentication_method: 'client_secret_basic' })
    assert.equal(back.status, 200)
    assert.match(back.text, /The changes have been saved/)
    assert.ok(secretIn(back) !== '')
    const turned = await findClient(server.context.database, 'turning')
    assert.equal(turned?.epoch, (row?.epoch ?? 0) + 2)
  })

  test('the owner is set by id or by name, and the page says who it is now', async () => {
    const owner = await person(server, 'handed')
    const { id } = await added({ name: 'Handed', ...itself })
    const form = await admin.get(`/admin/clients/${String(id)}/change/`)
    assert.equal((await admin.submit(form, { owner: 'handed@example.com' })).status, 303)
    assert.equal((await read(id)).body['owner'], owner.id)
    assert.match((await admin.get(`/admin/clients/${String(id)}/change/`)).text, /Now: handed@example\.com/)
    assert.equal((await patch(id, { owner: null })).body['owner'], null)
  })
})

describe('secrets', () => {
  test('a new one is shown once and works beside the old one, which is withdrawn then', async () => {
    const { id, shown } = await added({ name: 'Rotating', client_id: 'rotating', ...itself })
    const old = String(Object(shown)[0].value)
    const page = await admin.submit(await admin.get(`/admin/clients/${String(id)}/new-secret/`))
    assert.equal(page.status, 200)
    assert.match(page.text, /It is shown only this once/)
    const fresh = secretIn(page)
    for (const secret of [old, fresh]) assert.equal(await tokenStatus('rotating', secret), 200)
    const secrets = (await read(id)).body['secrets'] as readonly Row[]
    assert.deepEqual(
      secrets.map((secret) => secret['ends_in']),
      [fresh.slice(-4), old.slice(-4)],
    )
    assert.deepEqual(Object.keys(secrets[0] ?? {}), ['id', 'kind', 'ends_in', 'created_at', 'age_days'])
    const question = await admin.get(`/admin/clients/${String(id)}/withdraw-secret/`)
    assert.match(question.text, new RegExp(`Ends in ${old.slice(-4)}, 0 days old`))
    const done = await admin.follow(await admin.submit(question, { secret: String(secrets[1]?.['id']) }))
    assert.match(done.text, /has been withdrawn/)
    assert.equal(await tokenStatus('rotating', old), 401)
    assert.equal(await tokenStatus('rotating', fresh), 200)
    const last = await post(id, 'withdraw-secret', { secret: String(secrets[0]?.['id']) })
    assert.equal(last.status, 403)
    assert.equal(await tokenStatus('rotating', fresh), 200)
  })

  test('the API shows it in the answer; a third one ends the oldest; another client’s is not withdrawn', async () => {
    const { id } = await added({ name: 'Thrice', client_id: 'thrice', ...itself })
    const other = await added({ name: 'Other', client_id: 'other', ...itself })
    const made = await post(id, 'new-secret')
    assert.match(JSON.stringify(made.body['shown']), /lk_sec_/)
    const { body } = await post(id, 'new-secret', { client_secret: 'chosen-secret' })
    assert.equal(body['shown'], undefined)
    assert.equal(await tokenStatus('thrice', 'chosen-secret'), 200)
    const secrets = body['secrets'] as readonly Row[]
    assert.equal(secrets.length, 2)
    await post(other['id'], 'new-secret')
    const foreign = await post(other['id'], 'withdraw-secret', { secret: String(secrets[1]?.['id']) })
    assert.equal(foreign.status, 400)
    const text = JSON.stringify((await call(server, admin, 'GET', '/api/v1/events')).body)
    assert.ok(!text.includes('chosen-secret') && !text.includes('lk_sec_'))
    const publicly = await added({
      name: 'Public',
      authentication_method: 'none',
      redirect_uris: ['https://p.example/'],
    })
    assert.equal((await post(publicly['id'], 'new-secret')).status, 403)
  })
})

test('a deletion says what goes with it, takes it along, and is on record', async () => {
  const { id } = await added({ name: 'Doomed', client_id: 'doomed', client_secret: 'doomed-secret', ...itself })
  const question = await admin.get(`/admin/clients/${String(id)}/delete/`)
  assert.match(question.text, /Secrets that stop working 1/)
  assert.match(question.text, /stop working at once/)
  assert.match((await admin.follow(await admin.submit(question))).text, /It has been deleted/)
  assert.equal((await read(id)).status, 404)
  assert.equal(await tokenStatus('doomed', 'doomed-secret'), 401)
  const { body } = await call(server, admin, 'GET', `/api/v1/events?client=${String(id)}`)
  const [event] = body['items'] as readonly Row[]
  assert.equal(event?.['kind'], 'client.deleted')
  assert.match(JSON.stringify(event?.['changes']), /"field":"name","before":"Doomed"/)
})

describe('owners', () => {
  test('register and change their own; owner and powers are not theirs to give, on pages and in the API', async () => {
    const owner = await person(server, 'keeper')
    const browser = await signedIn(server, 'keeper')
    const form = await browser.get('/admin/clients/add/')
    assert.doesNotMatch(form.body, /name="owner"|name="consent"|value="password"|value="any"|value="id_token"/)
    const redirect_uris = ['https://keeper.example/cb']
    const mine = await added({ name: 'Mine', redirect_uris }, browser)
    assert.equal(mine['owner'], owner.id)
    for (const [body, field] of [
      [{ owner: null }, 'owner'],
      [{ owner: 1 }, 'owner'],
      [{ owner_id: 1 }, 'owner_id'],
      [{ consent: 'skip' }, 'consent'],
      [{ introspection: 'any' }, 'introspection'],
      [{ grant_types: ['password'] }, 'grant_types'],
      [{ response_types: ['code', 'id_token'] }, 'response_types'],
      [{ enabled: false }, 'enabled'],
      [{ client_id: 'other-name' }, 'client_id'],
      [{ is_confidential: false }, 'is_confidential'],
      [{ secrets: [] }, 'secrets'],
      [{ epoch: 1 }, 'epoch'],
    ] as const) {
      const answer = await patch(mine['id'], body, browser)
      assert.equal(answer.status, 400, JSON.stringify(body))
      assert.deepEqual(Object.keys(Object(answer.body['errors'])), [field])
      const anew = await call(server, browser, 'POST', '/api/v1/clients', {
        body: { name: 'x', redirect_uris, ...body },
      })
      if (field !== 'client_id') assert.equal(anew.status, 400, JSON.stringify(body))
    }
    // A form with more in it than the page has is read for what the page has.
    const page = await browser.get(`/admin/clients/${String(mine['id'])}/change/`)
    await browser.submit(page, { owner: '1', consent: 'skip', name: 'More' })
    await browser.submit(await browser.get(`/admin/clients/${String(mine['id'])}/change/`), { introspection: 'any' })
    const { owner: whose, consent, introspection } = (await read(mine['id'])).body
    assert.deepEqual([whose, consent, introspection], [owner.id, 'ask', 'own'])
    assert.equal((await patch(mine['id'], { name: 'Still mine' }, browser)).body['name'], 'Still mine')
    assert.match((await browser.get(`/admin/clients/${String(mine['id'])}/`)).body, /\/o\/applications\/\d+\//)
    const gone = await call(server, browser, 'DELETE', `/api/v1/clients/${String(mine['id'])}`)
    assert.equal(gone.status, 204)
  })

  test('keep what an administrator gave, give it up, and do not take it again', async () => {
    const owner = await person(server, 'trusted')
    const browser = await signedIn(server, 'trusted')
    const settings = defaultClientSettings({ clientId: 'trusted', name: 'Trusted', isConfidential: true })
    const powers = { grantTypes: ['password'] as const, introspection: 'any', consent: 'skip' } as const
    await server.context.database.commit([insertClient({ ...settings, ...powers, ownerId: owner.id }, 1)])
    const id = (await findClient(server.context.database, 'trusted'))?.row
    assert.equal((await patch(id, { name: 'Kept' }, browser)).status, 200)
    assert.equal((await patch(id, { introspection: 'own', consent: 'ask' }, browser)).body['consent'], 'ask')
    assert.equal((await patch(id, { introspection: 'any' }, browser)).status, 400)
    assert.equal((await patch(id, { consent: 'skip' }, browser)).status, 400)
  })

  test('may switch their own off and on again, but not on what somebody in charge switched off', async () => {
    await person(server, 'switcher')
    const browser = await signedIn(server, 'switcher')
    const { id } = await added({ name: 'Switched', redirect_uris: ['https://s.example/cb'] }, browser)
    for (const act of ['disable', 'enable', 'disable', 'enable']) {
      assert.equal((await post(id, act, {}, browser)).status, 200, act)
    }
    assert.equal((await post(id, 'disable')).status, 200)
    const refused = await post(id, 'enable', {}, browser)
    assert.equal(refused.status, 403)
    assert.match(String(refused.body['detail']), /in charge/)
    assert.equal((await post(id, 'enable')).body['enabled'], true)
  })

  test('find no other client by any id, page, act or call', async () => {
    await person(server, 'stranger')
    const browser = await signedIn(server, 'stranger')
    const { id } = await added({ name: 'Foreign', client_id: 'foreign', client_secret: 'foreign-secret', ...itself })
    const untouched = (await read(id)).body
    for (const path of ['', 'change/', 'delete/', 'history/', 'new-secret/', 'withdraw-secret/', 'disable/']) {
      assert.equal((await browser.get(`/admin/clients/${String(id)}/${path}`)).status, 404, path)
    }
    const at = `/api/v1/clients/${String(id)}`
    for (const [method, path, body] of [
      ['GET', at, undefined],
      ['GET', `${at}/history`, undefined],
      ['GET', `${at}/consequences`, undefined],
      ['PATCH', at, { name: 'Taken' }],
      ['POST', `${at}/new-secret`, {}],
      ['POST', `${at}/withdraw-secret`, { secret: '1' }],
      ['POST', `${at}/end-access`, {}],
      ['DELETE', at, undefined],
    ] as const) {
      assert.equal((await call(server, browser, method, path, { body })).status, 404, `${method} ${path}`)
    }
    assert.deepEqual((await read(id)).body, untouched)
    assert.deepEqual((await call(server, browser, 'GET', '/api/v1/clients')).body['items'], [])
  })

  test('staff who may change clients hand them on, but powers are a superuser’s to give; others see no link to owners’ pages', async () => {
    const clerk = await person(server, 'clerk', { isStaff: true })
    const setPermissions = await groupOf(server, 'clerks', clerk)
    await setPermissions(['clients.view', 'clients.change'])
    const browser = await signedIn(server, 'clerk')
    const { id } = await added({ name: 'Common', ...itself })
    assert.equal((await patch(id, { owner: clerk.id }, browser)).body['owner'], clerk.id)
    assert.equal((await patch(id, { owner: null }, browser)).body['owner'], null)
    assert.equal((await patch(id, { introspection: 'any' }, browser)).status, 400)
    assert.equal((await patch(id, { consent: 'skip' }, browser)).status, 400)
    assert.doesNotMatch((await browser.get(`/admin/clients/${String(id)}/`)).body, /\/o\/applications\//)
    // What is left of deleting is that of owners: their own.
    assert.doesNotMatch((await browser.get(`/admin/clients/${String(id)}/`)).body, /\/delete\/"/)
    assert.equal((await call(server, browser, 'DELETE', `/api/v1/clients/${String(id)}`)).status, 404)
  })
})
