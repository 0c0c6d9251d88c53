// The account overview and the profile and password forms. Without mail, changing the e-mail address asks for the password.
// Sources: WCAG 2.2 §1.3.5 (autocomplete tokens), §3.3.7; a hidden username lets password managers update the right entry.
import {
  csrfField,
  errorSummary,
  facts,
  type FieldErrors,
  html,
  type Html,
  icon,
  type IconName,
  moment,
  newPasswordAttributes,
  newPasswordField,
  type PageContext,
  passwordField,
  type PasswordPolicy,
  speak,
  submitButton,
  textField,
  workspacePage,
} from '../../platform/html/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import { accountNotice, type AccountNotice } from './notices.ts'
import { accountWords } from './words.ts'

export interface AccountOverviewPage {
  readonly fullName: string
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly groups: readonly string[]
  readonly createdAt: Instant
  readonly passwordChangedAt?: Instant | undefined
  readonly connectedApps: number
  readonly sessions: number
  readonly notice?: AccountNotice | undefined
}

export function accountOverviewPage(context: PageContext, page: AccountOverviewPage): Html {
  const { say, text } = speak(context, accountWords)
  const missing = html`<span class="quiet">${say('noName')}</span>`
  const profile: (readonly [Html, Html | string])[] = [
    [say('name'), page.fullName === '' ? missing : html`<bdi>${page.fullName}</bdi>`],
    [say('username'), page.username === undefined ? missing : html`<bdi>${page.username}</bdi>`],
    [say('email'), page.email === undefined ? missing : html`<bdi>${page.email}</bdi>`],
    [say('memberSince'), moment(context, page.createdAt)],
  ]
  if (page.groups.length > 0) profile.push([say('groups'), page.groups.join(', ')])
  const changed = page.passwordChangedAt
  return workspacePage(context, {
    title: text('overviewTitle'),
    heading: say('overviewTitle'),
    lead: say('overviewLead'),
    current: 'overview',
    body: html`${accountNotice(context, page.notice)}
<section class="panel"><header class="panel-head"><h2>${say('profileTitle')}</h2><a class="button button-small" href="/account/profile/">${say('edit')}</a></header>${facts(profile)}</section>
<section class="panel"><header class="panel-head"><h2>${say('security')}</h2></header><ul class="rows">
${overviewRow({ icon: 'lock', title: say('passwordTitle'), text: changed === undefined ? html`` : html`${say('passwordChanged')} ${moment(context, changed)}`, href: '/account/password/' })}
${overviewRow({ icon: 'apps', title: say('appsTitle'), text: say('appsCount', { count: page.connectedApps }), href: '/account/apps/' })}
${overviewRow({ icon: 'device', title: say('sessionsTitle'), text: say('sessionsCount', { count: page.sessions }), href: '/account/sessions/' })}
</ul></section>`,
  })
}

interface OverviewRow {
  readonly icon: IconName
  readonly title: Html
  readonly text: Html
  readonly href: string
}

function overviewRow(row: OverviewRow): Html {
  return html`<li><a class="row" href="${row.href}">${icon(row.icon)}<span class="row-text"><span class="strong">${row.title}</span><span class="hint">${row.text}</span></span>${icon('forward')}</a></li>`
}

export interface ProfilePage {
  /** What stands in the fields: stored, or what was typed before an error. */
  readonly values: {
    readonly firstName: string
    readonly lastName: string
    readonly username: string
    readonly email: string
  }
  /** Keys: `first_name`, `last_name`, `username`, `email`, `password`, `form`. */
  readonly errors?: FieldErrors | undefined
  readonly notice?: AccountNotice | undefined
}

export function profilePage(context: PageContext, page: ProfilePage): Html {
  const { say, text } = speak(context, accountWords)
  const { values, errors } = page
  const name = { type: 'text', dir: 'auto' }
  const identifier = { autocapitalize: 'none', spellcheck: 'false', dir: 'ltr' }
  return workspacePage(context, {
    title: text('profileTitle'),
    heading: say('profileTitle'),
    lead: say('profileLead'),
    current: 'profile',
    body: html`${accountNotice(context, page.notice)}${errorSummary(context, errors)}
<form class="panel form" method="post" action="/account/profile/" novalidate>${csrfField(context)}
<div class="pair">
${textField(context, { name: 'first_name', label: say('firstName'), value: values.firstName, errors, attributes: { ...name, autocomplete: 'given-name' } })}
${textField(context, { name: 'last_name', label: say('lastName'), value: values.lastName, errors, attributes: { ...name, autocomplete: 'family-name' } })}
</div>
${textField(context, { name: 'username', label: say('username'), hint: say('usernameHint'), value: values.username, errors, attributes: { ...identifier, type: 'text', autocomplete: 'username' } })}
${textField(context, { name: 'email', label: say('email'), hint: say('emailHint'), value: values.email, errors, attributes: { ...identifier, type: 'email', autocomplete: 'email' } })}
${passwordField(context, { name: 'password', label: say('confirmPassword'), hint: say('confirmPasswordHint'), errors, attributes: { autocomplete: 'current-password' } })}
<div class="form-end">${submitButton(say('saveProfile'))}</div>
</form>`,
  })
}

export interface PasswordPage {
  /** For password managers: which entry is being changed. */
  readonly identifier: string
  readonly policy: PasswordPolicy
  /** Keys: `old_password`, `password`, `password2`, `form`. */
  readonly errors?: FieldErrors | undefined
  readonly notice?: AccountNotice | undefined
}

export function passwordPage(context: PageContext, page: PasswordPage): Html {
  const { say, text } = speak(context, accountWords)
  const { errors, policy } = page
  return workspacePage(context, {
    title: text('passwordTitle'),
    heading: say('passwordTitle'),
    lead: say('passwordLead'),
    current: 'password',
    body: html`${accountNotice(context, page.notice)}${errorSummary(context, errors)}
<form class="panel form" method="post" action="/account/password/" novalidate>${csrfField(context)}
<input type="text" name="username" value="${page.identifier}" autocomplete="username" readonly hidden>
${passwordField(context, { name: 'old_password', label: say('oldPassword'), errors, attributes: { autocomplete: 'current-password', required: true } })}
${newPasswordField(context, { name: 'password', label: say('newPassword'), policy, errors })}
${passwordField(context, { name: 'password2', label: say('repeatPassword'), errors, attributes: newPasswordAttributes(policy) })}
<div class="form-end">${submitButton(say('savePassword'))}</div>
</form>`,
  })
}
