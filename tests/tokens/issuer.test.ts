// An issuer that has a path: its metadata at every well-known form, and the same issuer in everything that it signs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { callback, codeFor, registerClient, signedIn, verifier } from '../races/ground.ts'
import { freePort } from '../support/port.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { pairs, payloadOf, send, textOf } from './ground.ts'

const insecure = { [oauth.allowInsecureRequests]: true }
const path = '/tenants/north-1'

let server: TestServer
let issuer = ''
before(async () => {
  const port = await freePort()
  issuer = `http://localhost:${port}${path}`
  server = await startTestServer({ settings: { server: { port }, identity: { issuer } } })
})
after(() => server.close())

test('both kinds of discovery find an issuer with a path (RFC 8414 §3.1, OpenID Connect Discovery §4)', async () => {
  for (const algorithm of ['oidc', 'oauth2'] as const) {
    const response = await oauth.discoveryRequest(new URL(issuer), { ...insecure, algorithm })
    const found = await oauth.processDiscoveryResponse(new URL(issuer), response)
    assert.equal(found.issuer, issuer)
  }
  const inserted = await fetch(`${new URL(issuer).origin}/.well-known/openid-configuration${path}`)
  assert.equal(((await inserted.json()) as { issuer: string }).issuer, issuer)
})

test('tokens, introspection and answers name the issuer byte for byte', async () => {
  const scopes = ['openid', 'read']
  const client = await registerClient(server.context, 'app', { scopes })
  const person = await signedIn(server.context, 'alice@example.com')
  const code = await codeFor(server.context, person, client, { scopes })
  const fields = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
  const answer = await send(server, '/o/token/', pairs({ ...fields, ...client.credentials }))
  assert.equal(payloadOf(textOf(answer, 'id_token'))['iss'], issuer)
  const token = textOf(answer, 'access_token')
  const asked = await send(server, '/o/introspect/', pairs({ token, ...client.credentials }))
  assert.equal(asked.body['iss'], issuer)
})

test('an issuer with a query, a fragment or a path that can be written in two ways is refused at the start (RFC 8414 §2)', async () => {
  for (const bad of ['?x=1', '#x', '/a%2fb', '/a//b', '/a:b', '/a b', '/*']) {
    const starting = startTestServer({ settings: { identity: { issuer: `https://id.example${bad}` } } })
    await assert.rejects(starting, /issuer/i, bad)
  }
})
