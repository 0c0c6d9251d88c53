// A site that signs people in at a server of their own: by OpenID Connect, or by plain OAuth 2 with a profile. The lines that
// end in `auth` are all that concern authentication.
import { readFileSync } from 'node:fs'
import { type Clock, login, type LoginFailure, type Providers } from '@latchkey/client'
import { fastifyLogin } from '@latchkey/client/fastify'
import { sqliteAccounts, sqliteSessions } from '@latchkey/client/stores/sqlite'
import { fastify, type FastifyInstance } from 'fastify'
import { adminLink, createAdminKeys } from './admin/keys.ts'
import { serveAdmin } from './admin/routes.ts'
import { loginHref } from './pages/layout.ts'
import { connectionsPage, greeting } from './pages/people.ts'
import { notFound, readForms, textIn } from './requests.ts'
import { openDatabase, readSettings, sessionSecret, type Settings } from './settings.ts'
import { providerOf, type SignIn } from './sign-ins/sign-in.ts'
import { createSignIns } from './sign-ins/store.ts'
import { createStage, doneIn } from './stage.ts'

const style = readFileSync(new URL('pages/style.css', import.meta.url))
const profile = '/accounts/profile'
const paths = {
  login: '/accounts/login/',
  logout: '/accounts/logout/',
  loggedOut: '/accounts/logged-out/',
  backchannelLogout: '/accounts/backchannel-logout/',
  link: '/accounts/link/',
  unlink: '/accounts/unlink/',
}
const done = { connected: 'It is connected.', disconnected: 'It is disconnected.' }

export interface Running {
  readonly app: FastifyInstance
  /** Where it is reached, without a slash at the end. */
  readonly url: string
  /** A link to the admin pages, which works once; undefined when somebody who signs in is an administrator. */
  firstAdminLink(): Promise<string | undefined>
  close(): Promise<void>
}

export interface Surroundings {
  /** For tests. */
  readonly clock?: Clock
  /** Told of every sign-in that fails. */
  readonly onFailure?: (failure: LoginFailure) => void
}

/** Starts the example. @throws TypeError when the sign-in that the environment describes cannot work */
export async function start(settings: Settings, surroundings: Surroundings = {}): Promise<Running> {
  const { publicUrl: baseUrl, dataDir, host, port } = settings
  const { clock = { now: () => Date.now() } } = surroundings
  const database = openDatabase(dataDir)
  const signIns = createSignIns(database, settings.signIn)
  const keys = createAdminKeys(database, baseUrl.startsWith('https:'), () => clock.now())
  const accounts = sqliteAccounts(database) // auth
  const sessions = sqliteSessions(database) // auth
  const stage = createStage(accounts, signIns, keys)

  const own = { ...surroundings, app: 'site', baseUrl, secret: sessionSecret(dataDir), paths, accounts, sessions }
  const ends = { afterLogin: profile, afterLogout: profile, failurePage: stage.failed }
  const signIn = (providers: Providers['providers']) => login({ ...own, ...ends, providers }) // auth
  const check = (one: SignIn): void => void signIn([providerOf(one)])
  if (settings.signIn !== undefined) check(settings.signIn)
  const auth = fastifyLogin(signIn(() => signIns.all().map(providerOf))) // auth

  const app = fastify({ routerOptions: { ignoreTrailingSlash: true } })
  await app.register(auth.plugin) // auth
  readForms(app, baseUrl)
  app.addHook('onRequest', (request) => stage.look(request, auth.session(request)?.user)) // auth
  app.setErrorHandler(stage.troubled)
  app.setNotFoundHandler(() => {
    throw notFound()
  })

  app.get('/', (_request, reply) => reply.redirect(profile))
  app.get('/site.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(style))
  app.get(profile, (request, reply) => {
    const user = auth.session(request)?.user // auth
    return stage.show(request, reply, greeting(user, signIns.all()))
  })
  const connections = { ...auth.required, url: '/accounts/connections', method: 'GET' } as const // auth
  app.route({
    ...connections,
    async handler(request, reply) {
      const links = await accounts.links(auth.user(request).id ?? 0) // auth
      return stage.show(request, reply, connectionsPage(links, signIns.all(), doneIn(request, done)))
    },
  })
  // Where django-allauth begins a sign-in.
  app.get('/accounts/:id/login', ({ params, query }, reply) =>
    reply.redirect(loginHref(textIn(query, 'next') || profile, textIn(params, 'id'))),
  )
  serveAdmin(app, { accounts, sessions, signIns, keys, stage, check, publicUrl: baseUrl, clock })

  await sessions.purge(clock.now())
  const tidying = setInterval(() => void sessions.purge(clock.now()), 3_600_000).unref()
  await app.listen({ host, port })
  return {
    app,
    url: baseUrl,
    async firstAdminLink() {
      const hasOne = (await accounts.list()).some(({ isStaff, isActive }) => isStaff && isActive)
      return hasOne ? undefined : adminLink(baseUrl, keys.cut())
    },
    async close() {
      clearInterval(tidying)
      await app.close()
      database.close()
    },
  }
}

if (import.meta.main) {
  const onFailure = (failure: LoginFailure): void => console.error(failure.message)
  const { url, close, firstAdminLink } = await start(readSettings(process.env), { onFailure })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close())
  console.log(`Site: ${url}`)
  const link = await firstAdminLink()
  if (link !== undefined) console.error(`Nobody is administrator yet. This link works once, within an hour: ${link}`)
}
