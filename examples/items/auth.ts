// All that concerns authentication: how the pages sign people in, how this API asks what a token is worth, and who may do
// what. The lines that end in `auth` are counted; the rest is names and types.
import { login } from '@latchkey/client'
import { fastifyLogin, type FastifyLogin } from '@latchkey/client/fastify'
import { type GuardRequest, type LocalUser, protect, type ProtectOptions } from '@latchkey/resource-server'
import { fastifyGuard, type FastifyRouteGuard } from '@latchkey/resource-server/fastify'
import type { FastifyPluginCallback, FastifyRequest } from 'fastify'
import type { Settings } from './settings.ts'

type Scope = 'read' | 'write'

/** Where users are kept, who has a session of the pages, who hears of faults, and for tests the clock. */
type Surroundings = Pick<ProtectOptions<Scope>, 'users' | 'session' | 'onFault' | 'clock'>

/** What this API itself knows of its users. */
export interface Permissions {
  mayTouch(user: LocalUser | undefined, request: GuardRequest): boolean
  isStaff(user: LocalUser | undefined): boolean
}

/** The options of routes, by who may use them. */
export interface Guards {
  readonly plugin: FastifyPluginCallback
  readonly anyone: FastifyRouteGuard
  /** With a token that may read or write, or with a session of the pages. */
  readonly users: FastifyRouteGuard
  /** The same, for the owner of the item and for staff where something is changed. */
  readonly owners: FastifyRouteGuard
  /** With a session of the pages; others are sent to the sign-in. */
  readonly staff: FastifyRouteGuard
  /** Who calls. */
  userOf(request: FastifyRequest): LocalUser | undefined
}

/** Signs people in with code and PKCE. A session ends with its access token, after an hour: no refresh token is needed. */
export function signInTo(settings: Settings, clock: NonNullable<Surroundings['clock']>): FastifyLogin {
  const { issuer, publicUrl: baseUrl, sessionSecret: secret, signIn } = settings
  return fastifyLogin(login({ ...signIn, issuer, baseUrl, secret, sessionSeconds: 3_600, clock })) // auth
}

/** The tokens of the seed name no API (`withoutAudience`); refusals read as those of Django REST framework. */
export function guardItems(settings: Settings, surroundings: Surroundings, may: Permissions): Guards {
  const { issuer, publicUrl: audience, introspection } = settings
  const manner = { withoutAudience: 'accept', refusals: 'django', login: '/sign-in/' } as const
  const api = protect({ ...surroundings, ...manner, issuer, audience, introspection, scopes: ['read', 'write'] }) // auth
  const guard = fastifyGuard(api) // auth
  const user = api.any(api.session(), api.readWrite()) // auth
  return {
    plugin: guard.plugin,
    anyone: guard(api.public()), // auth
    users: guard(api.allow(user, (caller) => caller.user !== undefined)), // auth
    owners: guard(api.allow(user, (caller, request) => may.mayTouch(caller.user, request))), // auth
    staff: guard(api.page(api.allow(api.session(), (caller) => may.isStaff(caller.user)))), // auth
    userOf: (request) => guard.auth(request).user,
  }
}
