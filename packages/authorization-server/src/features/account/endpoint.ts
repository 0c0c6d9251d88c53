// /account/: the overview, the profile and the password. Who may use the account is in access-endpoint.ts.
import type { FieldErrors } from '../../platform/html/index.ts'
import { found, type Reply, seeOther, withHeaders } from '../../platform/http/index.ts'
import { consentsOf } from '../../records/consents/index.ts'
import {
  changePassword,
  confirmPassword,
  findPasswordChange,
  newPasswordErrors,
  type SignInResult,
} from '../../records/credentials/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import { liveGrantsOf } from '../../records/grants/index.ts'
import { groupsOf } from '../../records/groups/index.ts'
import {
  displayIdentifier,
  findUser,
  findUserByIdentifier,
  identifierKey,
  type ProfileChange,
  updateProfile,
  type User,
} from '../../records/users/index.ts'
import {
  fieldErrors,
  type OwnForm,
  type OwnRequest,
  ownRoutes,
  page,
  pageContext,
  pageFace,
  shownPolicy,
  type SignedIn,
  takenErrors,
  waitSentence,
} from '../browser/index.ts'
import type { Context, Description, Feature } from '../context/index.ts'
import { accessRoutes, liveSessions } from './access-endpoint.ts'
import { connectedApps } from './connected-apps.ts'
import { detailsRoutes } from './details-endpoint.ts'
import { type AccountNotice, accountNoticeOf } from './notices.ts'
import { accountOverviewPage, passwordPage, profilePage } from './page.ts'
import { readPasswords, readProfile } from './params.ts'
import { asksForPassword, changedFields, profileErrors } from './profile-rules.ts'

const describes: Readonly<Record<string, Description>> = {
  '/account/': forPerson('The account at a glance.'),
  '/account/profile/': forPerson('Read and change name, username and e-mail.'),
  '/account/details/': forPerson(
    'Read and change what apps may be told: phone, address and more.',
    'OpenID Connect Core §5.1',
  ),
  '/account/password/': forPerson('Change the password: every other session and grant ends.', 'OWASP ASVS 5.0 V6.2.3'),
  '/accounts/profile/': { purpose: "Leads to the account; Django's name for it.", caller: 'anyone' },
  '/.well-known/change-password': { purpose: 'Leads to the password page.', caller: 'anyone' },
  '/account/apps/': forPerson('The applications that may use the account.'),
  '/account/apps/revoke/': forPerson('Withdraws consent: the grants of that application end.'),
  '/account/sessions/': forPerson('The browsers that are signed in.', 'OWASP ASVS 5.0 V7.5.2'),
  '/account/sessions/end/': forPerson('Ends one session and what was granted in it.', 'OWASP ASVS 5.0 V7.5.2'),
  '/account/sessions/end-others/': forPerson('Ends every session but this one.', 'OWASP ASVS 5.0 V7.4.3'),
  '/o/authorized_tokens/': forPerson("The person's live grants, one by one."),
  '/o/authorized_tokens/:id/delete/': forPerson('Ends one grant.'),
}

function forPerson(purpose: string, spec?: string): Description {
  return { purpose, caller: 'signed-in person', ...(spec === undefined ? {} : { spec }) }
}

export function accountFeature(context: Context): Feature {
  const face = pageFace(context)
  const routes = ownRoutes(context)
  return {
    name: 'account',
    routes: [
      routes.page('/account/', (own) => overview(context, own)),
      routes.page('/account/profile/', (own) => showProfile(context, own)),
      routes.form('/account/profile/', (own) => saveProfile(context, own)),
      routes.page('/account/password/', (own) => showPassword(context, own)),
      { ...routes.form('/account/password/', (own) => savePassword(context, own)), work: 'sign-in' },
      // Where Django sends people who signed in without saying where to.
      { method: 'GET', path: '/accounts/profile/', face, handle: () => found('/account/') },
      // Where password managers look (W3C, A Well-Known URL for Changing Passwords).
      { method: 'GET', path: '/.well-known/change-password', face, handle: () => found('/account/password/') },
      ...detailsRoutes(context, routes),
      ...accessRoutes(context, routes),
    ],
    describes,
  }
}

function noticeOf({ request }: OwnRequest): AccountNotice | undefined {
  return accountNoticeOf(request.query.get('done'))
}

async function overview(context: Context, own: OwnRequest): Promise<Reply> {
  const { visitor } = own
  const { database } = context
  const { user } = visitor
  const now = context.clock.now()
  const [groups, grants, consents, sessions, passwordChangedAt] = await Promise.all([
    groupsOf(database, user.id),
    liveGrantsOf(database, user.id, now),
    consentsOf(database, user.id),
    liveSessions(context, visitor),
    findPasswordChange(database, user.id),
  ])
  const markup = accountOverviewPage(pageContext(context, visitor), {
    fullName: `${user.firstName} ${user.lastName}`.trim(),
    username: user.username,
    email: user.email,
    groups: groups.map((group) => group.name),
    createdAt: user.createdAt,
    passwordChangedAt,
    connectedApps: connectedApps(grants, consents, []).length,
    sessions: sessions.length,
    notice: noticeOf(own),
  })
  return page(context, visitor, markup)
}

async function showProfile(context: Context, own: OwnRequest): Promise<Reply> {
  return profileForm(context, own.visitor, own.visitor.user, { notice: noticeOf(own) })
}

