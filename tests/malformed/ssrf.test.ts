// Nobody makes the server connect to where it must not: every spelling of the corpus, at every address that a client can register and
// through every use of it. Counted twice: at a trap on this machine, and at every socket that this process opens to anywhere.
import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { after, before, test } from 'node:test'
import { generateSigningKey, signJws } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import {
  type ClientMetadata,
  defaultClientSettings,
  insertClient,
  plainMetadata,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { names, spellings } from './ssrf-corpus.ts'

/** The member of a registration for each address that a client has; a new one fails the test until it stands here. */
const members: Readonly<Record<string, string>> = {
  redirectUris: 'redirect_uris',
  postLogoutRedirectUris: 'post_logout_redirect_uris',
  clientUri: 'client_uri',
  logoUri: 'logo_uri',
  policyUri: 'policy_uri',
  termsUri: 'tos_uri',
  sectorIdentifierUri: 'sector_identifier_uri',
  jwksUri: 'jwks_uri',
  requestUris: 'request_uris',
  initiateLoginUri: 'initiate_login_uri',
  backchannelLogoutUri: 'backchannel_logout_uri',
  frontchannelLogoutUri: 'frontchannel_logout_uri',
}

let server: TestServer
let trap: Server
let port = 0
let caught = 0
let opened = 0
const lookUps: string[] = []

function onSocket(): void {
  opened += 1
}

before(async () => {
  trap = createServer((socket) => {
    caught += 1
    socket.destroy()
  }).listen(0, '::')
  await once(trap, 'listening')
  const address = trap.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
  server = await startTestServer({
    development: false,
    settings: {
      registration: { policy: 'open', perSourcePerHour: 100_000 },
      limits: { clientFailuresPerMinute: 1_000_000 },
    },
    deps: {
      outgoing: {
        resolve: async (name) => {
          lookUps.push(name)
          return names[name] ?? ['127.0.0.1', '::1']
        },
      },
    },
  })
  subscribe('net.client.socket', onSocket)
})
after(async () => {
  unsubscribe('net.client.socket', onSocket)
  await server.close()
  trap.close()
})

/** Without a socket of the test's own. */
function send(path: string, init: RequestInit = {}): Promise<Response> {
  return server.server.fetch(new Request(`${server.url}${path}`, init))
}

function form(fields: Readonly<Record<string, string>>): RequestInit {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', headers, body: String(new URLSearchParams(fields)) }
}

/** What makes the server fetch: a client's assertion, its logo, its request by reference, a message to it. */
async function useAll(clientId: string, address: string): Promise<void> {
  const key = await generateSigningKey('ES256')
  const now = Math.floor(server.clock.now() / 1_000)
  const claims = { iss: clientId, sub: clientId, aud: server.issuer, jti: clientId, exp: now + 60 }
  const asked = {
    client_id: clientId,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: 'https://public.example/cb',
    request_uri: address,
  }
  const answers = await Promise.all([
    send(
      '/o/token/',
      form({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await signJws(key, 'JWT', claims),
      }),
    ),
    send(`/o/logo/${clientId}/`),
    send(`/o/authorize/?${String(new URLSearchParams(asked))}`),
  ])
  assert.deepEqual(
    answers.slice(0, 2).map(({ status }) => status),
    [401, 404],
    address,
  )
  assert.ok((answers[2]?.status ?? 500) < 500, address)
  const message = await server.context.outgoing.post(address, { type: 'text/plain', body: 'x' })
  assert.equal(message.kind, 'refused', address)
}

test('the corpus has more than sixty spellings, each once', () => {
  const all = spellings(port)
  assert.ok(all.length >= 60, String(all.length))
  assert.equal(new Set(all).size, all.length)
})

test('every address that a client can have is among those that are tried', () => {
  const fields = Object.keys({
    ...plainMetadata,
    ...defaultClientSettings({ clientId: 'x', name: 'x', isConfidential: true }),
  })
  assert.deepEqual(fields.filter((field) => /Uris?$/.test(field)).toSorted(), Object.keys(members).toSorted())
})

test('registered over HTTP, at any address of a client, no spelling makes a connection', async () => {
  for (const [index, address] of spellings(port).entries()) {
    for (const member of Object.values(members)) {
      const body = {
        redirect_uris: ['https://public.example/cb'],
        ...(member.endsWith('uris') ? { [member]: [address] } : { [member]: address }),
      }
      const headers = { 'content-type': 'application/json' }
      const answer = await send('/o/register/', { method: 'POST', headers, body: JSON.stringify(body) })
      assert.ok([201, 400].includes(answer.status), `${member} ${address}: ${answer.status}`)
      if (member === 'sector_identifier_uri') assert.equal(answer.status, 400, address)
      if (answer.status === 201 && index % 8 === 0) {
        const { client_id: clientId } = (await answer.json()) as { readonly client_id: string }
        await send(`/o/logo/${clientId}/`)
      }
    }
  }
  assert.deepEqual({ caught, opened }, { caught: 0, opened: 0 })
})

test('stored already, whatever let it in, no spelling makes a connection when it is used', async () => {
  for (const [index, address] of spellings(port).entries()) {
    const clientId = `stored-${index}`
    const metadata: ClientMetadata = { ...plainMetadata, jwksUri: address, logoUri: address, requestUris: [address] }
    const client = {
      ...defaultClientSettings({ clientId, name: clientId, isConfidential: true }),
      authenticationMethod: 'private_key_jwt' as const,
      redirectUris: ['https://public.example/cb'],
      metadata,
    }
    await server.context.database.commit([insertClient(client, server.clock.now())])
    await useAll(clientId, address)
  }
  assert.deepEqual({ caught, opened }, { caught: 0, opened: 0 })
  assert.ok(lookUps.includes('trap.attacker.example'), 'the names of the corpus were looked up')
})

test('the trap catches, and the count counts: with loopback allowed the same request arrives', async () => {
  const open = await startTestServer()
  try {
    assert.equal(
      (await open.context.outgoing.get(`http://127.0.0.1:${port}/`, { accept: ['text/plain'] })).kind,
      'refused',
    )
    assert.ok(caught > 0 && opened > 0)
  } finally {
    await open.close()
  }
})
