// RFC 7592: a client reads, changes and ends its own registration, with a token that is new after each change.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setClientEnabled } from '../../packages/authorization-server/src/records/clients/index.ts'
import { basic, postForm, type TestServer } from '../support/server.ts'
import { type Answer, call, type Json, registered, startWith, text, trail, web } from './ground.ts'

let server: TestServer

before(async () => {
  server = await startWith({ policy: 'open', perSourcePerHour: 1_000 })
})
after(() => server.close())

/** What an update sends: the registration without what is the server's to say. */
function updateOf(body: Json, members: Json = {}): Json {
  const { registration_access_token: _t, registration_client_uri: _u, client_secret_expires_at: _e, ...rest } = body
  const { client_id_issued_at: _i, ...repeated } = rest
  return { ...repeated, ...members }
}

function own(
  method: string,
  body: Json,
  sent?: unknown,
  token = text(body, 'registration_access_token'),
): Promise<Answer> {
  return call(method, text(body, 'registration_client_uri'), { token, ...(sent === undefined ? {} : { body: sent }) })
}

test('a client reads its registration; its secret is not shown again (RFC 7592 §2.1)', async () => {
  const body = await registered(server, { client_name: 'Reader' })
  const answer = await own('GET', body)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const { client_secret: _, ...expected } = body
  assert.deepEqual(answer.body, expected)
})

test('an update takes the place of all that was there, and gives a new token (RFC 7592 §2.2)', async () => {
  const body = await registered(server, {
    client_name: 'Before',
    contacts: ['a@printer.example'],
    tos_uri: 'https://printer.example/tos',
  })
  const sent = updateOf(body, { client_name: 'After', contacts: null, redirect_uris: ['https://printer.example/new'] })
  const answer = await own('PUT', body, sent)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  assert.deepEqual(
    [answer.body['client_name'], answer.body['contacts'], answer.body['redirect_uris']],
    ['After', undefined, ['https://printer.example/new']],
  )
  assert.equal(answer.body['tos_uri'], 'https://printer.example/tos')
  assert.equal('client_secret' in answer.body, false)
  assert.notEqual(answer.body['registration_access_token'], body['registration_access_token'])
  assert.equal((await own('GET', body)).status, 401)
  assert.equal((await own('GET', answer.body)).status, 200)
  const changes = (await trail(server)).filter(
    ({ kind, detail }) => kind === 'client.changed' && detail['clientId'] === body['client_id'],
  )
  assert.deepEqual(
    changes.map(({ detail }) => (detail['after'] as Json)['name']),
    ['After'],
  )
})

test('of two updates at once with one token one is met', async () => {
  const body = await registered(server)
  const answers = await Promise.all(
    ['One', 'Two', 'Three'].map((name) => own('PUT', body, updateOf(body, { client_name: name }))),
  )
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  assert.ok(answers.every(({ status }) => [200, 401, 409].includes(status)))
})

const refused: readonly (readonly [string, Json, string])[] = [
  ['without the client id', { client_id: null }, 'invalid_client_metadata'],
  ['with the id of another client', { client_id: 'clientId' }, 'invalid_client_metadata'],
  ['with another secret', { client_secret: 'guess' }, 'invalid_client_metadata'],
  ['with a bad redirect URI', { redirect_uris: ['http://printer.example/cb'] }, 'invalid_redirect_uri'],
  ['with the token', { registration_access_token: 'x' }, 'invalid_client_metadata'],
  ['with the address', { registration_client_uri: 'x' }, 'invalid_client_metadata'],
  ['with the time of issue', { client_id_issued_at: 1 }, 'invalid_client_metadata'],
  ['with the end of the secret', { client_secret_expires_at: 0 }, 'invalid_client_metadata'],
  ['that asks for the password grant', { grant_types: ['password'] }, 'invalid_client_metadata'],
]

for (const [name, members, error] of refused) {
  test(`an update ${name} is refused and changes nothing (RFC 7592 §2.2)`, async () => {
    const body = await registered(server)
    const answer = await own('PUT', body, updateOf(body, { client_name: 'Changed', ...members }))
    assert.deepEqual([answer.status, answer.body['error']], [400, error])
    assert.equal((await own('GET', body)).body['client_name'], 'Photo Printer')
  })
}

test('what a client cannot give itself stays as it was: owner, consent, introspection, whether it is enabled (CVE-2026-9705)', async () => {
  const body = await registered(server)
  const mass = {
    owner_id: 1,
    consent: 'skip',
    introspection: 'any',
    enabled: true,
    pkce: 'optional',
    epoch: 9,
    require_pkce: false,
  }
  assert.equal((await own('PUT', body, updateOf(body, mass))).status, 200)
  const client = (await server.context.clients.find(text(body, 'client_id')))?.client
  assert.deepEqual(
    [client?.ownerId, client?.consent, client?.introspection, client?.pkce, client?.epoch],
    [undefined, 'ask', 'own', 'required', 1],
  )
})

