// Decides the frame of every page: bar, heading, who is signed in. No script, nothing from another origin.
import { html, type Html, type HtmlValue } from './html.ts'

/** Who looks at a page. */
export interface Viewer {
  /** The username here; undefined when nobody is signed in. */
  readonly name: string | undefined
  readonly isAdmin: boolean
}

export interface Frame {
  readonly title: string
  readonly lead: string
  readonly path: string
  readonly viewer: Viewer
  readonly body: HtmlValue
  /** What was just done. */
  readonly done?: string | undefined
}

export type Page = Omit<Frame, 'path' | 'viewer'>

/** @param origins where a form may end by a redirect: browsers hold it against the policy */
export function pageHeaders(origins: readonly string[]): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    ['form-action', "'self'", ...origins].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
  }
}

const home = '/accounts/profile'

const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9"/><path d="M16 8.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8M8.5 24.5c.8-3.6 3.700-5.500 7.500-5.500s6.700 1.900 7.500 5.500"/></svg>`

export function framed({ title, lead, path, viewer, body, done }: Frame): Html {
  const addresses = [
    { href: home, name: 'Profile' },
    ...(viewer.name === undefined ? [] : [{ href: '/accounts/connections/', name: 'Connections' }]),
    ...(viewer.isAdmin ? [{ href: '/admin/', name: 'Admin' }] : []),
  ]
  const links = addresses.map(
    ({ href, name }) =>
      html`<li><a href="${href}"${path.replace(/\/$/, '').startsWith(href.replace(/\/$/, '')) && html` aria-current="page"`}>${name}</a></li>`,
  )
  return html`<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<title>${title} · Site</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="stylesheet" href="/site.css">
<link rel="icon" href="data:,">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><div class="bar-in">
<a class="brand" href="${home}">${mark}Site</a>
<nav aria-label="Pages"><ul>${links}</ul></nav>
${whoIs(viewer, path)}
</div></header>
<main id="main">
${done !== undefined && html`<p class="notice notice-good" role="status">${done}</p>`}
<h1>${title}</h1>
<p class="lead">${lead}</p>
${body}
</main>
</body>
</html>
`
}

/** Out of all: here, at the server, and at the other sites that were entered with it. */
function whoIs({ name }: Viewer, path: string): Html | false {
  if (name === undefined)
    return path !== home && html`<p class="who"><a class="button button-small" href="${loginHref(home)}">Login</a></p>`
  return html`<form class="who" method="post" action="/accounts/logout/"><bdi title="Signed in">${name}</bdi><input type="hidden" name="next" value="${home}"><button class="button button-small">Logout</button></form>`
}

/** @param id of a sign-in; the first when there is none */
export function loginHref(next: string, id?: string): string {
  const query = new URLSearchParams({ next, ...(id === undefined ? {} : { provider: id }) })
  return `/accounts/login/?${query.toString().replaceAll('%2F', '/')}`
}

export function moment(at: number): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`
}
