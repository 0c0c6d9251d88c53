// Decides the frame of every page: bar, heading, who is signed in. No script, nothing from another origin.
import { html, type Html, type HtmlValue } from './html.ts'

export interface Person {
  readonly name: string
}

export interface Frame {
  readonly title: string
  readonly lead: string
  readonly path: string
  readonly person: Person | undefined
  readonly body: HtmlValue
}

/** @param issuer where a form may end that is sent after the session has: browsers hold the redirect against the policy */
export function pageHeaders(issuer: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    `form-action 'self' ${new URL(issuer).origin}`,
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

const addresses = [
  { href: '/', name: 'Snippets' },
  { href: '/secret', name: 'Secret' },
]

const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9"/><path d="m12 10.5-5.5 5.5 5.5 5.5M20 10.5l5.5 5.5-5.5 5.5M17.5 8l-3 16"/></svg>`

export function framed({ title, lead, path, person, body }: Frame): Html {
  const links = addresses.map(
    ({ href, name }) => html`<li><a href="${href}"${href === path && html` aria-current="page"`}>${name}</a></li>`,
  )
  return html`<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<title>${title} · Snippets</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="stylesheet" href="/snippets.css">
<link rel="icon" href="data:,">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><div class="bar-in">
<a class="brand" href="/">${mark}Snippets</a>
<nav aria-label="Pages"><ul>${links}</ul></nav>
<p class="who">${whoIs(person, path)}</p>
</div></header>
<main id="main">
<h1>${title}</h1>
<p class="lead">${lead}</p>
${body}
</main>
</body>
</html>
`
}

function whoIs(person: Person | undefined, path: string): Html {
  if (person === undefined) return html`<a class="button button-small" href="${signInHref(path)}">Sign in</a>`
  return html`<bdi title="Signed in">${person.name}</bdi> <a class="button button-small" href="/accounts/logout/">Sign out</a>`
}

export function signInHref(next: string): string {
  return `/accounts/login/?next=${encodeURIComponent(next)}`
}
