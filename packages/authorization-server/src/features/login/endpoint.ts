// /accounts/login/. Sign-in knows nothing of what waits behind it but a path of ours.
import { OAuthError } from '@latchkey/protocol'
import { type Incoming, type Parameters, type Reply, seeOther, withHeaders } from '../../platform/http/index.ts'
import { checkSignIn, requireRoomToSignIn } from '../../records/credentials/index.ts'
import { displayIdentifier, findUserByIdentifier, type User } from '../../records/users/index.ts'
import { type PendingApplication, pendingApplication } from '../authorization/index.ts'
import {
  beginSession,
  deviceCookieFor,
  earlierForm,
  knownDevice,
  localPath,
  page,
  pageContext,
  pageFace,
  requireForm,
  sessionCookieFor,
  sessionStateCookies,
  type Visitor,
  visitorOf,
} from '../browser/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { type SignInPage, signInPage } from './page.ts'

export interface LoginOptions {
  /** Shown as a hint on the page; in development only. */
  readonly demoUsers?: readonly { readonly identifier: string; readonly password: string }[] | undefined
}

const home = '/account/'

export function loginFeature(context: Context, options: LoginOptions = {}): Feature {
  const face = pageFace(context)
  const login = '/accounts/login/'
  return {
    name: 'login',
    routes: [
      { method: 'GET', path: login, face, handle: (request) => showSignIn(context, options, request) },
      {
        method: 'POST',
        path: login,
        face,
        work: 'sign-in',
        direct: true,
        handle: (request) => signIn(context, options, request),
      },
    ],
    describes: {
      [login]: {
        purpose: 'Sign in with e-mail or username and password.',
        caller: 'anyone',
        spec: 'OWASP ASVS 5.0 V6.3',
      },
    },
  }
}

async function showSignIn(context: Context, options: LoginOptions, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const next = localPath(request.query.get('next'))
  if (visitor.kind === 'signed-in' && next === undefined) return seeOther(home)
  return signInReply(context, options, visitor, 200, { next })
}

async function signIn(context: Context, options: LoginOptions, request: Incoming): Promise<Reply> {
  requireRoomToSignIn(context)
  const visitor = await visitorOf(context, request)
  const earlier = earlierForm(context, request, visitor)
  if (earlier !== undefined) return afterOtherTab(context, options, visitor, earlier)
  const form = requireForm(context, request, visitor)
  const next = localPath(form.get('next'))
  const identifier = form.get('username')?.trim() ?? ''
  const password = form.raw('password') ?? ''
  const device = knownDevice(context, request)
  const attempt = await checkSignIn(context, { identifier, password, address: request.remoteAddress, device })
  if (attempt.kind === 'throttled') {
    const { retryAfterSeconds } = attempt
    const problem = { kind: 'throttled', retryAfterSeconds } as const
    const reply = await signInReply(context, options, visitor, 429, { next, identifier, problem })
    const incident = context.incidents.report(refused('sign-in-throttled'), request)
    return withHeaders(reply, { 'retry-after': String(retryAfterSeconds), 'latchkey-incident': incident })
  }
  const cookies = attempt.kind === 'match' ? await signedIn(context, visitor, request, attempt.user) : undefined
  if (cookies === undefined) {
    const reply = await signInReply(context, options, visitor, 200, { next, identifier, problem: { kind: 'refused' } })
    return withHeaders(reply, { 'latchkey-incident': context.incidents.report(refused('sign-in-wrong'), request) })
  }
  return seeOther(next ?? home, { 'set-cookie': cookies })
}

/**
 * Two tabs asked to sign in, and the other was quicker. The same person goes on to what waits behind this form, which decides
 * whether that sign-in is enough; somebody else is asked once more, by a form of this session.
 */
async function afterOtherTab(
  context: Context,
  options: LoginOptions,
  visitor: Visitor,
  form: Parameters,
): Promise<Reply> {
  const next = localPath(form.get('next'))
  const identifier = form.get('username')?.trim() ?? ''
  const meant = await findUserByIdentifier(context.database, identifier)
  const isSame = visitor.kind === 'signed-in' && meant?.id === visitor.user.id
  return isSame ? seeOther(next ?? home) : signInReply(context, options, visitor, 200, { next, identifier })
}

/** The cookies of a new session; none when the user was changed meanwhile. */
async function signedIn(
  context: Context,
  visitor: Visitor,
  request: Incoming,
  user: User,
): Promise<readonly string[] | undefined> {
  const sessionId = await beginSession(context, { user, methods: ['pwd'], visitor, request })
  if (sessionId === undefined) return undefined
  return [
    sessionCookieFor(context, sessionId),
    ...sessionStateCookies(context, sessionId),
    deviceCookieFor(context, request, user),
  ]
}

/** For our record: the page tells nobody which half was wrong. */
function refused(rule: string): OAuthError {
  return new OAuthError('access_denied', 'The sign-in was refused.', { rule })
}

async function signInReply(
  context: Context,
  options: LoginOptions,
  visitor: Visitor,
  status: number,
  shown: Pick<SignInPage, 'next' | 'identifier' | 'problem'>,
): Promise<Reply> {
  const pending = shown.next === undefined ? undefined : await pendingApplication(context, shown.next, visitor)
  const signUpHref = context.identity.signUp
    ? `/accounts/signup/${shown.next === undefined ? '' : `?next=${encodeURIComponent(shown.next)}`}`
    : undefined
  const { demoUsers } = options
  // A person who must sign in again is not shown as signed in: the page asks who it is.
  const markup = signInPage(
    { ...pageContext(context, visitor), user: undefined },
    {
      ...shown,
      identifier: shown.identifier ?? suggestedIdentifier(visitor, pending),
      expectsAnother: pending?.expects === 'certain',
      application: pending?.application,
      signUpHref,
      demoUsers,
    },
  )
  return page(context, visitor, markup, { status, formTargets: pending?.formTargets ?? [] })
}

/** Whom the application hints at; else who is signed in, unless it is for somebody else to sign in. */
function suggestedIdentifier(visitor: Visitor, pending: PendingApplication | undefined): string | undefined {
  if (pending?.loginHint !== undefined) return pending.loginHint
  const mayBeSame = pending === undefined || pending.expects === 'anybody'
  return visitor.kind === 'signed-in' && mayBeSame ? displayIdentifier(visitor.user) : undefined
}
