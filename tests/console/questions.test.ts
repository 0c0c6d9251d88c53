// Questions that the console answers of a row: those of a client, who may ask, and how.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { consoleDesks } from '../../packages/authorization-server/src/features/console/index.ts'
import { openApiOf } from '../../packages/authorization-server/src/platform/console/index.ts'
import { defaultClientSettings, insertClient } from '../../packages/authorization-server/src/records/clients/index.ts'
import { authorizePath } from '../support/code-flow.ts'
import type { FormBrowser } from '../support/form-browser.ts'
import type { TestServer } from '../support/server.ts'
import { type Asking, introspected, type Json, rowOf, startAsking, tableOf, toneOf } from './asking.ts'
import { onBothEngines } from './both-engines.ts'
import { call, groupOf, person, signedIn } from './ground.ts'

let asking: Asking
let server: TestServer
let root: FormBrowser
let web: string

before(async () => {
  asking = await startAsking()
  ;({ server, root, web } = asking)
  await person(server, 'ada', { username: 'ada' })
})
after(() => server.close())

describe('the tester of addresses', () => {
  test('decides as the flow does, and names the difference to each that is registered', async () => {
    for (const [address, accepted, differences] of [
      ['http://localhost:9999/callback', true, []],
      ['http://localhost:9999/callback/', false, ['trailing-slash']],
      ['http://localhost:9999/Callback', false, ['case']],
      ['https://localhost:9999/callback', false, ['scheme']],
      ['http://localhost:9999@evil.test/callback', false, ['userinfo', 'host', 'port']],
      ['javascript:alert(1)', false, undefined],
      ['//localhost:9999/callback', false, undefined],
    ] as const) {
      const answer = await asking.ask(root, 'redirect-test', { address })
      const [row] = tableOf(answer, 'After sign-in').rows
      assert.equal(row?.state, accepted ? 'accepted' : 'another', address)
      if (differences !== undefined) assert.deepEqual(row?.cells[1], differences, address)
      const asked = await (await signedIn(server, 'ada')).get(authorizePath({ redirect_uri: address }))
      assert.equal(asked.status !== 400, accepted, `${address} was answered ${asked.status}`)
    }
  })

  test('knows the addresses after sign-out as well', async () => {
    const answer = await asking.ask(root, 'redirect-test', { address: 'http://localhost:9999/' })
    assert.equal(toneOf(answer), 'warning')
    assert.equal(tableOf(answer, 'After sign-out').rows[0]?.state, 'accepted')
  })
})