test('a disabled client manages nothing, and no update brings it back (CVE-2026-9705)', async () => {
  const body = await registered(server)
  const row = (await server.context.clients.find(text(body, 'client_id')))?.client.row ?? 0
  await server.context.database.commit([setClientEnabled(row, false, server.clock.now())])
  server.context.clients.forget()
  for (const [method, sent] of [
    ['GET', undefined],
    ['PUT', updateOf(body, { enabled: true })],
    ['DELETE', undefined],
  ] as const) {
    assert.equal((await own(method, body, sent)).status, 403, method)
  }
  assert.equal((await server.context.clients.find(text(body, 'client_id')))?.client.enabled, false)
})

test('a token manages its own client only, and nothing without one (RFC 7592 §1.2, §2)', async () => {
  const [mine, other] = [await registered(server), await registered(server)]
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const sent = method === 'PUT' ? updateOf(other) : undefined
    const foreign = await own(method, other, sent, text(mine, 'registration_access_token'))
    assert.deepEqual([foreign.status, foreign.body['error']], [401, 'invalid_token'], method)
    assert.equal((await own(method, other, sent, 'lk_rat_unknown')).status, 401)
    assert.equal((await call(method, text(other, 'registration_client_uri'), { body: sent })).status, 401)
  }
  assert.equal(
    (await call('GET', `${server.url}/o/register/clientId/`, { token: text(mine, 'registration_access_token') }))
      .status,
    401,
  )
  assert.equal((await own('GET', other)).status, 200)
})

test('reading, changing and ending are methods of one address, and any other is refused by name (RFC 7592 §2)', async () => {
  const body = await registered(server)
  for (const method of ['POST', 'PATCH']) {
    const answer = await own(method, body, updateOf(body))
    assert.equal(answer.status, 405, method)
    const allowed = (answer.headers.get('allow') ?? '').split(/, ?/)
    for (const known of ['GET', 'PUT', 'DELETE']) assert.ok(allowed.includes(known), `${method}: ${allowed.join()}`)
  }
  assert.equal((await own('GET', body)).status, 200)
})

test('a deleted client is gone with its secret and its token (RFC 7592 §2.3)', async () => {
  const body = await registered(server)
  const answer = await own('DELETE', body)
  assert.equal(answer.status, 204)
  assert.equal((await own('GET', body)).status, 401)
  const token = await postForm(
    `${server.url}/o/token/`,
    { grant_type: 'authorization_code', code: 'x' },
    basic(text(body, 'client_id'), text(body, 'client_secret')),
  )
  assert.equal(token.status, 401)
  assert.ok(
    (await trail(server)).some(
      ({ kind, detail }) => kind === 'client.deleted' && detail['clientId'] === body['client_id'],
    ),
  )
})

test('a client that turns to a secret gets one, and one that gives it up has none that works', async () => {
  const body = await registered(server, { token_endpoint_auth_method: 'none' })
  const turned = await own('PUT', body, updateOf(body, { token_endpoint_auth_method: 'client_secret_post' }))
  const secret = text(turned.body, 'client_secret')
  const fields = { grant_type: 'authorization_code', code: 'x', redirect_uri: 'https://printer.example/cb' }
  const ask = async (extra: Readonly<Record<string, string>>): Promise<unknown> => {
    const response = await postForm(`${server.url}/o/token/`, {
      ...fields,
      client_id: text(body, 'client_id'),
      ...extra,
    })
    return ((await response.json()) as Json)['error']
  }
  assert.equal(await ask({ client_secret: secret }), 'invalid_grant')
  assert.equal(await ask({}), 'invalid_client')
  const back = await own(
    'PUT',
    turned.body,
    updateOf(turned.body, { token_endpoint_auth_method: 'none', client_secret: secret }),
  )
  assert.equal(back.status, 200, JSON.stringify(back.body))
  assert.equal(await ask({ client_secret: secret }), 'invalid_client')
  assert.equal(await ask({}), 'invalid_grant')
})

test('guesses at tokens are counted like others, and answered 429 beyond the limit (RFC 6585 §4)', async () => {
  const strict = await startWith({ policy: 'token' }, { deps: {} })
  try {
    const statuses = new Set<number>()
    for (let n = 0; n < 620; n += 1)
      statuses.add((await call('POST', `${strict.url}/o/register/`, { body: web, token: `lk_iat_${n}` })).status)
    assert.deepEqual(
      [...statuses].toSorted((a, b) => a - b),
      [401, 429],
    )
  } finally {
    await strict.close()
  }
})
