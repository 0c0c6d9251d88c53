// Serves the pages of administrators: users, sessions, and the ways to sign in.
import type { AccountStore, Clock, SessionStore } from '@latchkey/client'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { closedPage, enterPage, indexPage, paths, sessionsPage } from '../pages/admin.ts'
import { formOf, Problem, textIn } from '../requests.ts'
import type { SignIn } from '../sign-ins/sign-in.ts'
import type { SignIns } from '../sign-ins/store.ts'
import { doneIn, type Stage } from '../stage.ts'
import type { AdminKeys } from './keys.ts'
import { serveSignIns } from './sign-ins.ts'
import { serveUsers } from './users.ts'

export interface Office {
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly signIns: SignIns
  readonly keys: AdminKeys
  readonly stage: Stage
  /** @throws TypeError when a sign-in cannot work */
  readonly check: (signIn: SignIn) => void
  readonly publicUrl: string
  readonly clock: Clock
}

/** Options of a route for administrators. */
export interface OfficeDoor {
  readonly preHandler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
}

export function serveAdmin(app: FastifyInstance, office: Office): void {
  const { accounts, sessions, signIns, keys, stage, clock } = office
  const door: OfficeDoor = {
    async preHandler(request, reply) {
      const { name, isAdmin } = stage.viewerOf(request)
      return isAdmin ? undefined : stage.show(request, reply, closedPage(name !== undefined), 403)
    },
  }
  app.get('/admin', door, async (request, reply) => {
    const users = await accounts.list()
    const counts = {
      users: users.length < 200 ? String(users.length) : '200 or more',
      sessions: (await sessions.list(clock.now())).length,
      signIns: signIns.all().length,
    }
    return stage.show(request, reply, indexPage(counts, keys.opens(request.headers.cookie)))
  })
  app.get('/admin/enter', (request, reply) => stage.show(request, reply, enterPage(textIn(request.query, 'key'))))
  app.post('/admin/enter', (request, reply) => {
    const cookie = keys.use(formOf(request).get('key') ?? '')
    if (cookie === undefined) throw new Problem(403, 'This link has been used, or is older than an hour.')
    return reply.header('set-cookie', cookie).redirect('/admin/', 303)
  })
  app.post('/admin/leave', (request, reply) =>
    reply.header('set-cookie', keys.leave(request.headers.cookie)).redirect('/', 303),
  )
  serveSessions(app, office, door)
  serveUsers(app, office, door)
  serveSignIns(app, office, door)
}

function serveSessions(app: FastifyInstance, office: Office, door: OfficeDoor): void {
  const { accounts, sessions, signIns, stage, clock } = office
  app.get(paths.sessions, door, async (request, reply) => {
    const rows = (await sessions.list(clock.now())).map(async (session) => {
      const account = session.account === undefined ? undefined : await accounts.find(session.account)
      return { session, username: account?.username ?? session.subject }
    })
    const done = doneIn(request, { ended: 'The session has ended.', gone: 'The session had ended already.' })
    return stage.show(request, reply, sessionsPage(await Promise.all(rows), signIns.all(), done))
  })
  app.post(`${paths.sessions}end/`, door, async (request, reply) => {
    const ended = await sessions.end(formOf(request).get('id') ?? '')
    return reply.redirect(`${paths.sessions}?done=${ended ? 'ended' : 'gone'}`, 303)
  })
}
