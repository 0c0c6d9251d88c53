// RFC 7591: what registering makes, for whom, and what is refused in which words.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { basic, postForm, startTestServer, type TestServer } from '../support/server.ts'
import { call, initialToken, type Json, register, registered, startWith, text, trail, web } from './ground.ts'

const ascending = (a: number, b: number): number => a - b
let open: TestServer
let guarded: TestServer

before(async () => {
  open = await startWith({ policy: 'open', perSourcePerHour: 1_000 })
  guarded = await startWith({ policy: 'token', scopes: ['openid', 'read'] })
})
after(async () => {
  await open.close()
  await guarded.close()
})

const publicJwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })

test('where registration is off its addresses do not exist, and nothing speaks of them', async () => {
  const server = await startTestServer()
  try {
    assert.equal((await register(server, web)).status, 404)
    assert.equal((await call('GET', `${server.url}/o/register/x/`)).status, 404)
    const metadata = await call('GET', `${server.url}/o/.well-known/openid-configuration`)
    assert.equal('registration_endpoint' in metadata.body, false)
  } finally {
    await server.close()
  }
})

test('a registration is answered with everything that stands, a secret and a token to manage it (RFC 7591 §3.2.1)', async () => {
  const answer = await register(open, {
    ...web,
    scope: 'email openid',
    contacts: ['ops@printer.example'],
    unheard_of: { a: 1 },
    client_name: null,
  })
  assert.equal(answer.status, 201)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const { client_id: id, client_secret: secret, registration_access_token: token, ...rest } = answer.body
  assert.match(String(id), /^app_[\w-]{22}$/)
  assert.match(String(secret), /^lk_sec_[\w-]{43}$/)
  assert.match(String(token), /^lk_rat_[\w-]{43}$/)
  assert.deepEqual(rest, {
    client_id_issued_at: Math.floor(open.clock.now() / 1_000),
    client_name: 'printer.example',
    redirect_uris: ['https://printer.example/cb'],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    application_type: 'web',
    scope: 'openid email',
    token_endpoint_auth_method: 'client_secret_basic',
    subject_type: 'public',
    id_token_signed_response_alg: 'RS256',
    require_auth_time: false,
    contacts: ['ops@printer.example'],
    client_secret_expires_at: 0,
    registration_client_uri: `${open.url}/o/register/${String(id)}/`,
  })
  const metadata = await call('GET', `${open.url}/o/.well-known/openid-configuration`)
  assert.equal(metadata.body['registration_endpoint'], `${open.url}/o/register/`)
})

test('the new client can authenticate at once, asks people for consent and must use PKCE', async () => {
  const body = await registered(open)
  const [id, secret] = [text(body, 'client_id'), text(body, 'client_secret')]
  const refused = await postForm(
    `${open.url}/o/token/`,
    { grant_type: 'authorization_code', code: 'x', redirect_uri: 'https://printer.example/cb' },
    basic(id, secret),
  )
  assert.deepEqual([refused.status, ((await refused.json()) as Json)['error']], [400, 'invalid_grant'])
  const known = await open.context.clients.find(id)
  assert.ok(known)
  const { pkce, consent, introspection, ownerId, enabled } = known.client
  assert.deepEqual([pkce, consent, introspection, ownerId, enabled], ['required', 'ask', 'own', undefined, true])
})

test('every member that is taken comes back as it was sent', async () => {
  const members: Json = {
    client_name: 'Drucker – Ø',
    redirect_uris: ['https://printer.example/cb', 'http://localhost:3000/cb'],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    application_type: 'web',
    contacts: ['a@printer.example'],
    client_uri: 'https://printer.example/',
    logo_uri: 'https://printer.example/logo.png',
    policy_uri: 'https://printer.example/policy#data',
    tos_uri: 'https://printer.example/tos',
    scope: 'openid email',
    jwks: { keys: [publicJwk] },
    software_id: 'printer',
    software_version: '1.2',
    subject_type: 'pairwise',
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    id_token_signed_response_alg: 'ES256',
    userinfo_signed_response_alg: 'RS256',
    introspection_signed_response_alg: 'RS256',
    request_object_signing_alg: 'ES256',
    request_uris: ['https://printer.example/request#abc'],
    default_max_age: 3_600,
    require_auth_time: true,
    default_acr_values: ['1'],
    initiate_login_uri: 'https://printer.example/start',
    post_logout_redirect_uris: ['https://printer.example/bye'],
    backchannel_logout_uri: 'https://printer.example/logout',
    backchannel_logout_session_required: true,
    frontchannel_logout_uri: 'https://printer.example/frame?x=1',
    frontchannel_logout_session_required: true,
  }
  const hosts = { redirect_uris: ['https://printer.example/cb'] }
  const body = await registered(open, { ...members, ...hosts })
  for (const [name, value] of Object.entries({ ...members, ...hosts })) assert.deepEqual(body[name], value, name)
  assert.equal('client_secret' in body, false)
})

