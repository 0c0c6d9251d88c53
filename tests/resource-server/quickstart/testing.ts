// A test of a protected API, without a server and without a port.
import assert from 'node:assert/strict'
import { protect } from '@latchkey/resource-server'
import { fetchGuard, inventory } from '@latchkey/resource-server/fetch'
import { assertEveryRouteHasARule, createTestIssuer } from '@latchkey/resource-server/testing'

export async function behavesAsDocumented(): Promise<void> {
  const idp = await createTestIssuer()
  const api = protect({ ...idp.options, scopes: ['items:read'] })
  const list = fetchGuard(api)('items:read', (_request, { auth }) => Response.json({ hello: auth.subject }))
  const send = (token: string) =>
    list(new Request('https://api.test/items', { headers: { authorization: `Bearer ${token}` } }))

  assert.equal((await send(await idp.token({ subject: 'alice', scopes: ['items:read'] }))).status, 200)
  assert.equal((await send(await idp.expired())).status, 401)
  assert.equal((await send(await idp.wrongAudience())).status, 401)
  idp.down()
  assert.equal((await send(idp.opaque({ scopes: ['items:read'] }))).status, 503)
  assertEveryRouteHasARule(inventory({ 'GET /items': list }))
}
