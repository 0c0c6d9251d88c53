// The sign-in page. A failed sign-in never tells which half was wrong (OWASP ASVS 2.2.1; CWE-204).
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
  remark,
  speak,
  submitButton,
  textField,
} from '../../platform/html/index.ts'
import { type Brand, brandLinks, brandPairing } from '../branding/index.ts'
import { loginWords } from './words.ts'

export interface SignInPage {
  /** Where to go afterwards: a path of this server that the endpoint has checked. */
  readonly next?: string | undefined
  /** What was typed before; kept after a refusal. */
  readonly identifier?: string | undefined
  /** Somebody is signed in, and the app that waits named another person. */
  readonly expectsAnother?: boolean
  /** The app that waits for the sign-in, by name and the host of its redirect URI. */
  readonly application?: { readonly name: string; readonly host: string; readonly brand?: Brand } | undefined
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
    emblem: application?.brand?.logo === undefined ? undefined : brandPairing(application.name, application.brand),
    heading: say('title'),
    lead,
    body: html`${expectation(context, page)}${problemBox(context, page)}${signInForm(context, page)}${signUp}${application !== undefined && brandLinks(context, application.name, application.brand)}`,
    below: demoBox(context, page),
  })
}

function expectation(context: PageContext, { expectsAnother, application }: SignInPage): Html | false {
  if (expectsAnother !== true || application === undefined) return false
  const { say } = speak(context, loginWords)
  return remark('info', say('expectsAnother', { app: html`<bdi class="strong">${application.name}</bdi>` }))
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
