// The demo of development mode: users and clients to try everything with, made once in an empty database.
// Its passwords and secrets are public on purpose, which is why no other mode ever calls this.
import {
  storeChosenSecret,
  insertClient,
  insertSecret,
  defaultClientSettings,
  plainMetadata,
  type ClientMetadata,
  type ClientSettings,
} from './records/clients/index.ts'
import { registerUser } from './records/credentials/index.ts'
import { addMember, findGroup, insertGroup } from './records/groups/index.ts'
import { countUsers } from './records/users/index.ts'
import type { Context } from './features/context/index.ts'
import type { HomePage } from './features/home/index.ts'

interface DemoClient {
  readonly settings: ClientSettings
  readonly secret?: string
}

const siteCallback = 'http://localhost:9988/accounts/customprovider/login/callback/'
const webCallback = 'http://localhost:9999/callback'
const openIdScopes = ['openid', 'profile', 'email', 'offline_access', 'read', 'write']

export const demoUsers = [
  { identifier: 'admin@email.com', password: 'testpass123', note: 'superuser, member of group1' },
  { identifier: 'alice@example.com', password: 'correct-horse-battery', note: 'username alice' },
] as const

function client(
  clientId: string,
  name: string,
  changes: Partial<ClientSettings>,
  secret?: string,
  seedStyle = false,
): DemoClient {
  const defaults = defaultClientSettings({ clientId, name, isConfidential: secret !== undefined, seedStyle })
  return { settings: { ...defaults, ...changes }, ...(secret === undefined ? {} : { secret }) }
}

/** Told of the end of a session (OpenID Connect Back-Channel Logout §2.2). */
function told(backchannelLogoutUri: string): ClientMetadata {
  return { ...plainMetadata, backchannelLogoutUri }
}

const passwordApi = { grantTypes: ['password', 'refresh_token'], introspection: 'any' } as const

export const demoClients: readonly DemoClient[] = [
  client('clientId', 'client1', passwordApi, 'clientSecret', true),
  client('rs-id', 'Items API', passwordApi, 'rs-secret', true),
  client(
    'items-pages',
    'Items pages',
    {
      redirectUris: ['http://localhost:8001/auth/callback'],
      postLogoutRedirectUris: ['http://localhost:8001/auth/logged-out'],
      scopes: ['openid', 'profile', 'email', 'read'],
      metadata: told('http://localhost:8001/auth/backchannel-logout'),
    },
    'items-pages-secret',
  ),
  client(
    'snippets-pages',
    'Snippets pages',
    {
      redirectUris: ['http://localhost:8003/auth/callback'],
      postLogoutRedirectUris: ['http://localhost:8003/auth/logged-out'],
      scopes: ['openid', 'profile', 'email'],
    },
    'snippets-pages-secret',
  ),
  client(
    'site',
    'Site',
    {
      redirectUris: [siteCallback],
      postLogoutRedirectUris: ['http://localhost:9988/accounts/logged-out/'],
      scopes: ['openid', 'profile', 'email', 'read'],
      pkce: 'optional',
      metadata: told('http://localhost:9988/accounts/backchannel-logout/'),
    },
    'site-secret',
  ),
  client(
    'web',
    'Web app',
    {
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      redirectUris: [webCallback],
      postLogoutRedirectUris: ['http://localhost:9999/'],
      allowedOrigins: ['http://localhost:9999'],
      scopes: openIdScopes,
    },
    'web-secret',
  ),
  client('spa', 'Single-page app', {
    grantTypes: ['authorization_code'],
    redirectUris: [webCallback],
    allowedOrigins: ['http://localhost:9999'],
    scopes: openIdScopes,
  }),
]

/** Fills an empty database; one that has users is left alone. */
export async function seedDemo(context: Context): Promise<void> {
  if ((await countUsers(context.database)) > 0) return
  const now = context.clock.now()
  const [admin, alice] = demoUsers
  const administrator = { email: admin.identifier, isStaff: true, isSuperuser: true }
  const first = await registerUser(context, administrator, admin.password)
  await registerUser(context, { email: alice.identifier, username: 'alice', firstName: 'Alice' }, alice.password)
  await context.database.commit([insertGroup('group1', [], now)])
  const group = await findGroup(context.database, 'group1')
  if (first.kind === 'created' && group !== undefined) {
    await context.database.commit([addMember(group.id, first.user.id)])
  }
  const clients = demoClients.map(async ({ settings, secret }) => [
    insertClient(settings, now),
    ...(secret === undefined
      ? []
      : [insertSecret(settings.clientId, await storeChosenSecret(secret, context.passwords), now)]),
  ])
  await context.database.commit((await Promise.all(clients)).flat())
}

/** What the landing page and the terminal show of it. */
export function describeDemo(publicUrl: string): NonNullable<HomePage['demo']> {
  return {
    users: demoUsers,
    clients: demoClients.map(({ settings, secret }) => ({
      clientId: settings.clientId,
      clientSecret: secret,
      grants: settings.grantTypes,
      scopes: settings.scopes,
      redirectUris: settings.redirectUris,
    })),
    addresses: [
      { href: '/accounts/login/', purpose: 'Sign in' },
      { href: '/account/', purpose: 'Your account' },
      { href: '/o/applications/', purpose: 'Applications' },
      { href: '/o/.well-known/openid-configuration', purpose: 'Discovery document' },
    ],
    firstToken: `curl -s ${publicUrl}/o/token/ -d grant_type=password -d username=${demoUsers[0].identifier} -d password=${demoUsers[0].password} -d client_id=clientId -d client_secret=clientSecret`,
  }
}
