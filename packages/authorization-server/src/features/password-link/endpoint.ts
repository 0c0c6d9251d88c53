// /accounts/password-link/: whoever holds a one-time link chooses a password. OWASP ASVS 5.0 V6.4.1, V6.4.2. It signs nobody in:
// a link that was sent to the wrong person, or opened by a program that looks at links, gives no session.
import { OAuthError } from '@latchkey/protocol'
import { type Incoming, type Reply, seeOther, withHeaders } from '../../platform/http/index.ts'
import type { FieldErrors } from '../../platform/html/index.ts'
import { newPasswordErrors, openPasswordLink, setPasswordByLink } from '../../records/credentials/index.ts'
import { displayIdentifier, type User } from '../../records/users/index.ts'
import {
  fieldErrors,
  page,
  pageContext,
  pageFace,
  requireForm,
  shownPolicy,
  type Visitor,
  visitorOf,
} from '../browser/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { passwordLinkDonePage, passwordLinkPage, passwordLinkSpentPage } from './page.ts'

const path = '/accounts/password-link/'

/**
 * The address holds the secret, so it is in no Referer, not even in one to ourselves. With `no-referrer` the browser would send
 * the form with `Origin: null` (Fetch Standard, "append a request Origin header"), which is refused like any foreign form.
 */
const privately = { 'referrer-policy': 'strict-origin' }

export function passwordLinkFeature(context: Context): Feature {
  const face = pageFace(context)
  return {
    name: 'password-link',
    routes: [
      { method: 'GET', path, face, handle: (request) => show(context, request) },
      { method: 'POST', path, face, work: 'sign-in', handle: (request) => choose(context, request) },
    ],
    describes: {
      [path]: {
        purpose: 'Choose a password, once, by a link that somebody in charge made.',
        caller: 'one-time link',
        spec: 'OWASP ASVS 5.0 V6.4',
      },
    },
  }
}

async function show(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const token = request.query.get('token')
  if (token === undefined && request.query.get('done') === 'yes') {
    return page(context, visitor, passwordLinkDonePage(stranger(context, visitor)))
  }
  const user = await holderOf(context, token)
  return token === undefined || user === undefined
    ? spent(context, visitor, request)
    : form(context, visitor, user, { token })
}

async function holderOf(context: Context, token: string | undefined): Promise<User | undefined> {
  if (token === undefined || token.length > 64) return undefined
  return openPasswordLink(context.database, token, context.clock.now())
}

async function choose(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const fields = requireForm(context, request, visitor)
  const token = fields.get('token')
  // Before any work: nobody without a link makes this server hash passwords.
  const user = await holderOf(context, token)
  if (token === undefined || user === undefined) return spent(context, visitor, request)
  const password = fields.raw('password') ?? ''
  const errors = fieldErrors({
    password: await newPasswordErrors(password, user, context.identity.passwordPolicy),
  })
  if (errors !== undefined) return form(context, visitor, user, { token, errors })
  const address = request.remoteAddress
  const isSet = await setPasswordByLink(context, user, { token, password, address })
  return isSet ? seeOther(`${path}?done=yes`) : spent(context, visitor, request)
}

interface Shown {
  readonly token: string
  readonly errors?: FieldErrors
}

function form(context: Context, visitor: Visitor, user: User, shown: Shown): Reply {
  const policy = shownPolicy(context.identity.passwordPolicy)
  const identifier = displayIdentifier(user)
  const markup = passwordLinkPage(stranger(context, visitor), { ...shown, action: path, identifier, policy })
  return withHeaders(page(context, visitor, markup), privately)
}

/** Whoever is signed in at this browser has nothing to do with the link. */
function stranger(context: Context, visitor: Visitor): ReturnType<typeof pageContext> {
  return { ...pageContext(context, visitor), user: undefined }
}

/** Who asks for many links that are none is held up; whoever has a right one never is. */
function spent(context: Context, visitor: Visitor, request: Incoming): Reply {
  const failure = new OAuthError('access_denied', 'The link no longer works.', { rule: 'password-link' })
  const answer = context.failures.ofStranger(failure, request.remoteAddress)
  if (answer !== failure) throw answer
  const incident = context.incidents.report(failure, request)
  const reply = page(context, visitor, passwordLinkSpentPage(stranger(context, visitor)), { status: 410 })
  return withHeaders(reply, { ...privately, 'latchkey-incident': incident })
}
