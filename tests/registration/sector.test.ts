// A sector identifier document is fetched at registration and must list every redirect URI (OpenID Connect Dynamic Client Registration §5).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Place, startPlace } from './place.ts'
import { call, type Json, register, startWith, text, web } from './ground.ts'
import type { TestServer } from '../support/server.ts'

let server: TestServer
let place: Place

before(async () => {
  server = await startWith({ policy: 'open', perSourcePerHour: 1_000 })
  place = await startPlace()
})
after(async () => {
  await server.close()
  await place.close()
})

const redirect_uris = ['https://a.example/cb', 'https://b.example/cb']

function members(path: string): Json {
  return { ...web, redirect_uris, subject_type: 'pairwise', sector_identifier_uri: place.at(path) }
}

test('a document that lists all redirect URIs lets the client in, and comes back (oidcc-registration-sector-uri)', async () => {
  place.say('/sector', JSON.stringify([...redirect_uris, 'https://c.example/cb']))
  const answer = await register(server, members('/sector'))
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  assert.deepEqual(
    [answer.body['subject_type'], answer.body['sector_identifier_uri']],
    ['pairwise', place.at('/sector')],
  )
})

const wrong: readonly (readonly [string, string, number?, Readonly<Record<string, string>>?])[] = [
  ['lacks one', JSON.stringify(redirect_uris.slice(1))],
  ['spells one otherwise', JSON.stringify(['https://A.example/cb', 'https://b.example/cb'])],
  ['is an object', JSON.stringify({ uris: redirect_uris })],
  ['is no JSON', 'https://a.example/cb'],
  ['is empty', ''],
  ['is not there', JSON.stringify(redirect_uris), 404],
  ['is elsewhere', '', 302, { location: '/sector' }],
  ['is a page', JSON.stringify(redirect_uris), 200, { 'content-type': 'text/html' }],
  ['is too large', JSON.stringify([...redirect_uris, 'x'.repeat(300_000)])],
]

for (const [name, body, status, headers] of wrong) {
  test(`a document that ${name} lets nobody in (oidcc-registration-sector-bad)`, async () => {
    place.say('/bad', body, status, headers)
    const answer = await register(server, members('/bad'))
    assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_client_metadata'])
    assert.match(text(answer.body, 'error_description'), /^sector_identifier_uri: /)
  })
}

test('the document is read again at an update', async () => {
  place.say('/moving', JSON.stringify(redirect_uris))
  const { body } = await register(server, members('/moving'))
  const {
    registration_access_token: token,
    registration_client_uri: address,
    client_secret_expires_at: _e,
    client_id_issued_at: _i,
    ...own
  } = body
  const changed = { ...own, redirect_uris: [...redirect_uris, 'https://c.example/cb'] }
  const update = (): ReturnType<typeof call> => call('PUT', String(address), { token: String(token), body: changed })
  assert.equal((await update()).body['error'], 'invalid_client_metadata')
  place.say('/moving', JSON.stringify(changed.redirect_uris))
  assert.equal((await update()).status, 200)
})
