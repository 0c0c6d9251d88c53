// The pages of administrators: users, sessions, and the ways to sign in.
import type { Account, AccountLink, StoredSession } from '@latchkey/client'
import type { UserForm } from '../admin/user-form.ts'
import { callbackPath, type Mistakes, ownId, providerName, type SignIn } from '../sign-ins/sign-in.ts'
import { choiceField, mistakesNotice, press, table, textField } from './forms.ts'
import { html, type Html } from './html.ts'
import { moment, type Page } from './layout.ts'

export const paths = {
  users: '/admin/auth/user/',
  sessions: '/admin/sessions/session/',
  signIns: '/admin/socialaccount/socialapp/',
} as const

export function closedPage(isSignedIn: boolean): Page {
  return {
    title: 'For administrators',
    lead: isSignedIn ? 'Your account is not one of an administrator.' : 'Sign in as an administrator.',
    body: html`<section class="panel"><h2>No administrator yet?</h2>
<p>Where this site runs, in its folder, this makes a link that works once:</p><pre class="command">npm run admin</pre>
<p class="hint">Behind it, tick “Administrator” for an account that has signed in before.</p></section>`,
  }
}

export function enterPage(key: string): Page {
  return {
    title: 'Enter the admin pages',
    lead: 'This link works once, and lets this browser in for eight hours.',
    body: html`<section class="panel">${press('/admin/enter/', 'Enter', { key }, 'button-primary')}</section>`,
  }
}

export function indexPage(
  counts: { readonly users: string; readonly sessions: number; readonly signIns: number },
  isByLink: boolean,
): Page {
  const card = (href: string, name: string, count: string, words: string): Html =>
    html`<li class="panel"><h2><a href="${href}">${name}</a> <span class="badge">${count}</span></h2><p>${words}</p></li>`
  return {
    title: 'Admin',
    lead: 'What only administrators see.',
    body: html`<ul class="cards">
${card(paths.users, 'Users', counts.users, 'Add, edit, shut out.')}
${card(paths.sessions, 'Sessions', String(counts.sessions), 'See and end them.')}
${card(paths.signIns, 'Sign-ins', String(counts.signIns), 'The servers that people sign in at.')}
</ul>
${isByLink && html`<p class="buttons">${press('/admin/leave/', 'Leave the admin pages', {}, 'button-small')}</p>`}`,
  }
}

export function usersPage(accounts: readonly Account[], next: number | undefined, done: string | undefined): Page {
  const rows = accounts.map(({ id, username, email, isStaff, isActive, lastSignInAt }) => [
    html`<a href="${paths.users}${id}/change/"><bdi>${username}</bdi></a>`,
    email ?? '',
    html`${isStaff && html`<span class="badge">administrator</span>`} ${!isActive && html`<span class="badge badge-quiet">shut out</span>`}`,
    lastSignInAt === undefined ? 'never' : moment(lastSignInAt),
  ])
  return {
    title: 'Users',
    lead: 'Everybody who has signed in here, and whom you have added.',
    done,
    body: html`${rows.length === 0 ? html`<p class="empty">Nobody has signed in yet.</p>` : table('Users', ['Username', 'E-mail', '', 'Last sign-in'], rows)}
<p class="buttons"><a class="button button-primary" href="${paths.users}add/">Add user</a>${next !== undefined && html`<a class="button" href="?after=${next}">More</a>`}</p>`,
  }
}

function userFields(form: UserForm, mistakes: Mistakes): Html {
  const field = (name: keyof Omit<UserForm, 'isActive' | 'isStaff' | 'signIn'>, label: string, hint?: string): Html =>
    textField({ name, label, value: form[name], mistake: mistakes[name], ...(hint === undefined ? {} : { hint }) })
  return html`${field('username', 'Username')}
${field('email', 'E-mail', 'What the server says of it replaces this at the next sign-in, as the names.')}
${field('givenName', 'First name')}
${field('familyName', 'Last name')}
${choiceField('isActive', 'May enter', form.isActive, 'Without it the person is out with the next request, whatever the server says.')}
${choiceField('isStaff', 'Administrator', form.isStaff)}`
}

