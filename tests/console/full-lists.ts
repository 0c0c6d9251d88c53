// A server of the demo with something in each list of the console.
import assert from 'node:assert/strict'
import { flushUsage, refusalReasons } from '../../packages/authorization-server/src/records/usage/index.ts'
import { authorizePath, codeTokens } from '../support/code-flow.ts'
import { basic, passwordTokens, postForm, type TestServer } from '../support/server.ts'
import { administrator, call, person, signedIn } from './ground.ts'

/** Puts something into each list. */
export async function fillLists(server: TestServer): Promise<void> {
  const admin = await administrator(server)
  const ada = await person(server, 'ada', { username: 'ada', firstName: 'Ada', lastName: 'Lovelace' })
  await codeTokens(await signedIn(server, 'ada'), server.url, 'openid profile read offline_access')
  await passwordTokens(server.url)
  const made = async (noun: string, body: unknown): Promise<void> => {
    const answer = await call(server, admin, 'POST', `/api/v1/${noun}`, { body })
    assert.equal(answer.status, 201, answer.text)
  }
  await made('apis', { audience: 'https://shop.example', name: 'Shop', token_format: 'jwt' })
  await made('views', { name: 'Our staff', list: 'users', query: 'is_staff=yes' })
  const changed = await call(server, admin, 'PATCH', `/api/v1/users/${ada.id}`, { body: { first_name: 'Augusta Ada' } })
  assert.equal(changed.status, 200, changed.text)
  // Something that was refused lately, and something that was changed.
  await admin.get(authorizePath({ redirect_uri: 'http://localhost:9999/callback2' }))
  await postForm(`${server.url}/o/token/`, { grant_type: 'authorization_code', code: 'x' }, basic('web', 'wrong'))
  await usedBusily(server.context)
}

async function usedBusily(context: TestServer['context']): Promise<void> {
  const { usage } = context
  usage.signedIn('page')
  for (const reason of refusalReasons) usage.refused(reason)
  for (const client of [1, 2, 3]) usage.gaveToken(client, client === 1 ? 'password' : 'client_credentials')
  await flushUsage(context)
}

/** A row of each noun, as the console's index of its API has them; of applications and people, one that has much to show. */
export async function firstRows(server: TestServer): Promise<ReadonlyMap<string, string>> {
  const admin = await administrator(server)
  const index = await call(server, admin, 'GET', '/api/v1')
  const rows = new Map<string, string>()
  for (const noun of Object.keys(index.body)) {
    const wanted = { clients: '?q=web', users: '?q=ada' }[noun] ?? ''
    const { body } = await call(server, admin, 'GET', `/api/v1/${noun}${wanted}`)
    const [first] = Array.isArray(body['items']) ? (body['items'] as readonly { readonly id: unknown }[]) : []
    if (first !== undefined) rows.set(noun, String(first.id))
  }
  return rows
}
