// Decides who looks at the pages: somebody who signed in at the authorization server, or somebody with a local account.
import { createHmac } from 'node:crypto'
import type { FastifyLogin } from '@latchkey/client/fastify'
import type { LocalUser, LocalUserStore } from '@latchkey/resource-server'
import type { FastifyRequest } from 'fastify'
import type { Membership } from './membership.ts'
import type { Sessions } from './session.ts'
import type { StaffStore } from './store.ts'

export interface Visitor {
  readonly user: LocalUser
  readonly isStaff: boolean
  /** What the forms of this session send along. */
  readonly formToken: string
  /** Where the form to sign out is sent. */
  readonly signOut: string
}

export interface Visitors {
  /** Undefined also for a user who is shut out of this API. */
  of(request: FastifyRequest): Promise<Visitor | undefined>
}

interface Parts {
  readonly auth: FastifyLogin
  readonly membership: Membership
  readonly sessions: Sessions
  readonly users: LocalUserStore
  readonly staff: StaffStore
  readonly issuer: string
  readonly secret: string
  readonly now: () => number
}

export function createVisitors(parts: Parts): Visitors {
  const found = new WeakMap<FastifyRequest, Promise<Visitor | undefined>>()
  return {
    of(request) {
      const known = found.get(request) ?? find(parts, request)
      found.set(request, known)
      return known
    },
  }
}

async function find(parts: Parts, request: FastifyRequest): Promise<Visitor | undefined> {
  const visitor = (await fromServer(parts, request)) ?? (await fromLocalAccount(parts, request))
  return visitor?.user.isActive === true ? visitor : undefined
}

/** The same record as the one that their tokens are known by: issuer and subject. */
async function fromServer(parts: Parts, request: FastifyRequest): Promise<Visitor | undefined> {
  const { auth, membership, users, issuer, secret, now } = parts
  const session = auth.session(request)
  if (session === undefined) return undefined
  const { subject, username, email } = session.user
  const user = (await users.find(issuer, subject)) ?? (await users.create({ issuer, subject, username, email }, now()))
  const isStaff = await membership.isStaff(user.id, session.accessToken)
  const formToken = createHmac('sha256', secret).update(`form ${user.id} ${session.signedInAt}`).digest('base64url')
  return { user, isStaff, formToken, signOut: '/auth/logout' }
}

async function fromLocalAccount(parts: Parts, request: FastifyRequest): Promise<Visitor | undefined> {
  const { sessions, staff, now } = parts
  const { cookie } = request.headers
  const user = await sessions.userOf(cookie)
  const formToken = sessions.formToken(cookie)
  if (user === undefined || formToken === undefined) return undefined
  return { user, isStaff: staff.isStaff(user.id, now()), formToken, signOut: '/sign-out/' }
}
