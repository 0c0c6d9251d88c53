// Redirect URIs are compared octet by octet, query and all. OpenID Connect Core §3.1.2.1; RFC 6749 §3.1.2; RFC 9700 §4.1.3.
import assert from 'node:assert/strict'
import { askToRegister, freshPath, registerKeyed } from '../clients.ts'
import { ask, assertErrorPage } from '../requests.ts'
import type { Stage } from '../stage.ts'
import { signInTo } from '../tokens.ts'
import { jsonOf } from '../wire.ts'

export const redirectModules = {
  async 'oidcc-ensure-redirect-uri-in-authorization-request'(stage: Stage): Promise<void> {
    const [first, second] = [stage.party.at(freshPath('cb')), stage.party.at(freshPath('cb'))]
    const client = await registerKeyed(stage, { redirect_uris: [first, second] })
    assertErrorPage(stage, await ask(stage, client, { redirect_uri: undefined }))
    for (const redirectUri of [first, second]) await signInTo(stage, { ...client, redirectUri })
  },

  async 'oidcc-redirect-uri-query-OK'(stage: Stage): Promise<void> {
    const redirectUri = `${stage.party.at(freshPath('cb'))}?foo=bar`
    const client = await registerKeyed(stage, { redirect_uris: [redirectUri] })
    const { asked } = await signInTo(stage, { ...client, redirectUri })
    assert.equal(asked.journey.end.url.searchParams.get('foo'), 'bar')
  },

  async 'oidcc-redirect-uri-query-mismatch'(stage: Stage): Promise<void> {
    const address = stage.party.at(freshPath('cb'))
    const client = await registerKeyed(stage, { redirect_uris: [`${address}?foo=bar`] })
    for (const other of [`${address}?bar=foo`, `${address}?foo=bar&`, address]) {
      assertErrorPage(stage, await ask(stage, client, { redirect_uri: other }))
    }
  },

  async 'oidcc-redirect-uri-query-added'(stage: Stage): Promise<void> {
    const client = await stage.client()
    for (const added of ['?foo=bar', '?']) {
      assertErrorPage(stage, await ask(stage, client, { redirect_uri: client.redirectUri + added }))
    }
  },

  async 'oidcc-redirect-uri-regfrag'(stage: Stage): Promise<void> {
    const address = stage.party.at(freshPath('cb'))
    const answered = await askToRegister(stage, { redirect_uris: [`${address}#foobar`] })
    assert.equal(answered.status, 400)
    const { error, client_id: clientId } = jsonOf(answered)
    assert.equal(error, 'invalid_redirect_uri')
    assert.equal(clientId, undefined)
  },
}
