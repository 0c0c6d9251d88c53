// Decides the frame of every page: language and direction on <html>, one <h1>, skip link, and nothing from another origin.
// Sources: WCAG 2.2 §2.4.1, §3.1.1; strict content security policy (no inline script or style).
import type { PageContext } from './context.ts'
import { frameWords } from './frame-words.ts'
import { csrfField, hiddenField } from './form.ts'
import { html, type Html } from './html.ts'
import { icon, logo } from './icons.ts'
import { menu, type MenuKey } from './menu.ts'
import { speak } from './words.ts'

interface Document {
  readonly title: string
  readonly look: 'card' | 'workspace' | 'console'
  readonly body: Html
}

function document(context: PageContext, page: Document): Html {
  const { text, say } = speak(context, frameWords)
  const { locale, assetVersion } = context
  const workspaceStyle =
    page.look !== 'card' && html`\n<link rel="stylesheet" href="/assets/workspace.css?v=${assetVersion}">`
  const consoleStyle =
    page.look === 'console' && html`\n<link rel="stylesheet" href="/assets/console.css?v=${assetVersion}">`
  const consoleScript =
    page.look === 'console' && html`\n<script src="/assets/console.js?v=${assetVersion}" defer></script>`
  return html`<!doctype html>
<html lang="${locale.tag}" dir="${locale.dir}">
<head>
<meta charset="utf-8">
<title>${text('title', { page: page.title })}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="stylesheet" href="/assets/pages.css?v=${assetVersion}">${workspaceStyle}${consoleStyle}
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg?v=${assetVersion}">
<script src="/assets/pages.js?v=${assetVersion}" defer></script>${consoleScript}
</head>
<body>
<a class="skip" href="#main">${say('skip')}</a>
${page.body}
</body>
</html>
`
}

export interface CardPage {
  /** Plain text for the window's title. */
  readonly title: string
  readonly heading: Html
  /** One line under the heading. */
  readonly lead?: Html | undefined
  /** Stands above the heading in place of the product's mark. */
  readonly emblem?: Html | undefined
  readonly body: Html
  /** A second, quieter box under the card. */
  readonly below?: Html | undefined
  readonly wide?: boolean
}

/** One card in the middle of a calm page: sign-in, consent, errors. */
export function cardPage(context: PageContext, page: CardPage): Html {
  const { say, text } = speak(context, frameWords)
  const lead = page.lead !== undefined && html`<p class="lead">${page.lead}</p>`
  return document(context, {
    title: page.title,
    look: 'card',
    body: html`<main id="main" class="stage ${page.wide === true ? 'stage-wide' : ''}">
<div class="sheet">
<header class="sheet-head">
${page.emblem ?? html`<a class="mark" href="/" aria-label="${text('home')}">${logo()}</a>`}
<h1>${page.heading}</h1>
${lead}
</header>
${page.body}
</div>
${page.below}
</main>
<footer class="foot">${developmentBadge(context)}<a href="/">${say('footer')}</a></footer>`,
  })
}

export interface WorkspacePage {
  readonly title: string
  readonly heading: Html
  readonly lead?: Html | undefined
  /** Which entry of the side menu is open; undefined leaves the menu out. */
  readonly current: MenuKey | undefined
  /** A menu of its own, as the console has one: with its own style sheet, and wider. */
  readonly aside?: Html | undefined
  /** Where one is, above the heading. */
  readonly above?: Html | undefined
  /** Buttons that belong to the whole page, beside the heading. */
  readonly actions?: Html | undefined
  readonly body: Html
  /** A large heading, for the start page. */
  readonly hero?: boolean
}

/** A page with a top bar and, for signed-in people, the side menu. */
export function workspacePage(context: PageContext, page: WorkspacePage): Html {
  const { say } = speak(context, frameWords)
  const withMenu = page.current !== undefined || page.aside !== undefined
  return document(context, {
    title: page.title,
    look: page.aside === undefined ? 'workspace' : 'console',
    body: html`<header class="bar"><div class="bar-in">
<a class="wordmark" href="/">${logo()}<span>${say('product')}</span></a>${developmentBadge(context)}
<div class="bar-end">${userBox(context)}</div>
</div></header>
<div class="desk ${withMenu && 'desk-with-menu'} ${page.hero === true && 'hero'}">
${page.aside ?? (withMenu && menu(context, page.current))}
<main id="main">
${page.above}
<header class="work-head"><div><h1>${page.heading}</h1>${page.lead !== undefined && html`<p class="lead">${page.lead}</p>`}</div>
${page.actions !== undefined && html`<div class="actions">${page.actions}</div>`}</header>
${page.body}
</main>
</div>
<footer class="foot"><a href="/">${say('footer')}</a></footer>`,
  })
}

function developmentBadge(context: PageContext): Html | false {
  const { say } = speak(context, frameWords)
  return context.development && html`<span class="badge badge-warning">${icon('flask')}${say('developmentMode')}</span>`
}

/** Who is signed in, with a sign-out button; a form, because a link would let any page sign people out. */
function userBox(context: PageContext): Html {
  const { say, text } = speak(context, frameWords)
  const { user } = context
  if (user === undefined) return html`<a class="button button-quiet" href="/accounts/login/">${say('signIn')}</a>`
  const staff = user.isStaff && html` <span class="badge">${say('staff')}</span>`
  const name = html`<span class="bar-user" title="${text('signedInAs', { name: user.name })}"><bdi>${user.name}</bdi>${staff}</span>${user.isStaff && html`<a class="button button-quiet" href="/admin/">${say('console')}</a>`}`
  if (context.csrfToken === undefined)
    return html`${name}<a class="button button-quiet" href="/accounts/logout/">${say('signOut')}</a>`
  return html`${name}${signOutForm(context, { label: say('signOut') })}`
}

/** A button that signs out, and comes back to `next` when given. */
export function signOutForm(context: PageContext, form: { readonly label: Html; readonly next?: string }): Html {
  const next = form.next !== undefined && hiddenField('next', form.next)
  return html`<form class="inline" method="post" action="/accounts/logout/">${csrfField(context)}${next}<button class="button button-quiet">${form.label}</button></form>`
}
