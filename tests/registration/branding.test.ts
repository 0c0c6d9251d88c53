// Logo, policy and terms on the sign-in and consent pages (oidcc-registration-logo-uri, -policy-uri, -tos-uri).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setClientEnabled } from '../../packages/authorization-server/src/records/clients/index.ts'
import { FormBrowser } from '../support/form-browser.ts'
import type { TestServer } from '../support/server.ts'
import { call, initialToken, type Json, registered, startWith, text } from './ground.ts'
import { type Place, startPlace } from './place.ts'

const picture = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(100)])
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

async function withLogo(
  path: string,
  members: Json = {},
): Promise<{ readonly clientId: string; readonly address: string }> {
  const clientId = text(await registered(server, { logo_uri: place.at(path), ...members }), 'client_id')
  return { clientId, address: `${server.url}/o/logo/${clientId}/` }
}

test('both pages show the logo from our own origin, and link policy and terms', async () => {
  place.say('/logo.png', picture, 200, { 'content-type': 'image/png' })
  const { clientId } = await withLogo('/logo.png', {
    policy_uri: 'https://printer.example/policy',
    tos_uri: 'https://printer.example/tos',
    client_uri: 'https://printer.example/',
  })
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: 'https://printer.example/cb',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
    state: 's',
  })
  const browser = new FormBrowser(server.server.app.http, { origin: server.url })
  const signIn = await browser.open(`/o/authorize/?${String(query)}`)
  const consent = await browser.follow(
    await browser.submit(signIn, { username: 'admin@email.com', password: 'testpass123' }),
  )
  for (const [name, page] of [
    ['sign-in', signIn],
    ['consent', consent],
  ] as const) {
    const markup = page.body
    assert.ok(markup.includes(`<img class="app-logo" src="/o/logo/${clientId}/" alt=""`), name)
    for (const address of ['https://printer.example/policy', 'https://printer.example/tos', 'https://printer.example/'])
      assert.ok(markup.includes(`href="${address}"`), `${name} ${address}`)
    assert.equal(markup.includes(place.at('')), false, name)
    assert.match(String(page.headers['content-security-policy']), /img-src 'self' data:;/)
  }
})

test('people are told of an app that registered itself, and not of one that an operator let in', async () => {
  const consentFor = async (body: Json): Promise<string> => {
    const asked = {
      client_id: text(body, 'client_id'),
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'https://printer.example/cb',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    }
    const browser = new FormBrowser(server.server.app.http, { origin: server.url })
    await browser.signIn('admin@email.com', 'testpass123')
    return (await browser.open(`/o/authorize/?${String(new URLSearchParams(asked))}`)).body
  }
  const words = /This app registered itself/
  assert.match(await consentFor(await registered(server)), words)
  assert.doesNotMatch(await consentFor(await registered(server, {}, await initialToken(server))), words)
})

test('the logo is a copy: fetched once, typed by its octets, and harmless when opened by itself', async () => {
  place.say('/once.png', picture, 200, { 'content-type': 'image/jpeg' })
  const { address } = await withLogo('/once.png')
  const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(address)))
  for (const answer of answers) {
    assert.equal(answer.status, 200)
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), picture)
    assert.equal(answer.headers.get('content-type'), 'image/png')
    assert.equal(answer.headers.get('content-security-policy'), "default-src 'none'; sandbox")
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  }
  assert.equal(place.asked.filter((one) => one === '/once.png').length, 1)
})

const notShown: readonly (readonly [string, string | Buffer, number, Readonly<Record<string, string>>])[] = [
  [
    'svg',
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    200,
    { 'content-type': 'image/svg+xml' },
  ],
  ['page', '<!doctype html><script>alert(1)</script>', 200, { 'content-type': 'image/png' }],
  ['untyped', picture, 200, { 'content-type': 'text/html' }],
  ['missing', '', 404, {}],
  ['moved', '', 302, { location: '/logo.png' }],
  ['large', Buffer.concat([picture, Buffer.alloc(300_000)]), 200, { 'content-type': 'image/png' }],
]

for (const [name, body, status, headers] of notShown) {
  test(`what is no picture of a sound size is not shown: ${name}`, async () => {
    place.say(`/${name}`, body, status, headers)
    assert.equal((await call('GET', (await withLogo(`/${name}`)).address)).status, 404)
  })
}

test('clients without a logo, unknown and disabled ones have none', async () => {
  place.say('/off.png', picture, 200, { 'content-type': 'image/png' })
  const { clientId, address } = await withLogo('/off.png')
  assert.equal((await call('GET', address)).status, 200)
  const row = (await server.context.clients.find(clientId))?.client.row ?? 0
  await server.context.database.commit([setClientEnabled(row, false, server.clock.now())])
  server.context.clients.forget()
  for (const id of [clientId, 'clientId', 'nobody', '%00', '..%2f'])
    assert.equal((await call('GET', `${server.url}/o/logo/${id}/`)).status, 404, id)
})