const redirects: readonly (readonly [string, Json])[] = [
  ['none', { redirect_uris: [] }],
  ['absent', { redirect_uris: null }],
  ['no list', { redirect_uris: 'https://printer.example/cb' }],
  ['no texts', { redirect_uris: [7] }],
  ['a fragment', { redirect_uris: ['https://printer.example/cb#x'] }],
  ['http', { redirect_uris: ['http://printer.example/cb'] }],
  ['javascript', { redirect_uris: ['JaVaScRiPt:alert(1)'] }],
  ['a wildcard', { redirect_uris: ['https://*.printer.example/cb'] }],
  ['userinfo', { redirect_uris: ['https://printer.example@evil.example/cb'] }],
  ['a code already', { redirect_uris: ['https://printer.example/cb?code=x'] }],
  ['a scheme of its own on the web', { redirect_uris: ['com.printer.app:/cb'] }],
  ['a scheme without a dot', { redirect_uris: ['printer:/cb'], application_type: 'native' }],
  ['one bad of two', { redirect_uris: ['https://printer.example/cb', 'data:text/html,x'] }],
]

for (const [name, members] of redirects) {
  test(`redirect URIs are refused as such: ${name} (RFC 7591 §3.2.2)`, async () => {
    const answer = await register(open, { ...web, ...members })
    assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_redirect_uri'], JSON.stringify(answer.body))
    assert.match(text(answer.body, 'error_description'), /^redirect_uris: /)
  })
}

test('a native app may have a scheme of its own, loopback addresses and claimed https (RFC 8252 §7)', async () => {
  const redirect_uris = ['com.printer.app:/cb', 'http://127.0.0.1/cb', 'https://printer.example/app']
  const body = await registered(open, { redirect_uris, application_type: 'native', token_endpoint_auth_method: 'none' })
  assert.deepEqual(body['redirect_uris'], redirect_uris)
  assert.equal('client_secret' in body, false)
})

