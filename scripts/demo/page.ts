// The page that links all parts of the demo.
import { createServer, type Server } from 'node:http'
import { html, type Html } from '../../packages/authorization-server/src/platform/html/index.ts'

export interface Card {
  readonly name: string
  readonly url: string
  readonly shows: string
  readonly tries: readonly (readonly [path: string, words: string])[]
}

export interface Account {
  readonly identifier: string
  readonly password: string
  readonly note: string
}

const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** Serves the page; it does not listen yet. */
export function overview(cards: readonly Card[], accounts: readonly Account[]): Server {
  const markup = draw(cards, accounts).text
  const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/': ['text/html; charset=utf-8', markup],
    '/style.css': ['text/css; charset=utf-8', style],
    '/icon.svg': ['image/svg+xml', icon],
  }
  return createServer(({ url = '/', method }, response) => {
    const [type, body] = files[url.split('?')[0] ?? '/'] ?? []
    if (type === undefined || (method !== 'GET' && method !== 'HEAD')) {
      response.writeHead(type === undefined ? 404 : 405, { ...headers, 'content-type': 'text/plain' }).end()
      return
    }
    response.writeHead(200, { ...headers, 'content-type': type }).end(body)
  })
}

function draw(cards: readonly Card[], accounts: readonly Account[]): Html {
  return html`<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<title>Latchkey demo</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<header><h1>Latchkey demo</h1><p>One authorization server, and programs that use it. All of them run on this machine, until the demo is stopped.</p></header>
<ul class="cards">${cards.map(card)}</ul>
<section class="panel" aria-labelledby="accounts"><h2 id="accounts">Accounts</h2>
<p class="quiet">Everybody knows these passwords.</p>
<div class="frame"><table><thead><tr><th scope="col">Sign in as</th><th scope="col">Password</th><th scope="col">Who</th></tr></thead>
<tbody>${accounts.map(
    ({ identifier, password, note }) =>
      html`<tr><th scope="row"><code>${identifier}</code></th><td><code>${password}</code></td><td>${note}</td></tr>`,
  )}</tbody></table></div></section>
</main>
</body>
</html>
`
}

function card({ name, url, shows, tries }: Card): Html {
  return html`<li class="panel"><h2><a href="${url}">${name}</a></h2><p class="address"><code>${url}</code></p><p>${shows}</p>
${tries.length > 0 && html`<ul class="tries">${tries.map(([path, words]) => html`<li><a href="${url + path}">${words}</a></li>`)}</ul>`}</li>`
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect fill="#4a47d1" width="32" height="32" rx="9"/><g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><circle cx="11.5" cy="16" r="4.5"/><path d="M16 16h9.5v4.2M21 16v3.2"/></g></svg>`

const style = `:root { color-scheme: light dark; --ground: #f5f5f8; --surface: #fff; --ink: #18181d; --quiet: #5a5c69; --line: #e2e2e9; --accent: #4340c4 }
@media (prefers-color-scheme: dark) { :root { --ground: #0e0e12; --surface: #17171d; --ink: #eeeef3; --quiet: #a4a6b5; --line: #2a2a34; --accent: #a9a7ff } }
* { box-sizing: border-box }
html { font: 100%/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; color: var(--ink); background: var(--ground) }
body { margin: 0; overflow-wrap: anywhere }
main { max-inline-size: 68rem; margin-inline: auto; padding: clamp(1.5rem, 6vw, 4rem) clamp(1rem, 4vw, 2rem) }
header { margin-block-end: 2rem }
h1, h2, p, ul { margin: 0; padding: 0 }
h1 { font-size: 1.75rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.02em; margin-block-end: 0.375rem }
h2 { font-size: 1.0625rem; font-weight: 600 }
header p, .quiet, .address { color: var(--quiet) }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.2em }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px }
code { font: 0.8125rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace }
ul { list-style: none }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1.25rem; margin-block-end: 1.25rem }
.panel { padding: 1.5rem; border: 1px solid var(--line); border-radius: 14px; background: var(--surface) }
.cards .panel { display: grid; grid-template-rows: auto auto 1fr auto; gap: 0.375rem }
.tries { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin-block-start: 0.5rem; font-size: 0.875rem }
.tries a { display: inline-block; padding-block: 0.125rem }
.frame { margin-block-start: 0.75rem; overflow-x: auto }
table { inline-size: 100%; border-collapse: collapse; font-size: 0.875rem; overflow-wrap: break-word }
th, td { padding: 0.625rem 1rem 0.625rem 0; text-align: start; font-weight: 400 }
thead th { color: var(--quiet); font-size: 0.8125rem }
tbody tr { border-block-start: 1px solid var(--line) }
@media (max-width: 40rem) {
  table, tbody, tr, th, td { display: block }
  thead { display: none }
  tbody tr { padding-block: 0.625rem }
  tbody th, tbody td { padding: 0.125rem 0 }
}
`
