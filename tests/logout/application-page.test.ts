// The owner of an application registers where it learns of sign-outs, and sees what came of telling it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { deliverDue } from '../../packages/authorization-server/src/features/logout/delivery-job.ts'
import { findClient } from '../../packages/authorization-server/src/records/clients/index.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import type { TestServer } from '../support/server.ts'
import {
  addClient,
  alice,
  type PartyServer,
  redirectUri,
  signedIn,
  startGround,
  startParty,
  tokensFor,
} from './ground.ts'

let server: TestServer
let party: PartyServer
let owner: FormBrowser
let path = ''

before(async () => {
  server = await startGround()
  party = await startParty()
  owner = await signedIn(server)
  // The demo's second user.
  path = `/o/applications/${await addClient(server, 'told', { ownerId: 2, consent: 'ask' })}/`
})
after(async () => {
  await server.close()
  await party.close()
})

async function save(fields: Readonly<Record<string, string>>) {
  return owner.submit(await owner.get(`${path}update/`), fields, { action: `${path}update/` })
}

test('addresses are registered in the form, and those that cannot be called or framed are refused there', async () => {
  const wrong = await save({ backchannel_logout_uri: 'ftp://x', frontchannel_logout_uri: 'https://evil.example/' })
  assert.match(wrong.fieldError('backchannel_logout_uri'), /https address in the open internet/)
  assert.match(wrong.fieldError('frontchannel_logout_uri'), /scheme, host and port of a redirect URI/)
  assert.equal(wrong.field('backchannel_logout_uri'), 'ftp://x')
  const front = new URL('/front', redirectUri).href
  const right = await save({ backchannel_logout_uri: `${party.url}/`, frontchannel_logout_uri: front })
  assert.equal(right.status, 303)
  const client = await findClient(server.context.database, 'told')
  assert.equal(client?.metadata.backchannelLogoutUri, `${party.url}/`)
  assert.equal(client?.metadata.frontchannelLogoutUri, front)
  assert.match((await owner.get(path)).text, /None yet: nobody has signed out/)
})

test('the last deliveries are shown with their result, and name nobody', async () => {
  party.answers(503)
  const person = await signedIn(server)
  await person.submit(await person.get(consentPath()), {}, { action: '/o/authorize/', button: 'allow' })
  await tokensFor(server, person, 'told')
  await person.submit(await person.get('/accounts/logout/'), {}, { action: '/accounts/logout/' })
  await deliverDue({ ...server.context, holder: 'a test' })
  for (let tries = 0; tries < 100 && !(await owner.get(path)).text.includes('Status 503'); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const page = await owner.get(path)
  assert.match(page.text, /Logout deliveries .* waiting Status 503 1 /)
  assert.ok(!page.text.includes(alice.username.concat('@')))
  party.answers(200)
  server.clock.advance(11_000)
  await deliverDue({ ...server.context, holder: 'a test' })
  for (let tries = 0; tries < 100 && !(await owner.get(path)).text.includes('Status 200'); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.match((await owner.get(path)).text, /delivered Status 200 2 none/)
})

function consentPath(): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'told',
    redirect_uri: redirectUri,
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  })
  return `/o/authorize/?${query.toString()}`
}
