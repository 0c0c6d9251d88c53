// The snippets example on a port of its own, with the authorization server that it belongs to and one clock for both.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Running, start } from '../../examples/snippets/server.ts'
import { readSettings } from '../../examples/snippets/settings.ts'
import { defaultClientSettings } from '../../packages/authorization-server/src/records/clients/index.ts'
import { freePort } from '../support/port.ts'
import { passwordTokens, startTestServer, type TestServer, type Tokens } from '../support/server.ts'
import { register } from './requests.ts'

export interface Snippets extends Running {
  readonly server: TestServer
  /** Tokens of the demo's first user. */
  tokens(scope?: string): Promise<Tokens>
}

export async function startSnippets(): Promise<Snippets> {
  const server = await startTestServer()
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-snippets-'))
  const port = await freePort()
  // Not the demo's own client, whose addresses are those of the usual port.
  const signIn = { SIGN_IN_CLIENT_ID: 'pages', SIGN_IN_CLIENT_SECRET: 'pages-secret' }
  const settings = readSettings({ PORT: String(port), DATA_DIR: dataDir, ISSUER: server.issuer, ...signIn })
  const { clientId, clientSecret } = settings.signIn
  const base = defaultClientSettings({ clientId, name: 'Snippets', isConfidential: true })
  await register(
    server,
    clientId,
    {
      ...base,
      redirectUris: [`${settings.publicUrl}/auth/callback`],
      postLogoutRedirectUris: [`${settings.publicUrl}/auth/logged-out`],
      scopes: ['openid', 'profile', 'email'],
      consent: 'skip',
    },
    clientSecret,
  )
  const running = await start(settings, { clock: server.clock })
  return {
    ...running,
    server,
    tokens: (scope) => passwordTokens(server.url, scope === undefined ? {} : { scope }),
    async close() {
      await running.close()
      await server.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
