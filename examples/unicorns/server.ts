// An authorization server and the API that it protects, in one process and on one port. The lines that end in `auth` are
// all that concern authentication.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { protect } from '@latchkey/resource-server'
import { fastifyGuard } from '@latchkey/resource-server/fastify'
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify'
import { createServer, type LatchkeyServer } from 'latchkey'
import { authenticationViews } from './authentication.ts'
import { takeBodies } from './bodies.ts'
import { homePage, pageHeaders } from './pages/layout.ts'
import { readSettings, type Settings } from './settings.ts'
import { rootView, unicornViews } from './unicorns/endpoints.ts'
import { createUnicornStore } from './unicorns/store.ts'
import { serve } from './views.ts'

const style = readFileSync(new URL('pages/style.css', import.meta.url))

export interface Running {
  readonly app: FastifyInstance
  readonly server: LatchkeyServer
  /** Where it is reached, without a slash at the end. */
  readonly url: string
  close(): Promise<void>
}

/** Starts the example. */
export async function start(settings: Settings): Promise<Running> {
  const { publicUrl, dataDir, host, port, trustedProxies } = settings
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(join(dataDir, 'unicorns.db'))
  const app = fastify({
    bodyLimit: 65_536,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    rewriteUrl: ({ url = '/' }) => withoutSuffix(url),
    routerOptions: { ignoreTrailingSlash: true },
  })
  takeBodies(app)

  const server = await createServer({ settings: serverSettings(settings) }) // auth
  const client = await server.registerClient(ownClient) // auth
  const api = protect({ ...server.ownApi(client), audience: publicUrl, scopes: ['read', 'write'], refusals: 'django' }) // auth
  const guard = fastifyGuard(api) // auth
  await app.register(guard.plugin) // auth
  const everyone = guard(api.public()) // auth
  const members = guard(api.any(api.session(), api.readWrite())) // auth
  const whoLooks = (cookie: string | undefined) => server.signedIn(cookie) // auth
  const pass = await server.handler()

  const around = { app, publicUrl, whoLooks }
  for (const view of authenticationViews(server, client)) serve(around, view, everyone)
  for (const view of unicornViews(createUnicornStore(database))) serve(around, view, members)
  serve(around, rootView(publicUrl), everyone)
  app.get('/', everyone, async (request, reply) =>
    reply.headers(pageHeaders).send(homePage(await whoLooks(request.headers.cookie), publicUrl).text),
  )
  app.get('/unicorns.css', everyone, (_request, reply) => reply.type('text/css; charset=utf-8').send(style))
  // What is not ours is the server's: its sign-in page, its endpoints, and its words for what is nowhere.
  app.addHook('onRequest', (request: FastifyRequest, reply, done) => {
    if (!request.is404) return done()
    reply.hijack()
    pass(request.raw, reply.raw)
  })

  await app.listen({ host, port })
  return {
    app,
    server,
    url: publicUrl,
    async close() {
      await app.close()
      await server.close()
      database.close()
    },
  }
}

/** What the server calls the password client of these pages; ten hours, as the tutorial prints. */
const ownClient = {
  clientId: 'unicorns',
  name: 'Unicorns',
  grantTypes: ['password', 'refresh_token'],
  introspection: 'any',
  accessTokenLifetimeSeconds: 36_000,
  refreshGraceSeconds: 0,
  refreshEndsAccessTokens: true,
} as const

/** People here have a username and no e-mail address, and the tutorial's passwords; so the server's own sign-up is off. */
function serverSettings({
  dataDir,
  publicUrl,
  trustedProxies,
}: Settings): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return {
    server: { dataDir, trustedProxies },
    identity: { publicUrl, passwordPolicy: 'tutorial', signUp: false, cookiePrefix: 'unicorns' },
    log: { level: 'warn' },
  }
}

/** `/v1/unicorn.json` and `/v1/unicorn/1.api` are other spellings of `?format=`. */
function withoutSuffix(url: string): string {
  const [path = '', query] = url.split('?', 2)
  const [, bare, format] = /^(\/v1\/(?:unicorn(?:\/[^/.]+)?)?)\.([a-z0-9]+)\/?$/.exec(path) ?? []
  if (bare === undefined || format === undefined) return url
  return `${bare.replace(/\/?$/, '/')}?format=${format}${query === undefined ? '' : `&${query}`}`
}

if (import.meta.main) {
  const { url, close } = await start(readSettings(process.env))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close())
  console.log(`Unicorns: ${url}`)
}
