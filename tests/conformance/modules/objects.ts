// Request objects, by value and by reference: processed, or refused by their own error, and never ignored.
// OpenID Connect Core §6.1, §6.2, §6.3; RFC 9101 §5, §6, §6.3.
import assert from 'node:assert/strict'
import { SignJWT } from 'jose'
import { addStaticClient, freshPath, newKey, type PartyClient, registerKeyed } from '../clients.ts'
import { type Asked, ask, assertErrorPage, errorOf, responseOf } from '../requests.ts'
import { registrationOf, type Stage } from '../stage.ts'
import { redeem, tokensOf, verifyIdToken } from '../tokens.ts'

interface ObjectClient {
  readonly client: PartyClient
  readonly requestPath: string
}

/** A client that registered request objects without a signature, and where they are. */
async function unsignedClient(stage: Stage): Promise<ObjectClient> {
  const requestPath = freshPath('request')
  const uri = stage.party.at(requestPath)
  const { responseType } = stage
  if (stage.isDynamic) {
    const members = { request_object_signing_alg: 'none', request_uris: [uri], ...registrationOf(responseType) }
    return { client: await registerKeyed(stage, members), requestPath }
  }
  const metadata = { responseTypes: [responseType], requestObjectSigningAlgorithm: 'none', requestUris: [uri] } as const
  return { client: await addStaticClient(stage, { metadata }), requestPath }
}

type Payload = Readonly<Record<string, string>>

function payloadFor(stage: Stage, client: PartyClient): Payload {
  return {
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    response_type: stage.responseType,
    scope: 'openid',
    state: `inside-${crypto.randomUUID()}`,
    nonce: `inside-${crypto.randomUUID()}`,
    ...(stage.responseMode === undefined ? {} : { response_mode: stage.responseMode }),
  }
}

function unsignedObject(payload: Payload): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encode({ alg: 'none' })}.${encode(payload)}.`
}

/** What stands inside was what counted: its state comes back, and its nonce is in the ID token. */
async function assertProcessed(stage: Stage, asked: Asked, payload: Payload): Promise<void> {
  const { client } = asked
  const inside = { ...asked, sent: new Map([...asked.sent, ['state', payload['state'] ?? ''] as const]) }
  const { members } = responseOf(stage, inside)
  assert.equal(members.get('error'), undefined, JSON.stringify([...members]))
  const code = members.get('code')
  const idToken = members.get('id_token') ?? tokensOf(await redeem(stage, client, code ?? '')).idToken
  await verifyIdToken(stage, idToken, { client, nonce: payload['nonce'] })
}

export const objectModules = {
  async 'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported'(stage: Stage): Promise<void> {
    const plain = await stage.client()
    const unread = freshPath('request')
    stage.party.say(unread, unsignedObject(payloadFor(stage, plain)), 'application/oauth-authz-req+jwt')
    const refused = await ask(stage, plain, { request_uri: stage.party.at(unread) })
    assert.equal(errorOf(stage, refused), 'request_uri_not_supported')
    assert.ok(!refused.received.some(({ url }) => url.pathname === unread), 'what is not supported is not fetched')
    await requestUriWorks(stage)
  },

  async 'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported'(stage: Stage): Promise<void> {
    const plain = await stage.client()
    const refused = await ask(stage, plain, { request: unsignedObject(payloadFor(stage, plain)) })
    assert.equal(errorOf(stage, refused), 'request_not_supported')
    const { client } = await unsignedClient(stage)
    const payload = payloadFor(stage, client)
    assert.equal((await stage.metadata())['request_parameter_supported'], true)
    await assertProcessed(stage, await ask(stage, client, { request: unsignedObject(payload) }), payload)
  },

  async 'oidcc-ensure-request-object-with-redirect-uri'(stage: Stage): Promise<void> {
    const { client } = await unsignedClient(stage)
    const payload = payloadFor(stage, client)
    const wrong = `${client.redirectUri}/${crypto.randomUUID()}`
    const request = unsignedObject(payload)
    await assertProcessed(stage, await ask(stage, client, { request, redirect_uri: wrong }), payload)
    // Wrong inside: the good one beside it does not count either.
    const turned = unsignedObject({ ...payload, redirect_uri: wrong })
    assertErrorPage(stage, await ask(stage, client, { request: turned }))
    const plain = await stage.client()
    const object = unsignedObject(payloadFor(stage, plain))
    assertErrorPage(stage, await ask(stage, plain, { request: object, redirect_uri: `${plain.redirectUri}/wrong` }))
  },

  async 'oidcc-request-uri-unsigned'(stage: Stage): Promise<void> {
    await requestUriWorks(stage)
  },

  async 'oidcc-request-uri-signed-rs256'(stage: Stage): Promise<void> {
    const requestPath = freshPath('request')
    const requestUri = stage.party.at(requestPath)
    const client = await registerKeyed(stage, {
      request_object_signing_alg: 'RS256',
      request_uris: [requestUri],
      ...registrationOf(stage.responseType),
    })
    const payload = payloadFor(stage, client)
    const signedWith = ({ kid, privateKey }: typeof client.key): Promise<string> =>
      new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).setAudience(stage.issuer).sign(privateKey)
    stage.party.say(requestPath, await signedWith(client.key), 'application/oauth-authz-req+jwt')
    await assertProcessed(stage, await ask(stage, client, { request_uri: requestUri }), payload)
    // What the server remembers of the document runs out.
    stage.server.clock.advance(60_000)
    stage.party.say(requestPath, await signedWith(newKey(client.key.kid)), 'application/oauth-authz-req+jwt')
    assert.equal(errorOf(stage, await ask(stage, client, { request_uri: requestUri })), 'invalid_request_object')
  },
}

async function requestUriWorks(stage: Stage): Promise<void> {
  const { client, requestPath } = await unsignedClient(stage)
  const payload = payloadFor(stage, client)
  stage.party.say(requestPath, unsignedObject(payload), 'application/oauth-authz-req+jwt')
  assert.equal((await stage.metadata())['request_uri_parameter_supported'], true)
  const asked = await ask(stage, client, { request_uri: stage.party.at(requestPath) })
  const [fetched] = asked.received.filter(({ url }) => url.pathname === requestPath)
  assert.equal(fetched?.method, 'GET', 'the document is fetched')
  await assertProcessed(stage, { ...asked, received: asked.received.filter((one) => one !== fetched) }, payload)
  const elsewhere = stage.party.at(`${requestPath}/other`)
  assert.equal(errorOf(stage, await ask(stage, client, { request_uri: elsewhere })), 'invalid_request_uri')
}
