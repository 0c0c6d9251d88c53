// The items API of seed 001 on a port of its own, in front of a server of the tests, with that server's clock.
import { createItemsApp, type ItemsApp } from '../../examples/items/app.ts'
import { readSettings } from '../../examples/items/settings.ts'
import { freePort } from '../support/port.ts'
import type { TestServer } from '../support/server.ts'
import { register } from './requests.ts'

export interface RunningItems extends Pick<ItemsApp, 'app' | 'accounts'> {
  readonly url: string
  close(): Promise<void>
}

/** The same, and its pages are known to the server: people can sign in. */
export async function startItemsWithPages(server: TestServer): Promise<RunningItems> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const pages = {
    redirectUris: [`${url}/auth/callback`],
    postLogoutRedirectUris: [`${url}/auth/logged-out`],
    scopes: ['openid', 'profile', 'email', 'read'],
  }
  await register(server, 'pages', pages, 'pages-secret')
  return startItems(server, {
    PORT: String(port),
    SESSION_SECRET: 's'.repeat(40),
    SIGN_IN_CLIENT_ID: 'pages',
    SIGN_IN_CLIENT_SECRET: 'pages-secret',
  })
}

/** @param variables more of the environment, or other than the tests' own */
export async function startItems(
  server: Pick<TestServer, 'issuer' | 'clock'>,
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningItems> {
  const settings = readSettings({
    PORT: String(await freePort()),
    DATABASE: ':memory:',
    ISSUER: server.issuer,
    ...variables,
  })
  const { app, accounts } = await createItemsApp(settings, { clock: server.clock, report: () => undefined })
  await app.listen({ host: settings.host, port: settings.port })
  return { app, accounts, url: settings.publicUrl, close: () => app.close() }
}
