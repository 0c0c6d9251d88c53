// Who plays in the demo: the authorization server, the examples that are there, and the page that links them, each with its
// port and with what there is to try.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface Part {
  readonly id: 'page' | 'server' | 'items' | 'unicorns' | 'snippets' | 'site'
  readonly name: string
  readonly port: number
  readonly shows: string
  /** Addresses worth a look, after its own. */
  readonly tries: readonly (readonly [path: string, words: string])[]
}

export interface Example extends Part {
  /** Where its server.ts is. */
  readonly folder: string
  /** The paths that its sign-in comes back to; none where it signs nobody in at the demo's server. */
  readonly signIn?: {
    readonly clientId: string
    readonly callback: string
    readonly loggedOut: string
    readonly backchannelLogout: string
  }
}

export const page: Part = { id: 'page', name: 'Overview', port: 8080, shows: 'This page', tries: [] }

export const server: Part = {
  id: 'server',
  name: 'Authorization server',
  port: 8000,
  shows: 'Signs people in, asks for their consent, issues tokens.',
  tries: [
    ['/accounts/login/', 'Sign in'],
    ['/account/', 'Account'],
    ['/o/applications/', 'Applications'],
  ],
}

const folder = (name: string): string => join(import.meta.dirname, '..', '..', 'examples', name)

/** Where @latchkey/client has them unless it is told otherwise. */
const standard = {
  callback: '/auth/callback',
  loggedOut: '/auth/logged-out',
  backchannelLogout: '/auth/backchannel-logout',
}

const everyExample: readonly Example[] = [
  {
    id: 'items',
    name: 'Items',
    port: 8001,
    shows: 'An API behind the server, with relays for old clients and an admin page.',
    tries: [
      ['/items/', 'Browse the API'],
      ['/admin/', 'Admin'],
    ],
    folder: folder('items'),
    signIn: { clientId: 'items-pages', ...standard },
  },
  {
    id: 'unicorns',
    name: 'Unicorns',
    port: 8002,
    shows: 'An API with an authorization server inside, in one process. It has accounts of its own: register there.',
    tries: [['/v1/', 'Browse the API']],
    folder: folder('unicorns'),
  },
  {
    id: 'snippets',
    name: 'Snippets',
    port: 8003,
    shows: 'Bearer tokens on ordinary pages, and scopes to read and to write.',
    tries: [['/secret', 'The secret page']],
    folder: folder('snippets'),
    signIn: { clientId: 'snippets-pages', ...standard },
  },
  {
    id: 'site',
    name: 'Site',
    port: 9988,
    shows: 'Signs people in at the server; who is signed in there needs no password here.',
    tries: [
      ['/accounts/profile', 'Hello world'],
      ['/accounts/connections/', 'Connections'],
    ],
    folder: folder('site'),
    signIn: {
      clientId: 'site',
      callback: '/accounts/customprovider/login/callback/',
      loggedOut: '/accounts/logged-out/',
      backchannelLogout: '/accounts/backchannel-logout/',
    },
  },
]

/** The examples that can be started. */
export const examples: readonly Example[] = everyExample.filter((one) => existsSync(join(one.folder, 'server.ts')))
