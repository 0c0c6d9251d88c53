// The frame of every page: the bar with who is signed in, the menu of staff, and the policy that no script ever runs.
import { html, type Html } from './html.ts'
import { badge, hidden, icon, type IconName } from './parts.ts'

/** Who looks at a page. */
export interface Viewer {
  readonly name: string
  readonly isStaff: boolean
  /** What a form of theirs sends along. */
  readonly formToken: string
  /** Where the form to sign out is sent. */
  readonly signOut: string
}

export interface Page {
  readonly title: string
  readonly lead?: string | Html | undefined
  /** Beside the heading. */
  readonly actions?: Html | undefined
  readonly body: Html
  /** The entry of the staff's menu that this page is under; without it there is no menu. */
  readonly menu?: 'items' | 'users'
  /** A single card in the middle. */
  readonly isCard?: boolean
}

/** No script, no frame, nothing from elsewhere; forms post here, and may be sent on to the authorization server. */
export function pageHeaders(issuer: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action 'self' ${new URL(issuer).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    // Not no-referrer: a browser would then send its forms with `Origin: null`.
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  }
}

export function layout(page: Page, viewer: Viewer | undefined): string {
  const withMenu = page.menu !== undefined
  return html`<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<title>${page.title} – Items</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/style.css">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="bar"><div class="bar-in">
<a class="wordmark" href="/">${logo}<span>Items</span></a>
<div class="bar-end">${viewerBox(viewer)}</div>
</div></header>
<div class="desk${withMenu && ' desk-with-menu'}${page.isCard === true && ' desk-card'}">
${withMenu && menu(page.menu)}
<main id="main">
<header class="head"><div><h1>${page.title}</h1>${page.lead !== undefined && html`<p class="lead">${page.lead}</p>`}</div>
${page.actions !== undefined && html`<div class="actions">${page.actions}</div>`}</header>
${page.body}
</main>
</div>
<footer class="foot"><a href="/">An example of an API behind Latchkey</a></footer>
</body>
</html>
`.text
}

const logo: Html = html`<svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false"><rect class="logo-ground" width="32" height="32" rx="9"/><g class="logo-box" fill="none" stroke-width="2.2" stroke-linejoin="round" stroke-linecap="round"><path d="M16 6.5 24 11v10l-8 4.5L8 21V11l8-4.5Z"/><path d="m8.3 11.2 7.7 4.4 7.7-4.4M16 15.6v9.6"/></g></svg>`

/** The same picture for the tab of the browser, which knows no style sheet. */
export const iconFile: string =
  html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect fill="#0b7285" width="32" height="32" rx="9"/><g fill="none" stroke="#fff" stroke-width="2.2" stroke-linejoin="round" stroke-linecap="round"><path d="M16 6.5 24 11v10l-8 4.5L8 21V11l8-4.5Z"/><path d="m8.3 11.2 7.7 4.4 7.7-4.4M16 15.6v9.6"/></g></svg>`
    .text

/** Signing out is a form: a link would let any page do it. */
function viewerBox(viewer: Viewer | undefined): Html {
  if (viewer === undefined) return html`<a class="button button-quiet" href="/sign-in/">Sign in</a>`
  return html`<span class="bar-user" title="${viewer.name}"><bdi>${viewer.name}</bdi></span>${viewer.isStaff && badge('Staff')}
<form method="post" action="${viewer.signOut}">${hidden('form_token', viewer.formToken)}<button class="button button-quiet">Sign out</button></form>`
}

const entries: readonly {
  readonly id: Page['menu']
  readonly href: string
  readonly icon: IconName
  readonly label: string
}[] = [
  { id: 'items', href: '/admin/items/', icon: 'box', label: 'Items' },
  { id: 'users', href: '/admin/users/', icon: 'people', label: 'Users' },
]

function menu(current: Page['menu']): Html {
  return html`<nav class="menu" aria-label="Admin"><h2 class="menu-title">Admin</h2><ul>${entries.map(
    ({ id, href, icon: name, label }) =>
      html`<li><a href="${href}"${id === current && html` aria-current="page"`}>${icon(name)}${label}</a></li>`,
  )}</ul>
<h2 class="menu-title">API</h2><ul><li><a href="/items/">${icon('api')}Browse</a></li></ul></nav>`
}