const metadata: readonly (readonly [string, Json])[] = [
  ['grant_types', { grant_types: ['password'] }],
  ['grant_types', { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] }],
  ['grant_types', { grant_types: ['refresh_token'], response_types: [] }],
  ['grant_types', { grant_types: ['client_credentials'], redirect_uris: [] }],
  ['grant_types', { grant_types: ['refresh_token'], response_types: ['code'] }],
  ['response_types', { grant_types: ['authorization_code'], response_types: [] }],
  ['response_types', { grant_types: ['implicit', 'authorization_code'] }],
  ['response_types', { response_types: ['token'] }],
  ['response_types', { response_types: ['code id_token'], grant_types: ['authorization_code', 'implicit'] }],
  ['response_types', { response_types: ['none'] }],
  ['application_type', { application_type: 'desktop' }],
  ['token_endpoint_auth_method', { token_endpoint_auth_method: 'client_secret_jwt' }],
  ['token_endpoint_auth_method', { token_endpoint_auth_method: 'tls_client_auth' }],
  ['token_endpoint_auth_signing_alg', { token_endpoint_auth_signing_alg: 'HS256' }],
  ['token_endpoint_auth_signing_alg', { token_endpoint_auth_signing_alg: 'none' }],
  ['id_token_signed_response_alg', { id_token_signed_response_alg: 'none' }],
  ['id_token_signed_response_alg', { id_token_signed_response_alg: 'HS256' }],
  ['userinfo_signed_response_alg', { userinfo_signed_response_alg: 'none' }],
  ['id_token_encrypted_response_alg', { id_token_encrypted_response_alg: 'RSA-OAEP' }],
  ['request_object_encryption_enc', { request_object_encryption_enc: 'A128GCM' }],
  ['jwks', { jwks: { keys: [publicJwk] }, jwks_uri: 'https://printer.example/jwks' }],
  ['jwks', { jwks: { keys: [] } }],
  ['jwks', { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }],
  ['jwks', { jwks: { keys: [{ ...publicJwk, d: 'AAAA' }] } }],
  ['jwks', { jwks: 'https://printer.example/jwks' }],
  ['jwks_uri', { token_endpoint_auth_method: 'private_key_jwt' }],
  ['jwks_uri', { jwks_uri: 'ftp://printer.example/jwks' }],
  ['logo_uri', { logo_uri: 'javascript:alert(1)' }],
  ['client_uri', { client_uri: 'JAVASCRIPT:alert(1)' }],
  ['policy_uri', { policy_uri: 'data:text/html,x' }],
  ['tos_uri', { tos_uri: 'http://printer.example/tos' }],
  ['initiate_login_uri', { initiate_login_uri: 'http://printer.example/start' }],
  ['initiate_login_uri', { initiate_login_uri: 'http://localhost/start' }],
  ['post_logout_redirect_uris', { post_logout_redirect_uris: ['https://printer.example/bye#x'] }],
  ['backchannel_logout_uri', { backchannel_logout_uri: 'http://printer.example/logout' }],
  ['frontchannel_logout_uri', { frontchannel_logout_uri: 'https://other.example/frame' }],
  ['request_uris', { request_uris: ['http://printer.example/request'] }],
  ['subject_type', { subject_type: 'secret' }],
  [
    'sector_identifier_uri',
    { subject_type: 'pairwise', redirect_uris: ['https://a.example/cb', 'https://b.example/cb'] },
  ],
  ['default_max_age', { default_max_age: -1 }],
  ['default_max_age', { default_max_age: '60' }],
  ['require_auth_time', { require_auth_time: 'yes' }],
  ['contacts', { contacts: 'ops@printer.example' }],
  ['client_name', { client_name: 'Pay\u202EPal' }],
  ['client_name', { client_name: 'x'.repeat(256) }],
  ['scope', { scope: 'admin root' }],
  ['scope', { scope: 'open"id' }],
]

for (const [member, members] of metadata) {
  test(`${member} is refused as invalid_client_metadata: ${JSON.stringify(members).slice(0, 70)} (RFC 7591 §3.2.2)`, async () => {
    const answer = await register(open, { ...web, ...members })
    assert.deepEqual(
      [answer.status, answer.body['error']],
      [400, 'invalid_client_metadata'],
      JSON.stringify(answer.body),
    )
    assert.ok(text(answer.body, 'error_description').startsWith(`${member}: `), text(answer.body, 'error_description'))
  })
}

test('software statements have errors of their own: nobody is trusted to issue them (RFC 7591 §2.3, §3.2.2)', async () => {
  const errorOf = async (software_statement: unknown): Promise<unknown> =>
    (await register(open, { ...web, software_statement })).body['error']
  assert.equal(await errorOf('not a statement'), 'invalid_software_statement')
  assert.equal(await errorOf('e30.e30.AA'), 'unapproved_software_statement')
})

test('a registration is a JSON object; another body is refused, and its type named (RFC 7591 §3.1)', async () => {
  assert.equal((await register(open, '{')).body['error'], 'invalid_client_metadata')
  assert.equal((await register(open, '[]')).body['error'], 'invalid_client_metadata')
  const form = await postForm(`${open.url}/o/register/`, { redirect_uris: 'https://printer.example/cb' })
  assert.deepEqual([form.status, ((await form.json()) as Json)['error']], [400, 'invalid_request'])
})

test('scopes beyond the policy are left out, and the answer says which stand (RFC 7591 §2)', async () => {
  assert.equal((await registered(open, { scope: 'write email openid root' }))['scope'], 'openid email')
})

test('with the policy "token" an initial access token is needed, and good for as many uses as it has (RFC 7591 §3)', async () => {
  const without = await register(guarded, web)
  assert.equal(without.status, 401)
  assert.match(without.headers.get('www-authenticate') ?? '', /^Bearer realm="[^"]+"$/)
  const wrong = await register(guarded, web, 'lk_iat_wrong')
  assert.deepEqual([wrong.status, wrong.body['error']], [401, 'invalid_token'])
  assert.match(wrong.headers.get('www-authenticate') ?? '', /error="invalid_token"/)
  const token = await initialToken(guarded, { mostUses: 2 })
  await registered(guarded, {}, token)
  await registered(guarded, {}, token)
  assert.equal((await register(guarded, web, token)).status, 401)
})

