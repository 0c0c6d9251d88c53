// The pages that sign people in and out: at the authorization server, or with a local account.
import type { FastifyInstance } from 'fastify'
import type { Guards } from '../auth.ts'
import { fieldsOf } from '../bodies.ts'
import { textOf } from '../fields.ts'
import type { Stage } from '../pages/show.ts'
import { localPath, requireFormToken, requireOwnPage } from './forms.ts'
import { createGuesses } from './guesses.ts'
import type { LocalAccounts } from './local-account.ts'
import { signInPage } from './pages.ts'
import type { Sessions } from './session.ts'
import type { Visitors } from './visitors.ts'

export interface SignInParts {
  readonly guards: Guards
  readonly stage: Stage
  readonly visitors: Visitors
  readonly sessions: Sessions
  readonly accounts: LocalAccounts
  readonly issuer: string
  readonly now: () => number
}

const home = '/admin/items/'

export function signInRoutes(app: FastifyInstance, parts: SignInParts): void {
  const { guards, stage, visitors, sessions, accounts, issuer, now } = parts
  const { anyone } = guards
  const guesses = createGuesses(now)

  app.get('/sign-in/', anyone, async (request, reply) => {
    const next = localPath(textOf(request.query, 'next'), home)
    if ((await visitors.of(request)) !== undefined) return reply.redirect(next, 303)
    return stage.show(request, reply, signInPage({ next, issuer }))
  })

  app.post('/sign-in/', anyone, async (request, reply) => {
    requireOwnPage(request)
    const fields = fieldsOf(request.body)
    const next = localPath(textOf(fields, 'next'), home)
    const email = textOf(fields, 'email').trim().slice(0, 200)
    const password = textOf(fields, 'password').slice(0, 1_000)
    const refuse = (error: string, status: number) =>
      stage.show(request, reply, signInPage({ next, issuer, email, error }), status)
    const keys = [`account ${email.toLowerCase()}`, `address ${request.ip}`]
    const wait = guesses.wait(keys)
    if (wait > 0) {
      reply.header('retry-after', wait)
      return refuse(`Too many attempts. Try again in ${wait} seconds.`, 429)
    }
    // Counted before it is looked at, so that guesses made at once count, too.
    guesses.wrong(keys)
    const user = await accounts.signIn(email, password)
    if (user === undefined) return refuse('There is no local account with this e-mail address and password.', 400)
    guesses.right(keys)
    return reply.header('set-cookie', sessions.begin(user.id)).redirect(next, 303)
  })

  app.post('/sign-out/', anyone, async (request, reply) => {
    const visitor = await visitors.of(request)
    if (visitor !== undefined) requireFormToken(request, visitor)
    return reply.header('set-cookie', sessions.end(request.headers.cookie)).redirect('/', 303)
  })
}