describe('what failed lately', () => {
  const address = 'http://localhost:7777/callback'

  test('lists a refusal with its repair; after the repair the same request passes', async () => {
    const visitor = await signedIn(server, 'ada')
    assert.equal((await visitor.get(authorizePath({ redirect_uri: address }))).status, 400)
    const planted = 'https://evil.example/callback'
    assert.equal((await visitor.get(authorizePath({ redirect_uri: planted }))).status, 400)
    const rows = tableOf(await asking.ask(root, 'failures', {}), 'Refusals').rows
    const row = rows.find(({ cells }) => cells[2] === address)
    assert.match(String(row?.cells[0]), /^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
    assert.equal(row?.cells[4], 'port')
    assert.equal(rows.find(({ cells }) => cells[2] === planted)?.link, undefined)

    const page = await root.open(`/admin/clients/${web}/failures/`)
    const href = row?.link?.href ?? ''
    assert.ok(page.body.includes(href.replaceAll('&', '&amp;')))
    const question = await root.open(href)
    assert.equal(question.field('address'), address)
    assert.ok(!question.body.includes(planted))
    const there = await root.follow(await root.submit(question))
    assert.match(there.body, /The address is registered/)
    assert.notEqual((await visitor.get(authorizePath({ redirect_uri: address }))).status, 400)
    const { body } = await call(server, root, 'GET', `/api/v1/clients/${web}/history`)
    const [change] = body['items'] as readonly { kind: string; changes: Json }[]
    assert.equal(change?.kind, 'client.changed')
    assert.ok('redirect_uris' in change.changes)
  })

  test('an address that could not be registered by hand is not registered so either', async () => {
    const url = `/api/v1/clients/${web}/register-address`
    for (const bad of ['javascript:alert(1)', 'http://evil.example/cb', 'https://a.example/cb#x']) {
      assert.equal((await call(server, root, 'POST', url, { body: { address: bad } })).status, 400, bad)
    }
  })
})

describe('who may ask', () => {
  test('staff see what other people would be told only with the permission users.view as well', async () => {
    const staff = await person(server, 'helper', { isStaff: true })
    const may = await groupOf(server, 'helpers', staff)
    const browser = await signedIn(server, 'helper')
    await may(['clients.view'])
    const refused = await asking.ask(browser, 'token-preview', { user: 'ada' })
    assert.equal(refused.status, 403)
    assert.ok(!refused.text.includes('ada@example.com'))
    // No word about who exists.
    const unknown = await asking.ask(browser, 'token-preview', { user: 'nobody-at-all' })
    assert.deepEqual([unknown.status, unknown.text], [refused.status, refused.text])
    assert.equal((await asking.ask(browser, 'token-preview', { user: 'helper@example.com' })).status, 200)
    assert.equal((await asking.ask(browser, 'redirect-test', { address: 'https://a.example' })).status, 200)
    await may(['clients.view', 'users.view'])
    assert.equal((await asking.ask(browser, 'token-preview', { user: 'ada' })).status, 200)
    await may(['users.view'])
    assert.equal((await asking.ask(browser, 'token-preview', { user: 'ada' })).status, 404)
  })

  test('an owner asks of their own applications, and of no other', async () => {
    const owner = await person(server, 'owner')
    const { database, clock } = server.context
    const settings = defaultClientSettings({ clientId: 'owned', name: 'Owned', isConfidential: false })
    const redirectUris = ['https://owned.example/cb']
    await database.commit([insertClient({ ...settings, redirectUris, ownerId: owner.id }, clock.now())])
    const browser = await signedIn(server, 'owner')
    const own = await rowOf(server, 'owned')
    for (const question of ['failures', 'redirect-test', 'token-preview']) {
      const fields =
        {
          failures: {},
          'redirect-test': { address: 'https://a.example' },
          'token-preview': { user: 'owner@example.com' },
        }[question] ?? {}
      assert.equal((await asking.ask(browser, question, fields, own)).status, 200, question)
      assert.equal((await asking.ask(browser, question, fields)).status, 404, question)
    }
    assert.equal((await asking.ask(browser, 'token-preview', { user: 'ada' }, own)).status, 403)
    assert.equal(
      (
        await call(server, browser, 'POST', `/api/v1/clients/${web}/register-address`, {
          body: { address: 'https://a.example/cb' },
        })
      ).status,
      404,
    )
  })
})

test('the description of the API tells what is asked, and in which form the answer comes (OpenAPI 3.1)', async () => {
  const nouns = (await consoleDesks(server.context)).map(({ noun }) => noun)
  const { paths } = openApiOf({ title: '', version: '', server: '', nouns }) as {
    paths: Record<string, Record<string, { parameters: readonly { name: string; in: string; required: boolean }[] }>>
  }
  const asked = paths['/api/v1/clients/{id}/token-preview']?.['get']
  assert.deepEqual(
    asked?.parameters.map((one) => [one.name, one.in, one.required]),
    [
      ['id', 'path', true],
      ['user', 'query', true],
      ['scopes', 'query', false],
      ['resources', 'query', false],
      ['claims', 'query', false],
    ],
  )
  assert.match(JSON.stringify(asked), /schemas\/finding/)
})

describe('the form of a question', () => {
  test('is empty at first, and travels in the address', async () => {
    const form = await root.open(`/admin/clients/${web}/redirect-test/`)
    assert.ok(!form.body.includes('class="finding"'))
    const empty = await root.open(`/admin/clients/${web}/redirect-test/?address=`)
    assert.match(empty.fieldError('address'), /required/)
    const answered = await root.open(
      `/admin/clients/${web}/redirect-test/?address=${encodeURIComponent('https://a.example/<b>')}`,
    )
    assert.match(answered.body, /class="finding"/)
    assert.ok(!answered.body.includes('<b>'))
    assert.match((await root.open(`/admin/clients/${web}/`)).body, /Preview tokens/)
  })

  test('of the API refuses what it does not know, and what is missing', async () => {
    assert.equal((await asking.ask(root, 'redirect-test', {})).status, 400)
    assert.equal((await asking.ask(root, 'redirect-test', { address: 'x', other: 'y' })).status, 400)
    assert.equal((await asking.ask(root, 'token-preview', { user: 'nobody-at-all' })).status, 400)
    assert.equal((await asking.ask(root, 'no-such-question', {})).status, 404)
    assert.equal((await asking.ask(root, 'failures', {}, '999999')).status, 404)
  })

  test('carries no password, and has a name of its own', async () => {
    for (const { noun } of await consoleDesks(server.context)) {
      const names = [...noun.acts.map(({ name }) => name), 'change', 'delete', 'history', 'consequences']
      for (const { name, fields = [] } of noun.questions ?? []) {
        assert.ok(!names.includes(name), name)
        assert.ok(
          fields.every(({ kind }) => kind !== 'password'),
          name,
        )
      }
    }
  })
})

onBothEngines((engine) => {
  test('a question commits nothing; what it leads to is committed with its trail', async () => {
    const { server: there, admin, api, commits } = engine()
    const row = await rowOf(there, 'web')
    commits.length = 0
    for (const asked of ['token-preview?user=alice&scopes=openid+email', 'redirect-test?address=x', 'failures']) {
      const answer = await api('GET', `clients/${row}/${asked}`)
      assert.equal(answer.status, 200, answer.text)
    }
    assert.equal(commits.length, 0)
    const address = 'http://localhost:7777/callback'
    assert.equal((await admin.get(authorizePath({ redirect_uri: address }))).status, 400)
    assert.equal((await api('POST', `clients/${row}/register-address`, { body: { address } })).status, 200)
    const made = await api('POST', `clients/${row}/test-token`, { body: { user: 'alice', scopes: 'read' } })
    const [shown] = made.body['shown'] as readonly { value: string }[]
    assert.equal((await introspected(there, shown?.value ?? ''))['username'], 'alice')
    const { body } = await api('GET', `clients/${row}/history`)
    const kinds = (body['items'] as readonly { kind: string }[]).map(({ kind }) => kind)
    assert.deepEqual(kinds.slice(0, 2), ['grant.created', 'client.changed'])
  })
})
