// One part of the SSO pair in a process of its own: `sso-part.ts server|site|items`, told the rest by the environment. It says
// over the channel when it listens; `{ ahead: ms }` puts its clock forward, and everything ends with the channel.
import { createItemsApp } from '../../examples/items/app.ts'
import { readSettings as readItemsSettings } from '../../examples/items/settings.ts'
import { readSettings, type Settings } from '../../examples/site/settings.ts'
import { start } from '../../examples/site/server.ts'
import { createServer } from '../../packages/authorization-server/src/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { plainMetadata } from '../../packages/authorization-server/src/records/clients/index.ts'
import { people, type Registration } from './sso-people.ts'

let ahead = 0
const clock = { now: () => Date.now() + ahead }
const [role] = process.argv.slice(2)

async function startServer(): Promise<Readonly<Record<string, string>>> {
  const server = await createServer({
    development: true,
    settings: { server: { dataDir: process.env['DATA_DIR'] ?? '', port: Number(process.env['PORT']) } },
    deps: { log: silentLog, clock },
  })
  const secrets: Record<string, string> = {}
  const registrations = JSON.parse(process.env['CLIENTS'] ?? '[]') as readonly Registration[]
  for (const { backchannelLogoutUri, ...registration } of registrations) {
    const metadata = { ...plainMetadata, backchannelLogoutUri }
    const { clientId, clientSecret } = await server.registerClient({ ...registration, metadata })
    secrets[clientId] = clientSecret
  }
  for (const { username, email, password } of people) await server.signUp({ username, email, password, address: '::1' })
  await server.listen()
  return secrets
}

async function startSite(settings: Settings): Promise<Readonly<Record<string, string>>> {
  const { firstAdminLink } = await start(settings, { clock })
  return { adminLink: (await firstAdminLink()) ?? '' }
}

async function startItems(): Promise<Readonly<Record<string, string>>> {
  const settings = readItemsSettings(process.env)
  const { app } = await createItemsApp(settings, { clock })
  await app.listen({ host: settings.host, port: settings.port })
  return {}
}

process.once('disconnect', () => process.exit())
const parts = { server: startServer, site: () => startSite(readSettings(process.env)), items: startItems }
const start_ = parts[role as keyof typeof parts]
process.send?.(await start_())
process.on('message', (message) => {
  ahead = (message as { readonly ahead: number }).ahead
  process.send?.({})
})
