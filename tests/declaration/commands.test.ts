// export, plan and apply as people run them, on the embedded database.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { exitCodes } from '../../packages/authorization-server/src/cli/exit.ts'
import { roofOver } from '../../packages/authorization-server/src/cli/roof.ts'
import type { Given } from '../../packages/authorization-server/src/cli/testing.ts'
import { guarded, sql } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { findClient, listClients, secretsOf } from '../../packages/authorization-server/src/records/clients/index.ts'
import { changesOfTarget } from '../../packages/authorization-server/src/records/events/index.ts'
import { findGroup } from '../../packages/authorization-server/src/records/groups/index.ts'
import { listApis, listScopes } from '../../packages/authorization-server/src/records/scopes/index.ts'
import { declaration, folder, good, latchkey, look, roofIn } from './ground.ts'

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

test('an empty folder becomes what the file says in one go; a second time changes nothing; the export says the same', async () => {
  const roof = roofIn('nothing')
  const file = await fileOf('first.yaml', declaration)
  const first = await good(roof, `apply ${file} --yes`)
  assert.match(first.stdout, /^\+ client shop\n {4}name: Shop\n/m)
  assert.match(first.stderr, /Applied 6 changes/)
  assert.match((await good(roof, `apply ${file} --yes`)).stderr, /No changes/)
  assert.equal((await latchkey(roof, `plan ${file} --detailed-exitcode`)).code, 0)
  const exported = await good(roof, 'export')
  assert.equal((await good(roof, 'export')).stdout, exported.stdout)
  // As a whole, in another installation: from the standard input, and back.
  const other = roofIn('copy')
  await good(other, 'apply - --yes', { stdin: exported.stdout })
  assert.equal((await good(other, 'export')).stdout, exported.stdout)
  assert.equal((await latchkey(other, 'plan - --prune --detailed-exitcode', { stdin: exported.stdout })).code, 0)
  const [client, apis] = await look(roof, async ({ database }) =>
    Promise.all([findClient(database, 'shop'), listApis(database)]),
  )
  assert.deepEqual(client?.scopes, ['openid', 'orders', 'items:read'])
  assert.equal(apis[0]?.clientRows.length, 1)
  // What signs its ID tokens is published before the first of them.
  assert.match((await good(roof, 'key list')).stdout, /EdDSA/)
})

test('each change is an event without an actor, beside the history of its row, with before and after', async () => {
  const roof = roofIn('events')
  await good(roof, 'apply - --yes', { stdin: declaration })
  const later = declaration
    .replace('your orders', 'what you ordered')
    .replace('[users.view]', '[users.view, clients.view]')
  await good(roof, 'apply - --yes', { stdin: later.replace('name: Shop', 'name: Shop\n    consent: skip') })
  await good(roof, 'apply - --yes --prune', { stdin: 'format: 1\ngroups: {}\n' })
  await look(roof, async ({ database }) => {
    const client = await findClient(database, 'shop')
    const told = async (noun: string, target: string): Promise<unknown> => {
      const events = await changesOfTarget(database, noun, target, 9)
      return events.toReversed().map(({ kind, actorId, detail }) => [kind, actorId, detail?.['changes']])
    }
    assert.deepEqual((await changesOfTarget(database, 'clients', String(client?.row), 1))[0]?.clientRow, client?.row)
    assert.deepEqual(((await told('clients', String(client?.row))) as unknown[]).slice(1), [
      ['client.changed', undefined, { consent: { before: 'ask', after: 'skip' } }],
    ])
    assert.deepEqual(((await told('scopes', 'orders')) as unknown[]).slice(1), [
      ['scope.changed', undefined, { description: { before: 'your orders', after: 'what you ordered' } }],
    ])
    assert.deepEqual(await told('groups', '1'), [
      ['group.created', undefined, { permissions: { before: null, after: ['users.view'] } }],
      ['group.changed', undefined, { permissions: { before: ['users.view'], after: ['users.view', 'clients.view'] } }],
      ['group.deleted', undefined, { permissions: { before: ['users.view', 'clients.view'], after: null } }],
    ])
  })
})