export function addUserPage(form: UserForm, signIns: readonly SignIn[], mistakes: Mistakes): Page {
  const options = signIns.map(
    ({ id, name }) => html`<option value="${id}"${id === form.signIn && html` selected`}>${name}</option>`,
  )
  return {
    title: 'Add user',
    lead: 'An account that waits for its person. Nobody has a password here.',
    body: html`${mistakesNotice(Object.keys(mistakes).length)}
<form class="panel" method="post" action="${paths.users}add/" novalidate>
${userFields(form, mistakes)}
<div class="field"><label for="signIn">Signs in at</label><select id="signIn" name="signIn">${options}</select></div>
${textField({ name: 'subject', label: 'Known there as', value: form.subject, mistake: mistakes['subject'], hint: 'The id that the server gives this site for the person: sub of OpenID Connect, id of a profile. May be empty: then nobody can enter with this account.' })}
<button class="button button-primary">Add</button>
</form>`,
  }
}

export interface UserPage {
  readonly account: Account
  readonly form: UserForm
  readonly mistakes: Mistakes
  readonly links: readonly AccountLink[]
  readonly sessions: readonly StoredSession[]
  readonly signIns: readonly SignIn[]
  readonly done: string | undefined
}

export function userPage({ account, form, mistakes, links, sessions, signIns, done }: UserPage): Page {
  const action = `${paths.users}${account.id}/change/`
  const shown = links.map(
    ({ provider, subject, label }) =>
      html`<div class="row"><p><strong>${nameOf(provider, signIns)}</strong> <bdi>${label}</bdi><br><span class="hint">known there as <code>${subject}</code></span></p></div>`,
  )
  return {
    title: account.username,
    lead: 'Change the account, or end its sessions.',
    done,
    body: html`${mistakesNotice(Object.keys(mistakes).length)}
<form class="panel" method="post" action="${action}" novalidate>${userFields(form, mistakes)}<button class="button button-primary">Save</button></form>
<section class="panel"><h2>Connected</h2>${shown.length === 0 ? html`<p>Nobody can enter with this account.</p>` : shown}</section>
<section class="panel panel-row"><p>${sessions.length === 1 ? 'One session' : `${sessions.length} sessions`}</p>
${sessions.length > 0 && press(`${paths.users}${account.id}/sessions/`, 'End them', {}, 'button-small button-danger')}</section>`,
  }
}

export interface SessionRow {
  readonly session: StoredSession
  readonly username: string
}

export function sessionsPage(rows: readonly SessionRow[], signIns: readonly SignIn[], done: string | undefined): Page {
  const cells = rows.map(({ session: { id, account, provider, createdAt, seenAt }, username }) => [
    account === undefined ? username : html`<a href="${paths.users}${account}/change/"><bdi>${username}</bdi></a>`,
    nameOf(provider, signIns),
    moment(createdAt),
    moment(seenAt),
    press(`${paths.sessions}end/`, 'End', { id }, 'button-small button-danger'),
  ])
  return {
    title: 'Sessions',
    lead: 'Who is signed in at this moment.',
    done,
    body:
      cells.length === 0
        ? html`<p class="empty">Nobody is signed in.</p>`
        : table('Sessions', ['User', 'By', 'Since', 'Last seen', ''], cells),
  }
}

function nameOf(provider: string, signIns: readonly SignIn[]): string {
  return signIns.find((one) => providerName(one) === provider)?.name ?? provider
}

