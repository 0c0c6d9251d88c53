// What registered itself without a token and is used by nobody goes again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { removeUnused } from '../../packages/authorization-server/src/features/client-registration/index.ts'
import { recordEvent } from '../../packages/authorization-server/src/records/events/index.ts'
import type { TestServer } from '../support/server.ts'
import { initialToken, registered, startWith, text, trail } from './ground.ts'

const dayMs = 86_400_000
let server: TestServer

before(async () => {
  server = await startWith({ policy: 'open' })
})
after(() => server.close())

async function isThere(clientId: unknown): Promise<boolean> {
  server.context.clients.forget()
  return (await server.context.clients.find(String(clientId))) !== undefined
}

test('a client that nobody used for the time is removed, with its event; others stay', async () => {
  const { context, clock } = server
  const idle = await registered(server)
  const used = await registered(server)
  const invited = await registered(server, {}, await initialToken(server))
  const since = (): number => clock.now() - 90 * dayMs
  clock.advance(89 * dayMs)
  const young = await registered(server)
  const clientRow = (await context.clients.find(text(used, 'client_id')))?.client.row
  await context.database.commit([recordEvent({ kind: 'grant.created', at: clock.now(), clientRow })])
  assert.equal(await removeUnused(context.database, clock.now(), since()), 0)
  clock.advance(dayMs + 1)
  assert.equal(await removeUnused(context.database, clock.now(), since()), 1)
  const left = await Promise.all(
    [idle, used, invited, young, { client_id: 'clientId' }].map((body) => isThere(body['client_id'])),
  )
  assert.deepEqual(left, [false, true, true, true, true])
  assert.ok(
    (await trail(server)).some(({ kind, detail }) => kind === 'client.deleted' && detail['reason'] === 'unused'),
  )
  clock.advance(90 * dayMs)
  assert.equal(await removeUnused(context.database, clock.now(), since()), 2)
})