test('what is not in the file is left and named; --prune deletes it, and only in the parts that the file has', async () => {
  const roof = roofIn('prune')
  await good(roof, 'apply - --yes', { stdin: declaration })
  const less = 'format: 1\nclients:\n  items-api: { name: Items API, grant_types: [] }\n'
  const plain = await good(roof, 'plan -', { stdin: less })
  assert.match(plain.stdout, /--prune deletes it\): client shop\n/)
  assert.match(plain.stderr, /No changes/)
  const pruned = await good(roof, 'plan - --prune', { stdin: less })
  assert.match(pruned.stdout, /^- client shop$/m)
  assert.match(pruned.stdout, /every grant and token of it ends/)
  await good(roof, 'apply - --prune --yes', { stdin: less })
  await look(roof, async ({ database }) => {
    assert.deepEqual(
      (await listClients(database, undefined)).map(({ clientId }) => clientId),
      ['items-api'],
    )
    assert.ok((await findGroup(database, 'support')) && (await listApis(database)).length === 1)
  })
  await good(roof, 'apply - --prune --yes', { stdin: 'format: 1\nscopes: {}\napis: {}\n' })
  const scopes = await look(roof, ({ database }) => listScopes(database))
  // Those to which OpenID Connect and the console give a meaning stay.
  assert.ok(scopes.some(({ name }) => name === 'openid') && !scopes.some(({ name }) => name === 'read'))
  assert.ok(!scopes.some(({ name }) => name === 'items:read'))
  const back = await latchkey(roof, 'plan -', { stdin: 'format: 1\nscopes: { orders: again }\n' })
  assert.match(back.stderr, /<stdin>:2:11 scopes\.orders: A scope of this name was deleted/)
})

test('exit codes: 0 for either plan unless details are wanted; then 2 for changes, and 1 for whatever went wrong', async () => {
  const roof = roofIn('codes')
  await good(roof, 'migrate')
  const code = async (line: string, stdin = declaration): Promise<number> =>
    (await latchkey(roof, line, { stdin })).code
  assert.equal(await code('plan -'), 0)
  assert.equal(await code('plan - --detailed-exitcode'), 2)
  assert.equal(await code('plan - --detailed-exitcode', 'format: 1'), 0)
  assert.equal(await code('plan - --detailed-exitcode', 'format: 3'), 1)
  assert.equal(await code('plan -', 'format: 3'), exitCodes.invalidSettings)
  assert.equal(await code('plan - --detailed-exitcode --typo'), 1)
  assert.equal(await code('plan --detailed-exitcode'), 1)
  assert.equal(await code('plan /nowhere.yaml'), exitCodes.notFound)
  assert.equal(await code('plan - --typo'), exitCodes.usage)
  const json = JSON.parse((await good(roof, 'plan - --json', { stdin: declaration })).stdout)
  assert.deepEqual(json.changes[0], {
    action: 'create',
    kind: 'scope',
    name: 'items:read',
    fields: {
      description: { before: null, after: 'read your items' },
      api: { before: null, after: 'https://items.example' },
    },
  })
})

test('nothing is applied without a yes: on a terminal it is asked for, elsewhere it is an option; a dry run plans', async () => {
  const roof = roofIn('asked')
  const file = await fileOf('asked.yaml', declaration)
  const count = (): Promise<number> =>
    look(roof, async ({ database }) => (await listClients(database, undefined)).length)
  assert.equal((await latchkey(roof, `apply ${file}`)).code, exitCodes.usage)
  assert.equal((await latchkey(roof, `apply ${file}`, { isTTY: true, answers: ['no\n'] })).code, exitCodes.notAllowed)
  const dry = await good(roof, `apply ${file} --dry-run`)
  assert.match(dry.stdout, /^\+ client shop$/m)
  assert.match(dry.stderr, /Plan: 6 to create.*[\s\S]*nothing was changed/)
  assert.equal(await count(), 0)
  const asked = await good(roof, `apply ${file}`, { isTTY: true, answers: ['yes\n'] })
  // What is asked about is shown before.
  assert.match(asked.stderr, /Plan: 6 to create[\s\S]*Type yes to go on/)
  assert.equal(await count(), 2)
})

