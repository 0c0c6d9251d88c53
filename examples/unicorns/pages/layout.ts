// Decides the frame of every page: bar, heading, and the answer as a program would have got it. No script, nothing from
// another origin.
import { asFields } from '../fields.ts'
import type { Person, Shown, View } from '../views.ts'
import { html, type Html, type HtmlValue } from './html.ts'
import { signInHref } from './next-steps.ts'

export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
}

const addresses = [
  { href: '/v1/unicorn/', name: 'Unicorns' },
  { href: '/authentication/register/', name: 'Register' },
  { href: '/authentication/token/', name: 'Token' },
  { href: '/authentication/token/refresh/', name: 'Refresh' },
  { href: '/authentication/token/revoke/', name: 'Revoke' },
]

const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9"/><path d="m21.5 4.5-5 8.5M12 27v-4.5c-2.6-.4-4.5-2-4.5-4.2 0-2.3 1.7-5.6 5.3-6.6 3-.8 6.4.2 8.2 2.6 2.4 3.2 2.4 8.2.9 12.7M13 17.2v.1"/></svg>`

interface Frame {
  readonly title: string
  readonly lead: string
  readonly path: string
  readonly person: Person | undefined
  readonly body: HtmlValue
}

export function framed({ title, lead, path, person, body }: Frame): Html {
  const links = addresses.map(
    ({ href, name }) => html`<li><a href="${href}"${href === path && html` aria-current="page"`}>${name}</a></li>`,
  )
  return html`<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<title>${title} · Unicorns</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="stylesheet" href="/unicorns.css">
<link rel="icon" href="data:,">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><div class="bar-in">
<a class="brand" href="/">${mark}Unicorns</a>
<nav aria-label="Addresses"><ul>${links}</ul></nav>
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
  return html`<bdi title="Signed in">${person.username}</bdi> <a class="button button-small" href="/accounts/logout/">Sign out</a>`
}

/** An address in a browser: the answer to what was just asked, then its forms. */
export function viewPage(view: View, shown: Shown, head: readonly string[]): Html {
  const { answer, path, person, method } = shown
  const isForm = answer === undefined
  const response = !isForm && responsePanel(method, path, answer, head)
  const below = view.below(shown)
  // Where something went wrong in a form, or nobody is signed in, what to do comes first.
  const isRefused = !isForm && (answer.status === 401 || (method !== 'GET' && answer.status === 400))
  return framed({
    title: view.title,
    lead: view.lead,
    path,
    person,
    body: [!isForm && noticeOf(answer), isRefused ? [below, response] : [response, below]],
  })
}

function responsePanel(
  method: string,
  path: string,
  { status, value }: NonNullable<Shown['answer']>,
  head: readonly string[],
): Html {
  const tone = status < 400 ? 'good' : 'bad'
  return html`<section class="panel" aria-label="Answer">
<p class="request"><span class="badge">${method}</span><code>${path}</code><span class="badge ${tone}">${head[0]?.slice(5)}</span></p>
<pre class="head">${head.join('\n')}</pre>
${value !== undefined && html`<pre class="json">${JSON.stringify(value, null, 2)}</pre>`}
</section>`
}

/** What a refusal says in words, above everything else. */
function noticeOf({ status, value }: NonNullable<Shown['answer']>): Html | undefined {
  if (status < 400 || status === 401) return undefined
  const said = asFields(value)
  const whole = ['detail', 'error_description', 'error', 'non_field_errors'].flatMap((name) => said[name])
  const words = whole.find((one) => typeof one === 'string')
  return html`<p class="notice" role="alert">${words ?? 'Something in the form is not right. See beside the fields.'}</p>`
}

/** The start page. */
export function homePage(person: Person | undefined, publicUrl: string): Html {
  const host = new URL(publicUrl).host
  return framed({
    title: 'Unicorns',
    lead: 'One process with its own authorization server, and an API that it protects.',
    path: '/',
    person,
    body: html`<section class="panel"><h2>In a browser</h2>
<p>Register, sign in, and make a unicorn. Every address of the API is a page with a form.</p>
<p class="buttons"><a class="button button-primary" href="/authentication/register/">Register</a><a class="button" href="/v1/unicorn/">Unicorns</a></p>
</section>
<section class="panel"><h2>In a terminal</h2>
<p class="hint">Register a user:</p>
<pre class="command">curl -d "username=halfspring&amp;password=1234abcd" "${host}/authentication/register/"</pre>
<p class="hint">Make a unicorn, with the access token of the answer:</p>
<pre class="command">curl -H "Authorization: Bearer &lt;token&gt;" -d "name=djangounchained&amp;age=34" ${host}/v1/unicorn/</pre>
</section>
<section class="panel"><h2>For new clients</h2>
<p>The authorization server is here, too: <a href="/o/.well-known/openid-configuration">discovery</a>, <a href="/account/">your account</a>, <a href="/o/applications/">your applications</a>. Use the authorization code with PKCE; passwords then stay on the server’s own page.</p>
</section>`,
  })
}
