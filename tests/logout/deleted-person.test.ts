// Who is deleted is signed out of their apps too: what was waiting to be delivered is delivered, though the account is gone.
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { deliverDue } from '../../packages/authorization-server/src/features/logout/delivery-job.ts'
import { migrate, sql, unguarded, type Write } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { fixedClock } from '../../packages/authorization-server/src/platform/time/index.ts'
import {
  defaultClientSettings,
  findClient,
  insertClient,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { deliveriesOfClient, dueDeliveries } from '../../packages/authorization-server/src/records/logouts/index.ts'
import { insertUser, listUsers } from '../../packages/authorization-server/src/records/users/index.ts'
import { migrations } from '../../packages/authorization-server/src/schema.ts'
import { administrator, call, person, signedIn } from '../console/ground.ts'
import { sqlitePlace } from '../storage/place.ts'
import { postgresPlace } from '../support/postgres.ts'
import type { TestServer } from '../support/server.ts'
import { addClient, payloadOf, type PartyServer, startGround, startParty, tokensFor } from './ground.ts'

const engines = ['SQLite', 'PostgreSQL'] as const

async function serverOn(t: TestContext, engine: (typeof engines)[number]): Promise<TestServer> {
  const place = engine === 'SQLite' ? undefined : await postgresPlace()
  const server = await startGround(place === undefined ? {} : { settings: { server: { databaseUrl: place.url } } })
  t.after(async () => {
    await server.close()
    await place?.remove()
  })
  return server
}

async function partyOf(t: TestContext): Promise<PartyServer> {
  const party = await startParty()
  t.after(() => party.close())
  return party
}

async function deliver({ context, clock }: TestServer, party: PartyServer, wanted: number): Promise<void> {
  await deliverDue({ ...context, holder: 'a test' })
  // The server's own job may have claimed one, and be about to send it.
  for (let tries = 0; tries < 100 && party.told.length < wanted; tries++) await delay(20)
  for (let tries = 0; tries < 100; tries++) {
    const due = await dueDeliveries(context.database, clock.now(), 10, 10)
    if (due.length === 0) break
    await delay(20)
  }
}

for (const engine of engines) {
  describe(engine, () => {
    test('the apps of somebody who is deleted learn of it, under the names that they know (OpenID Connect Back-Channel Logout §2.5)', async (t) => {
      const [server, party] = [await serverOn(t, engine), await partyOf(t)]
      const listening = { backchannelLogoutUri: `${party.url}/told` }
      const pairwise = { ...listening, subjectType: 'pairwise' as const }
      const plain = await addClient(server, 'plain', { metadata: listening })
      await addClient(server, 'paired', { metadata: pairwise })
      const leaver = await person(server, 'leaver')
      const browser = await signedIn(server, 'leaver')
      const known = await Promise.all(
        ['plain', 'paired'].map(async (name) => payloadOf((await tokensFor(server, browser, name)).id_token)),
      )
      const admin = await administrator(server)
      const answer = await call(server, admin, 'DELETE', `/api/v1/users/${leaver.id}`)
      assert.equal(answer.status, 204, answer.text)
      await deliver(server, party, 2)
      const told = party.told.map(({ token }) => payloadOf(token))
      assert.equal(told.length, 2)
      for (const { aud, sub, sid } of known) {
        const logout = told.find((one) => one['aud'] === aud)
        assert.deepEqual([logout?.['sub'], logout?.['sid']], [sub, sid])
      }
      const [delivery] = await deliveriesOfClient(server.context.database, plain, 1)
      assert.equal(delivery?.state, 'delivered')
    })

    test('a delivery that waits for its next attempt is made after the person was deleted', async (t) => {
      const [server, party] = [await serverOn(t, engine), await partyOf(t)]
      const row = await addClient(server, 'slow', { metadata: { backchannelLogoutUri: `${party.url}/told` } })
      const leaver = await person(server, 'leaver')
      await tokensFor(server, await signedIn(server, 'leaver'), 'slow')
      party.answers(503)
      const admin = await administrator(server)
      assert.equal((await call(server, admin, 'POST', `/api/v1/users/${leaver.id}/sign-out`, { body: {} })).status, 200)
      await deliver(server, party, 1)
      assert.equal((await call(server, admin, 'DELETE', `/api/v1/users/${leaver.id}`)).status, 204)
      party.answers(200)
      server.clock.advance(60_000)
      await deliver(server, party, 2)
      assert.deepEqual(
        party.told.map(({ token }) => payloadOf(token)['sub']),
        [leaver.subject, leaver.subject],
      )
      const [delivery] = await deliveriesOfClient(server.context.database, row, 1)
      assert.equal(delivery?.state, 'delivered')
    })

    test('what waited in a database of the version before is kept, with the name of the person', async (t) => {
      const place = engine === 'SQLite' ? await sqlitePlace() : await postgresPlace()
      const database = await place.connect()
      t.after(async () => {
        await database.close()
        await place.remove()
      })
      const clock = fixedClock(1_000)
      const change = '0043-logouts-outlive-people'
      await migrate(
        database,
        migrations.filter(({ id }) => id < change),
        clock,
      )
      const client = defaultClientSettings({ clientId: 'old', name: 'old', isConfidential: false })
      await database.commit([insertUser({ subject: 'a-subject', email: 'a@example.com' }, 1), insertClient(client, 1)])
      const [user] = await listUsers(database, 0, 1)
      const row = (await findClient(database, 'old'))?.row ?? 0
      const insert = (session: string, state: string, due: number | null): Write =>
        unguarded(sql`
          insert into logout_deliveries (session_id, client_row, user_id, state, attempts, created_at, due_at, settled_at)
          values (${session}, ${row}, ${user?.id}, ${state}, 1, 1, ${due}, ${due === null ? 5 : null})`)
      await database.commit([insert('one', 'waiting', 7), insert('two', 'refused', null)])
      assert.deepEqual((await migrate(database, migrations, clock)).slice(0, 1), [change])
      const [refused, waiting] = await deliveriesOfClient(database, row, 9)
      assert.deepEqual(
        [waiting?.sessionId, waiting?.subject, waiting?.dueAt, waiting?.attempts],
        ['one', 'a-subject', 7, 1],
      )
      assert.deepEqual([refused?.sessionId, refused?.state, refused?.dueAt], ['two', 'refused', undefined])
      assert.deepEqual((await dueDeliveries(database, 8, 10, 10)).length, 1)
    })
  })
}
