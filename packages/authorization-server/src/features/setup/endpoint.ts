// /setup/: the first administrator makes their account through a link that only the server's own output shows, once.
// OWASP ASVS 5.0 V6.3.2: there is no account that everybody knows. The link's token is kept as a digest, lasts an hour, and is
// spent in the commit that makes the account. It travels in the query of one GET, then in the form.
import { sha256 } from '../../platform/crypto/index.ts'
import type { FieldErrors } from '../../platform/html/index.ts'
import { type Incoming, type Reply, seeOther } from '../../platform/http/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { newPasswordErrors, registerUserWith } from '../../records/credentials/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { emailErrors, hasSuperuser, normalizeEmail } from '../../records/users/index.ts'
import {
  beginSession,
  deviceCookieFor,
  fieldErrors,
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
} from '../browser/index.ts'
import type { Context, Feature } from '../context/index.ts'
import { setupPage, setupSpentPage } from './page.ts'
import { deleteSetupLinks, insertSetupLink, isSetupLinkOpen, useSetupLink } from './store.ts'

const path = '/setup/'
const lifetimeMs = 3_600_000

export interface SetupLink {
  readonly url: string
  readonly expiresAt: Instant
}

/** Makes the link of a server that has no superuser yet, and voids those before it; undefined when there is one. */
export async function openSetup(
  context: Pick<Context, 'database' | 'clock' | 'random' | 'publicUrl'>,
): Promise<SetupLink | undefined> {
  if (await hasSuperuser(context.database)) return undefined
  const token = Buffer.from(context.random.bytes(32)).toString('base64url')
  const expiresAt = context.clock.now() + lifetimeMs
  await context.database.commit([deleteSetupLinks(), insertSetupLink(digestOf(token), expiresAt)])
  return { url: `${context.publicUrl}${path}?token=${token}`, expiresAt }
}

function digestOf(token: string): string {
  return Buffer.from(sha256(token)).toString('base64url')
}

export function setupFeature(context: Context): Feature {
  const face = pageFace(context)
  return {
    name: 'setup',
    routes: [
      { method: 'GET', path, face, handle: (request) => show(context, request) },
      { method: 'POST', path, face, work: 'sign-in', handle: (request) => setUp(context, request) },
    ],
    describes: {
      [path]: {
        purpose: 'The first administrator makes their account, once, by the link that the server printed.',
        caller: 'set-up link',
        spec: 'OWASP ASVS 5.0 V6.3.2',
      },
    },
  }
}

async function show(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const token = request.query.get('token')
  if (token === undefined || !(await isOpen(context, token))) return spent(context, visitor)
  return form(context, visitor, { token })
}

async function isOpen(context: Context, token: string): Promise<boolean> {
  return isSetupLinkOpen(context.database, digestOf(token), context.clock.now())
}

async function setUp(context: Context, request: Incoming): Promise<Reply> {
  const visitor = await visitorOf(context, request)
  const fields = requireForm(context, request, visitor)
  const token = fields.get('token')
  // Before any work: nobody without a link makes this server hash passwords.
  if (token === undefined || !(await isOpen(context, token))) return spent(context, visitor)
  const email = normalizeEmail(fields.get('email')?.trim() ?? '')
  const password = fields.raw('password') ?? ''
  const { emailMaxLength, passwordPolicy } = context.identity
  const errors = fieldErrors({
    email: email === '' ? ['Enter your email.'] : emailErrors(email, emailMaxLength),
    password: await newPasswordErrors(password, { email }, passwordPolicy),
  })
  if (errors !== undefined) return form(context, visitor, { token, email, errors })
  const now = context.clock.now()
  const address = request.remoteAddress
  const administrator = { email, isStaff: true, isSuperuser: true }
  const made = await registerUserWith(context, administrator, password, { address }, [
    useSetupLink(digestOf(token), now),
    recordEvent({ kind: 'setup.completed', at: now, address }),
  ])
  if (made.kind === 'unmet') return spent(context, visitor)
  if (made.kind === 'taken') return form(context, visitor, { token, email, errors: { email: [takenErrors.email] } })
  const sessionId = await beginSession(context, { user: made.user, methods: ['pwd'], visitor, request })
  if (sessionId === undefined) return seeOther('/accounts/login/')
  const cookies = [
    sessionCookieFor(context, sessionId),
    ...sessionStateCookies(context, sessionId),
    deviceCookieFor(context, request, made.user),
  ]
  return seeOther('/account/', { 'set-cookie': cookies })
}

interface Shown {
  readonly token: string
  readonly email?: string
  readonly errors?: FieldErrors
}

function form(context: Context, visitor: Visitor, shown: Shown): Reply {
  const policy = shownPolicy(context.identity.passwordPolicy)
  const markup = setupPage({ ...pageContext(context, visitor), user: undefined }, { ...shown, action: path, policy })
  return page(context, visitor, markup)
}

function spent(context: Context, visitor: Visitor): Reply {
  return page(context, visitor, setupSpentPage(pageContext(context, visitor)), { status: 410 })
}