export function signInsPage(
  signIns: readonly SignIn[],
  isEntered: (id: string) => boolean,
  done: string | undefined,
): Page {
  const rows = signIns.map(({ id, name, kind, clientId }) => [
    html`<a href="${paths.signIns}${id}/change/">${name}</a>`,
    kind === 'openid' ? 'OpenID Connect' : 'OAuth 2',
    html`<code>${clientId}</code>`,
    isEntered(id) ? 'here' : 'environment',
  ])
  return {
    title: 'Sign-ins',
    lead: 'The servers that people sign in at. A change is in force at once.',
    done,
    body: html`${rows.length === 0 ? html`<p class="empty">There is none yet.</p>` : table('Sign-ins', ['Name', 'Kind', 'Client id', 'Entered in'], rows)}
<p class="buttons"><a class="button button-primary" href="${paths.signIns}add/">Add sign-in</a></p>`,
  }
}

export interface SignInPage {
  readonly signIn: SignIn
  /** Undefined for a new one. */
  readonly known: SignIn | undefined
  readonly isEntered: boolean
  readonly isPublic: boolean
  readonly mistakes: Mistakes
  readonly publicUrl: string
}

export function signInPage({ signIn, known, isEntered, isPublic, mistakes, publicUrl }: SignInPage): Page {
  const { id, kind } = signIn
  const change = `${paths.signIns}${known?.id ?? 'add'}/${known === undefined ? '' : 'change/'}`
  const at = known === undefined ? '<id>' : id
  const text = (
    name: string,
    label: string,
    value: string,
    more: Partial<Parameters<typeof textField>[0]> = {},
  ): Html => textField({ name, label, value, mistake: mistakes[name], ...more })
  const option = (value: SignIn['kind'], words: string): Html =>
    html`<option value="${value}"${value === kind && html` selected`}>${words}</option>`
  return {
    title: known === undefined ? 'Add sign-in' : known.name,
    lead: 'First register this site at the server; then enter here what it gave you.',
    body: html`<section class="panel"><h2>What the server wants to know</h2>
<dl class="facts"><dt>Redirect URI</dt><dd><code>${publicUrl}${callbackPath(at)}</code></dd>
<dt>After logout</dt><dd><code>${publicUrl}/accounts/logged-out/</code></dd>
<dt>Back-channel logout</dt><dd><code>${publicUrl}/accounts/backchannel-logout/</code></dd></dl></section>
${mistakesNotice(Object.keys(mistakes).length)}
<form class="panel" method="post" action="${change}" novalidate>
${text('id', 'Id', id, { isFixed: known !== undefined, hint: `A part of the redirect URI; ${ownId} takes the place of the environment’s.` })}
${text('name', 'Name', signIn.name, { hint: 'What people read on the button.' })}
<div class="field"><label for="kind">Kind</label><select id="kind" name="kind">${option('openid', 'OpenID Connect')}${option('oauth2', 'OAuth 2, with a profile')}</select>
${known !== undefined && html`<p class="hint">People are known by server and kind: under another they come in as new.</p>`}</div>
${text('client_id', 'Client id', signIn.clientId)}
${text('client_secret', 'Client secret', '', { type: 'password', ...(known === undefined || known.clientSecret === '' ? {} : { hint: 'It is kept and not shown. Type a new one to replace it.' }) })}
${choiceField('public', 'There is no secret', isPublic)}
${text('issuer', 'Issuer', signIn.issuer, { type: 'url', kind: 'openid', hint: 'As the server names itself.' })}
${text('authorization_url', 'Authorization URL', signIn.authorizationUrl, { type: 'url', kind: 'oauth2', hint: 'Opened by browsers.' })}
${text('token_url', 'Token URL', signIn.tokenUrl, { type: 'url', kind: 'oauth2', hint: 'Asked by this site; mind the slash at the end.' })}
${text('profile_url', 'Profile URL', signIn.profileUrl, { type: 'url', kind: 'oauth2', hint: 'Its JSON has id, username, email, first_name and last_name.' })}
<button class="button button-primary">Save</button>
</form>
${
  isEntered &&
  html`<section class="panel panel-row"><p>${id === ownId ? 'Forget it; what the environment says is in force again.' : 'Forget it; nobody can sign in by it any more.'}</p>
${press(`${paths.signIns}${id}/delete/`, 'Forget', {}, 'button-small button-danger')}</section>`
}`,
  }
}