test('colour is for terminals', async () => {
  const roof = roofIn('colour')
  await good(roof, 'migrate')
  const file = await fileOf('colour.yaml', declaration)
  const isPainted = async (line: string, isTTY: boolean): Promise<boolean> =>
    (await good(roof, line, { isTTY })).stdout.includes('\u001b[32m+ client shop')
  assert.ok(await isPainted(`plan ${file}`, true))
  assert.ok(!(await isPainted(`plan ${file}`, false)))
  assert.ok(!(await isPainted(`plan ${file} --no-color`, true)))
})

test('a client that turns public loses its secrets and its tokens; one that is disabled is not enabled by silence', async () => {
  const roof = roofIn('turn')
  await good(roof, 'apply - --yes', { stdin: declaration })
  const client = (): Promise<Awaited<ReturnType<typeof findClient>>> =>
    look(roof, ({ database }) => findClient(database, 'shop'))
  await good(roof, 'app rotate-secret shop')
  await good(roof, 'apply - --yes', {
    stdin: declaration.replace('name: Shop', 'name: Shop\n    authentication_method: none'),
  })
  const turned = await client()
  assert.deepEqual([turned?.isConfidential, turned?.introspection, turned?.epoch], [false, 'none', 2])
  assert.deepEqual(await look(roof, ({ database }) => secretsOf(database, turned?.row ?? 0)), [])
  const off = declaration.replace('name: Shop', 'name: Shop\n    authentication_method: none\n    enabled: false')
  await good(roof, 'apply - --yes', { stdin: off })
  assert.equal((await client())?.enabled, false)
  await good(roof, 'apply - --yes', { stdin: off.replace('    enabled: false\n', '') })
  assert.equal((await client())?.enabled, false)
  assert.match((await good(roof, 'export --only clients')).stdout, /enabled: false/)
  await good(roof, 'apply - --yes', { stdin: off.replace('enabled: false', 'enabled: true') })
  assert.equal((await client())?.enabled, true)
})

test('a link that was printed for somebody ends when a file gives them an application with powers', async () => {
  const roof = roofIn('heir')
  await good(roof, 'user create --username heir --generate')
  const links = (): Promise<number> =>
    look(roof, async ({ database }) => (await database.all(sql`select user_id from password_links`)).length)
  const print = async (): Promise<void> => {
    const installation = await roof.open('write')
    const link = guarded(sql`
      insert into password_links (user_id, digest, user_epoch, installation_epoch, is_staff, is_superuser, expires_at)
      select id, 'a-digest', epoch, 1, 0, 0, ${Date.now() + 60_000} from users where username = 'heir'`)
    assert.ok((await installation.database.commit([link])).won)
    await installation.close()
  }
  const file = (more: string): Given => ({ stdin: declaration.replace('name: Shop', `name: Shop\n    ${more}`) })
  await print()
  await good(roof, 'apply - --yes', file('owner: heir'))
  assert.equal(await links(), 1)
  await good(roof, 'apply - --yes', file('owner: heir\n    consent: skip'))
  assert.equal(await links(), 0)
  await good(roof, 'apply - --yes', file('owner: null\n    consent: skip'))
  await print()
  await good(roof, 'apply - --yes', file('owner: heir\n    consent: skip'))
  assert.equal(await links(), 0)
})

test('an owner goes by e-mail or username, and who is not there is named with the line', async () => {
  const roof = roofIn('owner')
  await good(roof, 'user create --email ann@example.com --username ann --generate')
  const owned = (owner: string): Given => ({
    stdin: declaration.replace('name: Shop', `name: Shop\n    owner: ${owner}`),
  })
  await good(roof, 'apply - --yes', owned('Ann@example.com'))
  assert.match((await good(roof, 'apply - --yes', owned('ann'))).stderr, /No changes/)
  assert.match((await good(roof, 'export')).stdout, /owner: ann$/m)
  assert.match(
    (await latchkey(roof, 'plan -', owned('bob'))).stderr,
    /<stdin>:14:12 clients\.shop\.owner: There is no user bob/,
  )
  await good(roof, 'apply - --yes', { stdin: declaration })
  assert.match((await good(roof, 'export')).stdout, /owner: ann$/m)
  await good(roof, 'apply - --yes', owned('null'))
  assert.doesNotMatch((await good(roof, 'export')).stdout, /owner:/)
})

