// Consents in the console: who allowed what, and its withdrawal, which ends what rested on it as the person's own does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findConsent } from '../../packages/authorization-server/src/records/consents/index.ts'
import { findClient } from '../../packages/authorization-server/src/records/clients/index.ts'
import type { User } from '../../packages/authorization-server/src/records/users/index.ts'
import { codeTokens, isActive } from '../support/code-flow.ts'
import { basic, postForm } from '../support/server.ts'
import { type Engine, onBothEngines, onEngine, planOfLists } from './both-engines.ts'
import { call, groupOf, person, signedIn } from './ground.ts'

interface Given {
  readonly user: User
  readonly id: string
  readonly token: string
  readonly refreshToken: string
}

async function consentOf({ server }: Engine, name: string): Promise<Given> {
  const user = await person(server, name)
  const tokens = await codeTokens(await signedIn(server, name), server.url, 'openid read offline_access')
  const client = await findClient(server.context.database, 'web')
  return { user, id: `${user.id}-${client?.row}`, token: tokens.access_token, refreshToken: tokens.refresh_token }
}

onBothEngines((engine) => {
  test('a consent is listed with its person, its application, its scopes and its state', async () => {
    const { server, items, api } = engine()
    const { user, id } = await consentOf(engine(), 'lister')
    const [row, ...others] = await items(`consents?user=${user.id}`)
    assert.deepEqual(others, [])
    assert.deepEqual(
      [row?.['id'], row?.['user'], row?.['status'], row?.['scopes'], row?.['given_at'], row?.['withdrawn_at']],
      [id, user.id, 'given', ['openid', 'read', 'offline_access'], server.clock.now(), null],
    )
    assert.equal((await api('GET', `consents/${id}`)).body['id'], id)
    assert.deepEqual((await items(`consents?q=${id}`)).length, 1)
    assert.ok((await items(`consents?client=${String(row?.['client'])}`)).some((one) => one['id'] === id))
    assert.ok(!(await items('consents?withdrawn=yes')).some((one) => one['id'] === id))
  })

  test('a withdrawal ends access and refresh at once, and what is given later revives nothing', async () => {
    const { server, api, items } = engine()
    const given = await consentOf(engine(), 'leaver')
    assert.equal(await isActive(server.url, given.token), true)
    const done = await api('POST', `consents/${given.id}/withdraw`, { body: {} })
    assert.equal(done.status, 200, done.text)
    assert.equal(done.body['status'], 'withdrawn')
    assert.equal(await isActive(server.url, given.token), false)
    const refreshed = await postForm(
      `${server.url}/o/token/`,
      { grant_type: 'refresh_token', refresh_token: given.refreshToken },
      basic('web', 'web-secret'),
    )
    assert.equal(refreshed.status, 400)
    assert.ok((await items(`grants?user=${given.user.id}`)).every(({ ended_at: ended }) => ended !== null))
    // Asked again, and allowed again: the old token stays dead.
    await codeTokens(await signedIn(server, 'leaver'), server.url, 'openid read')
    assert.equal((await api('GET', `consents/${given.id}`)).body['status'], 'given')
    assert.equal(await isActive(server.url, given.token), false)
  })

  test('it is on record, with what was allowed before, and is not done twice', async () => {
    const { api, server } = engine()
    const { id, user } = await consentOf(engine(), 'recorded')
    await api('POST', `consents/${id}/withdraw`, { body: {} })
    const { body } = await api('GET', `consents/${id}/history`)
    const [event] = body['items'] as readonly Readonly<Record<string, unknown>>[]
    assert.equal(event?.['kind'], 'consent.withdrawn')
    const changes = event?.['changes'] as Readonly<Record<string, unknown>>
    assert.deepEqual(changes['scopes'], { before: ['openid', 'read', 'offline_access'], after: [] })
    const epoch = async () => {
      const client = await findClient(server.context.database, 'web')
      return (await findConsent(server.context.database, user.id, client?.row ?? 0))?.epoch
    }
    const before = await epoch()
    assert.equal((await api('POST', `consents/${id}/withdraw`, { body: {} })).status, 403)
    assert.equal(await epoch(), before)
  })

  test('several are withdrawn at once; what is over already is left', async () => {
    const { api, items } = engine()
    const given = [await consentOf(engine(), 'many-1'), await consentOf(engine(), 'many-2')]
    const ids = [...given.map(({ id }) => id), '1-999999', 'no-consent']
    const done = await api('POST', 'consents/actions/withdraw', { body: { ids } })
    assert.deepEqual(done.body, { done: 2, left: 2 })
    const withdrawn = (await items('consents?withdrawn=yes')).map(({ id }) => id)
    assert.ok(given.every(({ id }) => withdrawn.includes(id)))
  })

  test('whoever may withdraw consents may not touch those of people above them', async () => {
    const { server, items } = engine()
    const clerk = await person(server, 'clerk', { isStaff: true })
    await (await groupOf(server, 'clerks', clerk))(['consents.view', 'consents.delete'])
    const root = await person(server, 'root', { isStaff: true, isSuperuser: true })
    await codeTokens(await signedIn(server, 'root'), server.url, 'openid read')
    const [row] = await items(`consents?user=${root.id}`)
    const path = `/api/v1/consents/${String(row?.['id'])}/withdraw`
    const refused = await call(server, await signedIn(server, 'clerk'), 'POST', path, { body: {} })
    assert.equal(refused.status, 403)
    assert.match(refused.text, /superuser/)
  })

  test('people and applications lead to their consents', async () => {
    const { admin } = engine()
    const { user, id } = await consentOf(engine(), 'linked')
    const page = await admin.get(`/admin/users/${user.id}/`)
    assert.match(page.body, new RegExp(`href="/admin/consents/\\?user=${user.id}"`))
    const list = await admin.get(`/admin/consents/?user=${user.id}`)
    assert.match(list.text, /Web app/)
    assert.match(list.text, /linked@example\.com/)
    const { body: one } = await admin.get(`/admin/consents/${id}/`)
    assert.match(one, /<h1><bdi>linked@example\.com, Web app<\/bdi><\/h1>/)
  })
})

onEngine('sqlite', (engine) => {
  test('the order, each filter and the search are served by indexes', async () => {
    for (const query of ['', 'sort=given_at&', 'client=3&', 'user=1&', 'withdrawn=yes&', 'q=1-1&']) {
      const steps = await planOfLists(engine(), `consents?${query}limit=20`)
      assert.ok(steps.length > 0)
      for (const step of steps) {
        // One person's consents, or one, may be sorted once they are found.
        const isFew = /^(user|q)/.test(query) && /TEMP B-TREE|chosen_rows|sorted_rows/.test(step)
        assert.ok(isFew || /USING (COVERING )?INDEX/.test(step), `${query}: ${step}`)
      }
    }
  })
})