test('an initial access token stops when it runs out, and is not used up by what is refused', async () => {
  const token = await initialToken(guarded, { mostUses: 1, lifetimeMs: 60_000 })
  assert.equal((await register(guarded, { ...web, redirect_uris: [] }, token)).status, 400)
  await registered(guarded, {}, token)
  const short = await initialToken(guarded, { lifetimeMs: 60_000 })
  guarded.clock.advance(60_000)
  assert.equal((await register(guarded, web, short)).status, 401)
})

test('of many at once no more register than the token has uses', async () => {
  const token = await initialToken(guarded, { mostUses: 3 })
  const answers = await Promise.all(Array.from({ length: 10 }, () => register(guarded, web, token)))
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted(ascending),
    [201, 201, 201, 401, 401, 401, 401, 401, 401, 401],
  )
})

test('whom an operator let in may have client credentials; tokens show in no answer, event or log', async () => {
  const token = await initialToken(guarded, { mostUses: 1 })
  const body = await registered(
    guarded,
    { grant_types: ['client_credentials'], redirect_uris: null, scope: 'read' },
    token,
  )
  assert.deepEqual(
    [body['grant_types'], body['response_types'], body['redirect_uris']],
    [['client_credentials'], [], []],
  )
  const issued = await postForm(
    `${guarded.url}/o/token/`,
    { grant_type: 'client_credentials' },
    basic(text(body, 'client_id'), text(body, 'client_secret')),
  )
  assert.equal(issued.status, 200)
  const written = JSON.stringify(await trail(guarded))
  for (const secret of [token, text(body, 'client_secret'), text(body, 'registration_access_token')]) {
    assert.equal(written.includes(secret), false)
  }
  const created = (await trail(guarded)).filter(
    ({ kind, detail }) => kind === 'client.created' && detail['clientId'] === body['client_id'],
  )
  assert.equal(created.length, 1)
  assert.equal(created[0]?.detail['by'], 'registration')
})

test('legacy response types are registered only where the policy lets them, and over https only', async () => {
  const server = await startWith({ policy: 'open', legacyResponseTypes: true, requirePkce: false })
  try {
    const body = await registered(server, {
      response_types: ['token id_token', 'code'],
      grant_types: ['authorization_code', 'implicit'],
    })
    assert.deepEqual(body['response_types'], ['id_token token', 'code'])
    assert.deepEqual(body['grant_types'], ['authorization_code', 'implicit'])
    assert.equal((await server.context.clients.find(text(body, 'client_id')))?.client.pkce, 'optional')
    for (const uri of ['http://localhost:3000/cb', 'http://127.0.0.1/cb', 'https://localhost/cb']) {
      const answer = await register(server, {
        redirect_uris: [uri],
        response_types: ['id_token'],
        grant_types: ['implicit'],
      })
      assert.equal(answer.body['error'], 'invalid_redirect_uri', uri)
    }
    const publicClient = await registered(server, { token_endpoint_auth_method: 'none' })
    assert.equal((await server.context.clients.find(text(publicClient, 'client_id')))?.client.pkce, 'required')
  } finally {
    await server.close()
  }
})

test('open registration counts each source, and all clients; what was refused costs nothing of it', async () => {
  const server = await startWith({ policy: 'open', perSourcePerHour: 3, mostClients: 5 })
  try {
    for (let n = 0; n < 10; n += 1) assert.equal((await register(server, { redirect_uris: [] })).status, 400)
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(server, web)))
    assert.deepEqual(answers.map(({ status }) => status).toSorted(ascending), [201, 201, 201, 429, 429, 429, 429, 429])
    const late = await register(server, web)
    assert.equal(late.headers.get('retry-after'), '3600')
    // Deleting a client gives no try back.
    const own = answers.find(({ status }) => status === 201)?.body ?? {}
    assert.equal(
      (await call('DELETE', text(own, 'registration_client_uri'), { token: text(own, 'registration_access_token') }))
        .status,
      204,
    )
    assert.equal((await register(server, web)).status, 429)
    server.clock.advance(3_600_000)
    const next = [await register(server, web), await register(server, web), await register(server, web)]
    assert.deepEqual(
      next.map(({ status }) => status),
      [201, 201, 201],
    )
    server.clock.advance(3_600_000)
    const full = await register(server, web)
    assert.deepEqual([full.status, full.body['error']], [503, 'temporarily_unavailable'])
  } finally {
    await server.close()
  }
})
