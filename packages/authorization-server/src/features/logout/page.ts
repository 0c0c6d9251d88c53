// The sign-out, signed-out and refused pages. OpenID Connect RP-Initiated Logout §2, §6; OpenID Connect Front-Channel Logout §3.
import {
  cardPage,
  csrfField,
  errorEmblem,
  facts,
  hiddenField,
  html,
  type Html,
  icon,
  incidentLine,
  markDifference,
  type PageContext,
  speak,
  submitButton,
} from '../../platform/html/index.ts'
import { logoutWords } from './words.ts'

export interface SignOutPage {
  /** Who would be signed out. */
  readonly name: string
  readonly next?: string | undefined
  /** The app that asked for it, and whether it spoke of somebody else. */
  readonly askedBy?: { readonly name: string; readonly meansOther: boolean } | undefined
  /** Names of apps that end their session, too. */
  readonly applications?: readonly string[] | undefined
  /** What the app sent; checked anew when the form comes back. */
  readonly hidden?: Readonly<Record<string, string>> | undefined
}

export function signOutPage(context: PageContext, page: SignOutPage): Html {
  const { say, text } = speak(context, logoutWords)
  const hidden = Object.entries(page.hidden ?? {}).map(([name, value]) => hiddenField(name, value))
  const { askedBy } = page
  const asked =
    askedBy !== undefined &&
    html`<p>${say(askedBy.meansOther ? 'askedForOther' : 'askedBy', { app: html`<bdi class="strong">${askedBy.name}</bdi>` })}</p>`
  const applications = page.applications ?? []
  const ended =
    applications.length > 0 &&
    html`<p>${say('apps')}</p><ul class="plain-list">${applications.map((name) => html`<li><bdi>${name}</bdi></li>`)}</ul>`
  return cardPage(context, {
    title: text('title'),
    heading: say('title'),
    lead: say('lead', { name: html`<bdi class="strong">${page.name}</bdi>` }),
    body: html`<div class="message">${asked}<p>${say('text')}</p>${ended}</div>
<form method="post" action="/accounts/logout/">${csrfField(context)}${page.next !== undefined && hiddenField('next', page.next)}${hidden}
<div class="buttons buttons-pair"><a class="button" href="/account/">${say('stay')}</a>${submitButton(say('signOut'))}</div></form>`,
  })
}

export interface SignedOutPage {
  readonly signInHref: string
  /** Where the way leads: an address that an app registered, or one of ours. */
  readonly back?:
    | { readonly name: string | undefined; readonly href: string; readonly isAutomatic: boolean }
    | undefined
  /** Each tells one app that the session is over. */
  readonly frames?: readonly { readonly name: string; readonly src: string }[] | undefined
}

export function signedOutPage(context: PageContext, page: SignedOutPage): Html {
  const { say, text } = speak(context, logoutWords)
  const { back } = page
  const returning =
    back?.isAutomatic === true &&
    back.name !== undefined &&
    html`<p class="message">${say('returning', { app: html`<bdi>${back.name}</bdi>` })}</p>`
  // The application's own name stands on the button: it says where it leads.
  const label = back?.name === undefined ? say('continue') : say('backTo', { app: html`<bdi>${back.name}</bdi>` })
  const onward =
    back !== undefined &&
    html`<a class="button button-primary" href="${back.href}"${back.isAutomatic && html` data-continue`}><span>${label}</span></a>`
  const frames = (page.frames ?? []).map(
    (frame) =>
      html`<iframe src="${frame.src}" title="${text('framesTitle', { app: frame.name })}" sandbox="allow-scripts allow-same-origin allow-forms" referrerpolicy="no-referrer" hidden></iframe>`,
  )
  return cardPage(context, {
    title: text('doneTitle'),
    emblem: html`<span class="emblem emblem-success">${icon('check')}</span>`,
    heading: say('doneTitle'),
    lead: say('doneText'),
    body: html`${returning}<div class="buttons">${onward}<a class="button" href="${page.signInHref}">${say('signInAgain')}</a></div>${frames}`,
  })
}

export interface LogoutRefusedPage {
  readonly reason: 'address' | 'other'
  readonly code: string
  readonly description: string
  readonly incident: string
  readonly isSignedIn: boolean
  /** Present only for the owner of the client and administrators. */
  readonly developer?:
    | { readonly sent: string; readonly registered: string | undefined; readonly settingsHref: string }
    | undefined
}

export function logoutRefusedPage(context: PageContext, page: LogoutRefusedPage): Html {
  const { say, text } = speak(context, logoutWords)
  const still = page.isSignedIn && html`<p>${say('refusedStill')}</p>`
  const way = page.isSignedIn
    ? html`<a class="button button-primary" href="/accounts/logout/">${say('refusedSignOut')}</a>`
    : html`<a class="button" href="/accounts/login/">${say('signInAgain')}</a>`
  return cardPage(context, {
    title: text('refusedTitle'),
    emblem: errorEmblem(),
    heading: say('refusedTitle'),
    wide: page.developer !== undefined,
    body: html`<div class="message" role="alert"><p>${say(page.reason === 'address' ? 'refusedAddress' : 'refusedText')}</p>${still}</div>
<details class="technical"><summary>${say('technical')}</summary><p dir="ltr"><code>Error: ${page.code}</code></p><p dir="ltr">${page.description}</p></details>
${incidentLine(context, page.incident)}
<div class="buttons">${way}</div>`,
    below: page.developer === undefined ? undefined : ownersPanel(context, page.developer),
  })
}

function ownersPanel(context: PageContext, details: NonNullable<LogoutRefusedPage['developer']>): Html {
  const { say } = speak(context, logoutWords)
  const { sent, registered, settingsHref } = details
  const marked = registered === undefined ? undefined : markDifference(sent, registered)
  const rows: readonly (readonly [Html, Html])[] = [
    [say('sent'), html`<code class="difference" dir="ltr">${marked?.sent ?? sent}</code>`],
    [
      say('closest'),
      marked === undefined
        ? say('noneRegistered')
        : html`<code class="difference" dir="ltr">${marked.registered}</code>`,
    ],
  ]
  return html`<aside class="developer" aria-labelledby="developer-title"><h2 id="developer-title">${icon('code')}${say('developerTitle')}</h2>
${facts(rows)}<p class="hint"><a href="${settingsHref}">${say('openApp')}</a></p></aside>`
}
