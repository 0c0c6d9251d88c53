// Joins the parts of this API to one Fastify app: the guard first, then the routes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fault, GuardRequest, LocalUser } from '@latchkey/resource-server'
import { sqliteUsers } from '@latchkey/resource-server/stores/sqlite'
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify'
import { guardItems, signInTo } from './auth.ts'
import { readBodies } from './bodies.ts'
import { openDatabase } from './database.ts'
import { answerError, negotiate } from './endpoint.ts'
import { itemRoutes, mayTouch } from './items/api.ts'
import { createItemStore } from './items/store.ts'
import { homePage } from './pages/home.ts'
import { iconFile } from './pages/layout.ts'
import { createStage } from './pages/show.ts'
import { notFound } from './refusal.ts'
import type { Settings } from './settings.ts'
import { adminRoutes } from './staff/admin.ts'
import { type LocalAccounts, localAccounts } from './staff/local-account.ts'
import { createMembership } from './staff/membership.ts'
import { createSessions } from './staff/session.ts'
import { signInRoutes } from './staff/sign-in.ts'
import { createStaffStore } from './staff/store.ts'
import { createVisitors } from './staff/visitors.ts'
import { relayRoutes } from './users/relays.ts'

export interface ItemsApp {
  readonly app: FastifyInstance
  readonly accounts: LocalAccounts
}

/** The guard of a Fastify route hands on Fastify's own request. */
function isFastifyRequest(native: unknown): native is FastifyRequest {
  return typeof native === 'object' && native !== null && 'routeOptions' in native
}

/** What a test holds in its hands. */
export interface Surroundings {
  readonly clock?: { now(): number }
  /** Told what does not work. */
  readonly report?: (what: string, cause: unknown) => void
}

export async function createItemsApp(settings: Settings, surroundings: Surroundings = {}): Promise<ItemsApp> {
  const { clock = { now: Date.now }, report = console.error } = surroundings
  const { issuer, publicUrl, sessionSecret: secret, staffGroup: group } = settings
  const now = () => clock.now()
  const database = openDatabase(settings.database)
  const users = sqliteUsers(database)
  const items = createItemStore(database)
  const staff = createStaffStore(database)
  const sessions = createSessions({ store: staff, users, isSecure: publicUrl.startsWith('https:'), now })
  const auth = signInTo(settings, clock)
  const membership = createMembership({ issuer, group, staff, now, report })
  const visitors = createVisitors({ auth, membership, sessions, users, staff, issuer, secret, now })
  const accounts = localAccounts(users, staff, publicUrl, now)

  const session = ({ native }: GuardRequest) => (isFastifyRequest(native) ? visitors.of(native) : undefined)
  const onFault = ({ kind, cause }: Fault) => report(kind, cause)
  const isStaff = (user: LocalUser | undefined) => user !== undefined && staff.isStaff(user.id, now())
  const guards = guardItems(
    settings,
    { users, session, clock, onFault },
    { isStaff, mayTouch: (user, request) => mayTouch(items, isStaff, user, request) },
  )

  const app = fastify({ routerOptions: { ignoreTrailingSlash: true }, exposeHeadRoutes: true })
  const stage = createStage(visitors, issuer)
  readBodies(app)
  app.setErrorHandler(answerError)
  app.setNotFoundHandler(() => {
    throw notFound()
  })
  await app.register(auth.plugin) // auth
  app.addHook('onRequest', negotiate)
  app.addHook('onSend', stage.finish)
  app.addHook('onClose', () => database.close())
  await app.register(guards.plugin) // auth

  const { anyone } = guards
  app.get('/', anyone, (request, reply) => stage.show(request, reply, homePage(settings)))
  const style = readFileSync(join(import.meta.dirname, 'pages', 'style.css'), 'utf8')
  app.get('/assets/style.css', anyone, (_request, reply) => reply.type('text/css; charset=utf-8').send(style))
  app.get('/assets/icon.svg', anyone, (_request, reply) => reply.type('image/svg+xml').send(iconFile))
  itemRoutes(app, guards, items, publicUrl)
  relayRoutes(app, guards, settings)
  signInRoutes(app, { guards, stage, visitors, sessions, accounts, issuer, now })
  adminRoutes(app, { guards, stage, visitors, items, users, staff, ownUrl: publicUrl, now })
  return { app, accounts }
}
