// openid-client registers itself, signs a person in with what it got, and its keys prove it.
import assert from 'node:assert/strict'
import type { webcrypto } from 'node:crypto'
import { after, before, test } from 'node:test'
import * as client from 'openid-client'
import type { TestServer } from '../support/server.ts'
import { initialToken, startWith } from './ground.ts'
import { type Place, startPlace } from './place.ts'

let server: TestServer
let place: Place

before(async () => {
  server = await startWith({ policy: 'token', scopes: ['openid', 'email', 'read'] })
  server.clock.set(Date.now())
  place = await startPlace()
})
after(async () => {
  await server.close()
  await place.close()
})

const insecure = { execute: [client.allowInsecureRequests] }

for (const algorithm of ['ES256', 'RS256', 'PS256', 'EdDSA'] as const) {
  test(`registration by openid-client with keys at an address, ${algorithm} (RFC 7591 §3, RFC 7523 §2.2)`, async () => {
    const pair = await keyPair(algorithm)
    const kid = `key-${algorithm}`
    const jwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), kid, use: 'sig', alg: algorithm }
    place.say(`/${algorithm}`, JSON.stringify({ keys: [jwk] }))
    const metadata = {
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: algorithm,
      jwks_uri: place.at(`/${algorithm}`),
      scope: 'read',
    }
    const config = await client.dynamicClientRegistration(
      new URL(server.issuer),
      metadata,
      client.PrivateKeyJwt({ key: pair.privateKey, kid }),
      { ...insecure, initialAccessToken: await initialToken(server) },
    )
    assert.match(config.clientMetadata().client_id, /^app_/)
    const tokens = await client.clientCredentialsGrant(config, { scope: 'read' })
    assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, true)
    await client.tokenRevocation(config, tokens.access_token)
    assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, false)
  })
}

async function keyPair(algorithm: 'ES256' | 'RS256' | 'PS256' | 'EdDSA'): Promise<webcrypto.CryptoKeyPair> {
  const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
  const parameters = {
    ES256: { name: 'ECDSA', namedCurve: 'P-256' },
    RS256: { name: 'RSASSA-PKCS1-v1_5', ...rsa },
    PS256: { name: 'RSA-PSS', ...rsa },
    EdDSA: { name: 'Ed25519' },
  }[algorithm]
  const pair = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('A pair was asked for.')
  return pair
}
