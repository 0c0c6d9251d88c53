// Nobody makes the server connect to where it must not by a back-channel logout address, however it came into the registration.
// OWASP ASVS 5.0 V1.3.6; OpenID Connect Back-Channel Logout §4.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { after, before, test } from 'node:test'
import { deliverDue } from '../../packages/authorization-server/src/features/logout/delivery-job.ts'
import { findClient } from '../../packages/authorization-server/src/records/clients/index.ts'
import { registerUser } from '../../packages/authorization-server/src/records/credentials/index.ts'
import { deliveriesOfClient, rememberSignIn } from '../../packages/authorization-server/src/records/logouts/index.ts'
import { sessionsOf } from '../../packages/authorization-server/src/records/sessions/index.ts'
import { names, spellings } from '../malformed/ssrf-corpus.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { addClient, isSignedIn, signedIn } from './ground.ts'

let server: TestServer
let trap: Server
let port = 0
let caught = 0

before(async () => {
  trap = createServer((socket) => {
    caught += 1
    socket.destroy()
  }).listen(0, '::')
  await once(trap, 'listening')
  const address = trap.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
  const resolve = async (name: string): Promise<readonly string[]> => names[name] ?? ['127.0.0.1', '::1']
  server = await startTestServer({ development: false, deps: { outgoing: { resolve } } })
})
after(async () => {
  await server.close()
  trap.close()
})

test('every spelling, stored as a back-channel address, is refused when it is to be told; the sign-out goes through', async () => {
  const { context } = server
  const person = { username: 'carol', password: 'a-lantern-in-the-harbour' }
  const made = await registerUser(context, { username: person.username }, person.password)
  assert.equal(made.kind, 'created')
  const browser = await signedIn(server, person)
  const [session] = await sessionsOf(context.database, made.kind === 'created' ? made.user.id : 0)
  const rows: number[] = []
  for (const [index, address] of spellings(port).entries()) {
    const row = await addClient(server, `told-${index}`, { metadata: { backchannelLogoutUri: address } })
    const client = await findClient(context.database, `told-${index}`)
    assert.ok(client && session)
    await context.database.commit(rememberSignIn(client, session.id, session.userId))
    rows.push(row)
  }
  assert.ok(rows.length >= 60)
  await browser.submit(await browser.get('/accounts/logout/'), {}, { action: '/accounts/logout/' })
  assert.equal(await isSignedIn(browser), false)
  await deliverDue({ ...context, holder: 'a test' })
  for (const [index, row] of rows.entries()) {
    const [delivery] = await deliveriesOfClient(context.database, row, 1)
    // A name that leads nowhere may lead somewhere tomorrow: that one waits.
    const isNowhere = delivery?.outcome === 'unresolved'
    assert.equal(delivery?.state, isNowhere ? 'waiting' : 'refused', String(spellings(port)[index]))
  }
  assert.equal(caught, 0)
})