test('faults name the file, the line and the column, all at once, and for scripts as data', async () => {
  const roof = roofIn('faults')
  await good(roof, 'migrate')
  const file = await fileOf(
    'faults.yaml',
    'format: 1\nclients:\n  shop:\n    name: Shop\n    pkce: maybe\n  "a b": { name: 1 }\n',
  )
  const { stderr } = await latchkey(roof, `plan ${file}`)
  assert.match(
    stderr,
    new RegExp(`^ {2}${file}:5:11 clients\\.shop\\.pkce: It must be one of required, optional\\.$`, 'm'),
  )
  assert.match(stderr, /faults\.yaml:6:18 clients\["a b"\]\.name: It must be a text/)
  const { error } = JSON.parse((await latchkey(roof, `plan ${file} --json`)).stdout)
  assert.partialDeepStrictEqual(error.faults[0], { file, line: 5, column: 11, at: 'clients.shop.pkce' })
})

test('the export takes parts, writes whole files, points editors to a schema beside it, and tells settings when asked', async () => {
  const roof = roofIn('out')
  await good(roof, 'apply - --yes', { stdin: declaration })
  const place = await mkdtemp(join(folder, 'out-'))
  await good(roof, `export --schema --out ${join(place, 'latchkey.schema.json')}`)
  assert.equal(JSON.parse(await readFile(join(place, 'latchkey.schema.json'), 'utf8')).title, 'Latchkey configuration')
  const out = join(place, 'latchkey.yaml')
  await good(roof, `export --out ${out}`)
  assert.match(await readFile(out, 'utf8'), /^# yaml-language-server: \$schema=\.\/latchkey\.schema\.json\n/)
  assert.deepEqual((await readdir(place)).toSorted(), ['latchkey.schema.json', 'latchkey.yaml'])
  assert.equal((await latchkey(roof, `plan ${out} --prune --detailed-exitcode`)).code, 0)
  const parts = (await good(roof, 'export --only groups,clients')).stdout
  assert.match(parts, /^groups:[\s\S]*^clients:/m)
  assert.doesNotMatch(parts, /^(scopes|apis):|language-server/m)
  const wrong = await latchkey(roof, 'export --only users')
  assert.equal(wrong.code, exitCodes.usage)
  assert.match(wrong.stderr, /The parts are scopes, apis, groups, clients/)
  assert.equal((await latchkey(roof, `export --out ${join(place, 'no', 'where.yaml')}`)).code, exitCodes.notFound)
  const json = JSON.parse((await good(roof, 'export --json')).stdout)
  assert.match(json.declaration, /^# Configuration of Latchkey/)
  const environment = {
    LATCHKEY_DATA_DIR: join(folder, 'out'),
    LATCHKEY_PUBLIC_URL: 'https://id.example.com',
    LATCHKEY_MASTER_KEY: 'a'.repeat(64),
  }
  const told = await good(roofOver({ environment, flags: [], readFile: () => '' }), 'export --settings')
  assert.match(told.stdout, /^# {3}LATCHKEY_PUBLIC_URL=https:\/\/id\.example\.com {2}\(environment/m)
  assert.ok(!told.stdout.includes('aaaa'))
})

test('a file is written through nothing that somebody else laid beside it, and nothing half is left there', async () => {
  const roof = roofIn('links')
  await good(roof, 'apply - --yes', { stdin: declaration })
  const place = await mkdtemp(join(folder, 'place-'))
  const mine = join(place, 'mine')
  await writeFile(mine, 'mine')
  const out = join(place, 'latchkey.yaml')
  await symlink(mine, `${out}.${process.pid}.new`)
  await symlink(mine, out)
  await good(roof, `export --out ${out}`)
  assert.equal(await readFile(mine, 'utf8'), 'mine')
  assert.match(await readFile(out, 'utf8'), /^clients:/m)
  await mkdir(join(place, 'taken'))
  assert.notEqual((await latchkey(roof, `export --out ${join(place, 'taken')}`)).code, 0)
  assert.equal((await readdir(place)).length, 4)
})
