// Between the plan and its writes somebody else is quicker: all of it is written on what was looked at, or nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from '../../packages/authorization-server/src/cli/exit.ts'
import type { Roof } from '../../packages/authorization-server/src/cli/installation.ts'
import type { Database, Write } from '../../packages/authorization-server/src/platform/storage/index.ts'
import {
  type Client,
  deleteClient,
  findClient,
  raiseClientEpoch,
  updateClient,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { findGroup, insertGroup, updateGroup } from '../../packages/authorization-server/src/records/groups/index.ts'
import {
  listApis,
  listScopes,
  updateApi,
  updateScope,
} from '../../packages/authorization-server/src/records/scopes/index.ts'
import { declaration, good, latchkey, look, roofIn } from './ground.ts'

/** Somebody else is quicker: before the n-th commit of the command. */
function racing(roof: Roof, strike: (database: Database, nth: number) => Promise<void>): Roof {
  return {
    ...roof,
    async open(purpose) {
      const installation = await roof.open(purpose)
      const { database } = installation
      let commits = 0
      const raced: Database = {
        engine: database.engine,
        all: (query) => database.all(query),
        async commit(writes) {
          commits += 1
          await strike(database, commits)
          return database.commit(writes)
        },
        close: () => database.close(),
      }
      return { ...installation, database: raced }
    },
  }
}

test('a row that changed between the plan and the write stops all of it; it is planned anew, once', async () => {
  const roof = roofIn('race')
  await good(roof, 'apply - --yes', { stdin: declaration })
  const next = declaration
    .replace('[users.view]', '[users.change]')
    .replace('name: Shop', 'name: Shop 2')
    .replace('orders: your orders', 'orders: other words\n  more: more')
  const change = async (database: Database, nth: number): Promise<void> => {
    const group = await findGroup(database, 'support')
    assert.ok(group)
    const permissions = nth === 1 ? ['keys.view'] : ['events.view']
    assert.ok((await database.commit([updateGroup(group, 'support', permissions)])).won)
  }
  const lost = await latchkey(racing(roof, change), 'apply - --yes', { stdin: next })
  assert.equal(lost.code, exitCodes.conflict)
  assert.match(lost.stdout, /permissions: \[users\.view\] → [\s\S]*permissions: \[keys\.view\] → /)
  await look(roof, async ({ database }) => {
    assert.equal((await findClient(database, 'shop'))?.name, 'Shop')
    assert.deepEqual(
      (await listScopes(database))
        .filter(({ name }) => ['orders', 'more'].includes(name))
        .map(({ description }) => description),
      ['your orders'],
    )
    assert.deepEqual((await findGroup(database, 'support'))?.permissions, ['events.view'])
  })
  const once = racing(roof, async (database, nth) => (nth === 1 ? change(database, nth) : undefined))
  assert.match((await good(once, 'apply - --yes', { stdin: next })).stderr, /planned anew[\s\S]*Applied/)
  assert.equal((await latchkey(roof, 'plan - --detailed-exitcode', { stdin: next })).code, 0)
})

test('each kind of row is guarded: what somebody made, changed or deleted first is never written over', async () => {
  const shop = async (database: Database): Promise<Client> => {
    const client = await findClient(database, 'shop')
    assert.ok(client)
    return client
  }
  const strikes: Readonly<Record<string, (database: Database) => Promise<readonly Write[]>>> = {
    'a client changed': async (database) => [raiseClientEpoch((await shop(database)).row, Date.now() + 5)],
    'a client deleted': async (database) => [deleteClient((await shop(database)).row)],
    'a client that goes, changed': async (database) => {
      const client = await findClient(database, 'stale')
      assert.ok(client)
      return [updateClient(client, { ...client, name: 'kept after all' }, Date.now() + 5)]
    },
    'a group made': async () => [insertGroup('fresh', [], 1)],
    'a scope changed': async (database) => {
      const scope = (await listScopes(database)).find(({ name }) => name === 'orders')
      assert.ok(scope)
      return [updateScope({ ...scope, description: 'by hand' }, scope.version, Date.now() + 5)]
    },
    'an API changed': async (database) => {
      const [api] = await listApis(database)
      assert.ok(api)
      return [updateApi(api.id, api.version, { ...api, name: 'by hand' }, Date.now() + 5)]
    },
  }
  const stdin = declaration
    .replace('API, grant_types: []', 'API, grant_types: [], scopes: []')
    .replace('name: Shop', 'name: Shop 2')
    .replace('name: Items\n', 'name: Items 2\n')
    .replace('your orders', 'what you ordered')
    .replace('groups:', 'groups:\n  fresh: { permissions: [keys.view] }')
  const stale = `${declaration}  stale: { name: Stale, grant_types: [] }\n`
  for (const [name, strike] of Object.entries(strikes)) {
    const roof = roofIn(`guard ${name}`)
    await good(roof, 'apply - --yes', { stdin: stale })
    const once = racing(roof, async (database, nth) => {
      if (nth === 1) assert.ok((await database.commit(await strike(database))).won, name)
    })
    const raced = await good(once, 'apply - --yes --prune', { stdin })
    assert.match(raced.stderr, /planned anew/, name)
    assert.equal((await latchkey(roof, 'plan - --prune --detailed-exitcode', { stdin })).code, 0, name)
  }
})
