// The sign-in, sign-out and signed-out pages. A failed sign-in never tells which half was wrong (OWASP ASVS 2.2.1; CWE-204).
import {
  cardPage,
  csrfField,
  duration,
  hiddenField,
  html,
  type Html,
  icon,
  type PageContext,
  passwordField,
  speak,
  submitButton,
  textField,
} from '../../platform/html/index.ts'
import { loginWords } from './words.ts'

export interface SignInPage {
  /** Where to go afterwards: a path of this server that the endpoint has checked. */
  readonly next?: string | undefined
  /** What was typed before; kept after a refusal. */
  readonly identifier?: string | undefined
  /** The app that waits for the sign-in, by name and the host of its redirect URI. */
  readonly application?: { readonly name: string; readonly host: string } | undefined
  /** Where accounts are created; undefined when sign-up is off. */
  readonly signUpHref?: string | undefined
  readonly problem?:
    | { readonly kind: 'refused' }
    | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
    | undefined
  /** Development only: shown in a hint box. */
  readonly demoUsers?: readonly { readonly identifier: string; readonly password: string }[] | undefined
}

export function signInPage(context: PageContext, page: SignInPage): Html {
  const { say, text } = speak(context, loginWords)
  const { application } = page
  const lead =
    application === undefined
      ? say('lead')
      : html`${say('continueTo', { app: html`<bdi class="strong">${application.name}</bdi>` })}<br><span class="host">${say('goesTo', { host: html`<bdi dir="ltr">${application.host}</bdi>` })}</span>`
  const signUp =
    page.signUpHref !== undefined &&
    html`<p class="aside">${say('newHere')} <a href="${page.signUpHref}">${say('createAccount')}</a></p>`
  return cardPage(context, {
    title: text('title'),
    heading: say('title'),
    lead,
    body: html`${problemBox(context, page)}${signInForm(context, page)}${signUp}`,
    below: demoBox(context, page),
  })
}

function signInForm(context: PageContext, page: SignInPage): Html {
  const { say } = speak(context, loginWords)
  const fresh = page.problem === undefined
  return html`<form method="post" action="/accounts/login/" novalidate>
${csrfField(context)}${page.next !== undefined && hiddenField('next', page.next)}
${textField(context, {
  name: 'username',
  label: say('identifier'),
  value: page.identifier,
  attributes: {
    type: 'text',
    autocomplete: 'username webauthn',
    inputmode: 'email',
    autocapitalize: 'none',
    spellcheck: 'false',
    dir: 'ltr',
    required: true,
    autofocus: fresh,
    'aria-describedby': 'err',
  },
})}
${passwordField(context, {
  name: 'password',
  label: say('password'),
  attributes: { autocomplete: 'current-password', required: true, 'aria-describedby': 'err' },
})}
${submitButton(say('submit'))}
</form>`
}

/** Always present, so that it can be announced; empty when nothing is wrong. */
function problemBox(context: PageContext, page: SignInPage): Html {
  const { say } = speak(context, loginWords)
  switch (page.problem?.kind) {
    case undefined:
      return html`<div id="err" role="alert" tabindex="-1"></div>`
    case 'refused':
      return alertBox(say('wrongTitle'), say('wrong'))
    case 'throttled':
      return alertBox(
        say('throttledTitle'),
        say('throttled', { wait: duration(context, page.problem.retryAfterSeconds) }),
      )
  }
}

function alertBox(title: Html, text: Html): Html {
  return html`<div id="err" class="notice notice-danger" role="alert" tabindex="-1" autofocus>${icon('alert')}<div><p class="notice-title">${title}</p><p>${text}</p></div></div>`
}

function demoBox(context: PageContext, page: SignInPage): Html | undefined {
  if (!context.development || page.demoUsers === undefined || page.demoUsers.length === 0) return undefined
  const { say, text } = speak(context, loginWords)
  const users = page.demoUsers.map(
    (user) =>
      html`<li><div><code dir="ltr">${user.identifier}</code><code dir="ltr">${user.password}</code></div><button class="button button-small" type="button" hidden data-fill-username="${user.identifier}" data-fill-password="${user.password}" aria-label="${text('demoUseFor', { name: user.identifier })}">${say('demoUse')}</button></li>`,
  )
  return html`<aside class="demo" aria-labelledby="demo-title">
<h2 id="demo-title">${icon('flask')}${say('demoTitle')}</h2><p>${say('demoLead')}</p><ul>${users}</ul></aside>`
}

export interface SignOutPage {
  /** Who would be signed out. */
  readonly name: string
  readonly next?: string | undefined
  /** The app that asked for it (OpenID Connect RP-Initiated Logout 1.0 §2). */
  readonly askedBy?: string | undefined
  /** Names of apps that end their session, too. */
  readonly applications?: readonly string[] | undefined
  /** Values that the form must send back, e.g. a server-side transaction id. */
  readonly hidden?: Readonly<Record<string, string>> | undefined
  readonly action?: string | undefined
  /** Where "Stay signed in" leads. */
  readonly stayHref?: string | undefined
}

export function signOutPage(context: PageContext, page: SignOutPage): Html {
  const { say, text } = speak(context, loginWords)
  const hidden = Object.entries(page.hidden ?? {}).map(([name, value]) => hiddenField(name, value))
  const asked =
    page.askedBy !== undefined &&
    html`<p>${say('signOutAskedBy', { app: html`<bdi class="strong">${page.askedBy}</bdi>` })}</p>`
  const applications = page.applications ?? []
  const ended =
    applications.length > 0 &&
    html`<p>${say('signOutApps')}</p><ul class="plain-list">${applications.map((name) => html`<li><bdi>${name}</bdi></li>`)}</ul>`
  return cardPage(context, {
    title: text('signOutTitle'),
    heading: say('signOutTitle'),
    lead: say('signOutLead', { name: html`<bdi class="strong">${page.name}</bdi>` }),
    body: html`<div class="message">${asked}<p>${say('signOutText')}</p>${ended}</div>
<form method="post" action="${page.action ?? '/accounts/logout/'}">${csrfField(context)}${page.next !== undefined && hiddenField('next', page.next)}${hidden}
<div class="buttons buttons-pair"><a class="button" href="${page.stayHref ?? '/account/'}">${say('stay')}</a>${submitButton(say('signOut'))}</div></form>`,
  })
}

export interface SignedOutPage {
  readonly signInHref: string
  /** The app to go back to; its address was registered. */
  readonly application?: { readonly name: string; readonly href: string } | undefined
}

export function signedOutPage(context: PageContext, page: SignedOutPage): Html {
  const { say, text } = speak(context, loginWords)
  const { application } = page
  const back =
    application !== undefined &&
    html`<a class="button button-primary" href="${application.href}"><span>${say('backTo', { app: html`<bdi>${application.name}</bdi>` })}</span></a>`
  return cardPage(context, {
    title: text('signedOutTitle'),
    emblem: html`<span class="emblem emblem-success">${icon('check')}</span>`,
    heading: say('signedOutTitle'),
    lead: say('signedOutText'),
    body: html`<div class="buttons">${back}<a class="button" href="${page.signInHref}">${say('signInAgain')}</a></div>`,
  })
}
