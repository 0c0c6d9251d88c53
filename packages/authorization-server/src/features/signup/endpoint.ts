// /accounts/signup/: makes an account and signs its owner in.
// Until this server sends mail, the page must say that an e-mail address is taken, and so tells who has an account here. How
// fast one source can ask is what bounds it; with mail, the page will always answer "look into your mailbox" (ASVS 5.0 V6.3.8).
import type { FieldErrors } from '../../platform/html/index.ts'
import { type Incoming, type Reply, seeOther, withHeaders } from '../../platform/http/index.ts'
import { countSignUp, newPasswordErrors, registerUser } from '../../records/credentials/index.ts'
import { emailErrors, findUserByIdentifier, usernameErrors } from '../../records/users/index.ts'
import { pendingApplication } from '../authorization/index.ts'
import {
  beginSession,
  deviceCookieFor,
  fieldErrors,
  localPath,
  page,
  pageContext,
  pageFace,
  requireForm,
  sessionCookieFor,
  sessionStateCookies,
  shownPolicy,
  takenErrors,
  type Visitor,
  visitorOf,
  waitSentence,
} from '../browser/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { signUpPage } from './page.ts'
import { readSignUp, type TypedSignUp } from './params.ts'

const path = '/accounts/signup/'
const home = '/account/'

/** Switched off by the setting `identity.signUp`: then there is nothing at the address. */
export function signUpFeature(context: Context): Feature {
  const face = pageFace(context)
  if (!context.identity.signUp) return { name: 'signup', routes: [], describes: {} }
  return {
    name: 'signup',
    routes: [
      { method: 'GET', path, face, handle: (request) => show(context, request) },
      { method: 'POST', path, face, work: 'sign-in', handle: (request) => signUp(context, request) },
    ],
    describes: {
      [path]: {
        purpose: 'Create an account, where identity.signUp is on.',
        caller: 'anyone',
        spec: 'NIST SP 800-63B-4 §3.1.1.2',
      },
    },
  }
}

async function show(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const next = localPath(request.query.get('next'))
  if (visitor.kind === 'signed-in' && next === undefined) return seeOther(home)
  return form(context, visitor, { next })
}

async function signUp(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const fields = requireForm(context, request, visitor)
  const next = localPath(fields.get('next'))
  const typed = readSignUp(fields)
  const refuse = (errors: FieldErrors): Promise<Reply> => form(context, visitor, { next, typed, errors })
  const errors = await errorsOf(context, typed)
  if (errors !== undefined) return refuse(errors)
  const throttled = await countSignUp(context, request.remoteAddress)
  if (throttled !== undefined) {
    const { retryAfterSeconds } = throttled
    const sentence = `Too many accounts were asked for from your network. ${waitSentence(retryAfterSeconds)}`
    const reply = await form(context, visitor, { next, typed, errors: { form: [sentence] }, status: 429 })
    return withHeaders(reply, { 'retry-after': String(retryAfterSeconds) })
  }
  const { email, username, password } = typed
  if (await isNameOfAnother(context, username, email)) return refuse({ username: [takenErrors.username] })
  const made = await registerUser(context, { email, username }, password, { address: request.remoteAddress })
  if (made.kind === 'taken') return refuse({ [made.field]: [takenErrors[made.field]] })
  const sessionId = await beginSession(context, { user: made.user, methods: ['pwd'], visitor, request })
  if (sessionId === undefined) return seeOther('/accounts/login/')
  const cookies = [
    sessionCookieFor(context, sessionId),
    ...sessionStateCookies(context, sessionId),
    deviceCookieFor(context, request, made.user),
  ]
  return seeOther(next ?? home, { 'set-cookie': cookies })
}

async function errorsOf(
  context: Context,
  { email, username, password }: TypedSignUp,
): Promise<FieldErrors | undefined> {
  const { emailMaxLength, passwordPolicy } = context.identity
  return fieldErrors({
    email: email === '' ? ['Enter your email.'] : emailErrors(email, emailMaxLength),
    username: username === undefined ? [] : usernameErrors(username),
    password: await newPasswordErrors(password, { email, username }, passwordPolicy),
  })
}

/** A username with the look of somebody's e-mail address would show its owner to apps as that person. */
async function isNameOfAnother(context: Context, username: string | undefined, email: string): Promise<boolean> {
  if (username === undefined || username === email) return false
  return (await findUserByIdentifier(context.database, username)) !== undefined
}

interface Shown {
  readonly next: string | undefined
  readonly typed?: TypedSignUp
  readonly errors?: FieldErrors
  readonly status?: number
}

async function form(context: Context, visitor: Visitor, shown: Shown): Promise<Reply> {
  const { next, typed, errors } = shown
  const pending = next === undefined ? undefined : await pendingApplication(context, next, visitor)
  // Whoever makes another account is not shown as the person who is signed in.
  const markup = signUpPage(
    { ...pageContext(context, visitor), user: undefined },
    {
      next,
      application: pending?.application,
      email: typed?.email,
      username: typed?.username,
      errors,
      policy: shownPolicy(context.identity.passwordPolicy),
      signInHref: `/accounts/login/${next === undefined ? '' : `?next=${encodeURIComponent(next)}`}`,
    },
  )
  return page(context, visitor, markup, { status: shown.status ?? 200, formTargets: pending?.formTargets ?? [] })
}
