// Bearer tokens on ordinary pages, and scopes by method on an API of snippets. The lines that end in `auth` are all that
// concern authentication.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Clock, login } from '@latchkey/client'
import { expressLogin } from '@latchkey/client/express'
import { type Fault, protect } from '@latchkey/resource-server'
import { expressGuard } from '@latchkey/resource-server/express'
import { sqliteUsers } from '@latchkey/resource-server/stores/sqlite'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { asFields, fieldOf } from './fields.ts'
import type { Html } from './pages/html.ts'
import { pageHeaders, type Person } from './pages/layout.ts'
import { problemPage, secretPage } from './pages/pages.ts'
import { notFound, Refusal } from './refusal.ts'
import { readSessions, sessionOf } from './sessions.ts'
import { readSettings, sessionSecret, type Settings } from './settings.ts'
import { serveSnippets } from './snippets/api.ts'
import { servePeople } from './snippets/people.ts'
import { createSnippetStore } from './snippets/store.ts'

const style = readFileSync(new URL('pages/style.css', import.meta.url))
const paths = { login: '/accounts/login/', logout: '/accounts/logout/' }

export interface Running {
  readonly app: Express
  /** Where it is reached, without a slash at the end. */
  readonly url: string
  close(): Promise<void>
}

export interface Surroundings {
  /** For tests. */
  readonly clock?: Clock
  /** Told when nobody can be let in because something does not work. */
  readonly onFault?: (fault: Fault) => void
}

/** Starts the example. */
export async function start(settings: Settings, surroundings: Surroundings = {}): Promise<Running> {
  const { publicUrl, dataDir, host, port, issuer, introspection } = settings
  const secret = sessionSecret(dataDir)
  const database = new DatabaseSync(join(dataDir, 'snippets.db'))

  const sso = login({ ...surroundings, ...settings.signIn, issuer, baseUrl: publicUrl, secret, paths }) // auth
  const whoIs = readSessions(sso)
  const known = { ...surroundings, issuer, audience: publicUrl, introspection, withoutAudience: 'accept' } as const
  const people = { users: sqliteUsers(database), session: sessionOf(whoIs), login: paths.login } // auth
  const api = protect({ ...known, ...people, scopes: ['read', 'write'], refusals: 'django' }) // auth
  const guard = expressGuard(api) // auth
  const everyone = guard(api.public()) // auth
  const members = guard(api.page(api.session())) // auth
  const visitors = guard(api.page()) // auth
  const programs = guard(api.readWrite()) // auth

  const app = express().disable('x-powered-by').use(varyByToken)
  const personOf = async (request: Asking): Promise<Person | undefined> => {
    const user = await whoIs({ method: request.method, url: request.originalUrl, header: (name) => request.get(name) })
    return user && { name: user.username ?? user.email ?? user.subject }
  }
  const headers = pageHeaders(issuer)
  const show = (response: Response, status: number, page: Html): void =>
    void response.status(status).set(headers).send(page.text)

  app.use(expressLogin(sso)) // auth
  app.get('/secret', visitors, async (request, response) => {
    const person = await personOf(request)
    if (person === undefined) response.set(headers).send('Secret contents!')
    else show(response, 200, secretPage(person))
  })
  const store = createSnippetStore(database)
  serveSnippets(app, store, programs)
  servePeople(app, everyone, members, { store, publicUrl, issuer, personOf, show })
  app.get('/snippets.css', everyone, (_request, response) => void response.type('css').send(style))
  if (api.metadataPath !== undefined) app.get(api.metadataPath, guard.metadata)
  app.use(() => {
    throw notFound()
  })
  app.use(async (error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const refusal = refusalOf(error)
    if (request.path.startsWith('/snippets') || request.accepts(['json', 'html']) === 'json') {
      response.status(refusal.status).set(refusal.headers).json(refusal.body)
    } else {
      show(response, refusal.status, problemPage(refusal, await personOf(request)))
    }
  })

  const listening = app.listen(port, host)
  await once(listening, 'listening')
  return {
    app,
    url: publicUrl,
    async close() {
      listening.close()
      listening.closeAllConnections()
      await once(listening, 'close')
      database.close()
    },
  }
}

/** What of a request says who sent it. */
export type Asking = Pick<Request, 'method' | 'originalUrl' | 'get'>

/** As the tutorial's middleware: what a cache keeps of one caller is not for another. */
function varyByToken(_request: Request, response: Response, next: NextFunction): void {
  response.vary('Authorization')
  next()
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const status = fieldOf(asFields(error), 'status')
  if (status === 413) return new Refusal(413, 'The request body is too large.')
  if (typeof status === 'number' && status >= 400 && status < 500) return new Refusal(400, 'Malformed request.')
  console.error(error)
  return new Refusal(500, 'A server error occurred.')
}

if (import.meta.main) {
  const { url, close } = await start(readSettings(process.env), {
    onFault: ({ kind, cause }) => console.error(kind, cause),
  })
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close())
  console.log(`Snippets: ${url}`)
}