function profileForm(
  context: Context,
  visitor: SignedIn,
  values: ProfileChange,
  shown: { readonly notice?: AccountNotice | undefined; readonly errors?: FieldErrors },
): Reply {
  const { firstName, lastName, username = '', email = '' } = values
  const markup = profilePage(pageContext(context, visitor), {
    values: { firstName, lastName, username, email },
    ...shown,
  })
  return page(context, visitor, markup)
}

async function saveProfile(context: Context, { visitor, form, request }: OwnForm): Promise<Reply> {
  const { user } = visitor
  const { change, password } = readProfile(form, user)
  const refuse = (errors: FieldErrors): Reply => profileForm(context, visitor, change, { errors })
  const errors = fieldErrors(profileErrors(user, change, context.identity.emailMaxLength))
  if (errors !== undefined) return refuse(errors)
  const newEmail = asksForPassword(user, change)
  if (newEmail) {
    if (password === '') return refuse({ password: ['Enter your password to change the email.'] })
    const confirmed = await confirmPassword(context, user, { password, address: request.remoteAddress })
    if (confirmed.kind !== 'match') return withWait(refuse(wrongPassword('password', confirmed)), confirmed)
  }
  if (!(await storeProfile(context, user, change, request.remoteAddress))) {
    return refuse(await whyUnstored(context, user, change))
  }
  return seeOther(`/account/profile/?done=${newEmail ? 'email-changed' : 'profile-saved'}`)
}

async function storeProfile(context: Context, user: User, change: ProfileChange, address: string): Promise<boolean> {
  const fields = changedFields(user, change)
  if (fields.length === 0) return true
  // A username with the look of somebody's e-mail address would show its owner to apps as that person.
  if ((await whoElseHas(context, user, change.username)) !== undefined) return false
  const now = context.clock.now()
  const result = await context.database.commit([
    updateProfile(user, change, now),
    recordEvent({ kind: 'user.changed', at: now, actorId: user.id, userId: user.id, address, detail: { fields } }),
  ])
  return result.won
}

async function whyUnstored(context: Context, user: User, change: ProfileChange): Promise<FieldErrors> {
  const now = await findUser(context.database, user.id)
  const unchanged = now?.isActive === true && now.epoch === user.epoch
  return unchanged
    ? whatIsTaken(context, user, change)
    : { form: ['Your account was changed elsewhere. Sign in again.'] }
}

async function whatIsTaken(context: Context, user: User, change: ProfileChange): Promise<FieldErrors> {
  const holder = await whoElseHas(context, user, change.email)
  const isEmail = holder?.email !== undefined && identifierKey(holder.email) === identifierKey(change.email ?? '')
  return isEmail ? { email: [takenErrors.email] } : { username: [takenErrors.username] }
}

async function whoElseHas(context: Context, user: User, name: string | undefined): Promise<User | undefined> {
  const holder = name === undefined ? undefined : await findUserByIdentifier(context.database, name)
  return holder?.id === user.id ? undefined : holder
}

function wrongPassword(field: string, result: Exclude<SignInResult, { kind: 'match' }>): FieldErrors {
  return result.kind === 'throttled'
    ? { [field]: [`Too many wrong passwords. ${waitSentence(result.retryAfterSeconds)}`] }
    : { [field]: ['Your password was entered incorrectly. Please enter it again.'] }
}

function withWait(reply: Reply, result: SignInResult): Reply {
  if (result.kind !== 'throttled') return reply
  return withHeaders({ ...reply, status: 429 }, { 'retry-after': String(result.retryAfterSeconds) })
}

async function showPassword(context: Context, own: OwnRequest): Promise<Reply> {
  return passwordForm(context, own.visitor, { notice: noticeOf(own) })
}

function passwordForm(
  context: Context,
  visitor: SignedIn,
  shown: { readonly notice?: AccountNotice | undefined; readonly errors?: FieldErrors },
): Reply {
  const markup = passwordPage(pageContext(context, visitor), {
    identifier: displayIdentifier(visitor.user),
    policy: shownPolicy(context.identity.passwordPolicy),
    ...shown,
  })
  return page(context, visitor, markup)
}

async function savePassword(context: Context, { visitor, form, request }: OwnForm): Promise<Reply> {
  const { user, session } = visitor
  const { oldPassword, password, password2 } = readPasswords(form)
  const address = request.remoteAddress
  const refuse = (errors: FieldErrors): Reply => passwordForm(context, visitor, { errors })
  const confirmed = await confirmPassword(context, user, { password: oldPassword, address })
  if (confirmed.kind !== 'match') return withWait(refuse(wrongPassword('old_password', confirmed)), confirmed)
  const errors = fieldErrors({
    password: await newPasswordErrors(password, user, context.identity.passwordPolicy),
    password2: password === password2 ? [] : ["The two password fields didn't match."],
  })
  if (errors !== undefined) return refuse(errors)
  const actor = { id: user.id, address }
  // The user as loaded with the session: of two changes at once, the second finds another epoch and is not written.
  if (await changePassword(context, user, password, { sessionId: session.id }, actor)) {
    return seeOther('/account/password/?done=password-changed')
  }
  return refuse({ form: ['Your account was changed elsewhere at the same time. Please try again.'] })
}
