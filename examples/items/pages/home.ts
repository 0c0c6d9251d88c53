// The first page: what this API has, and how a program gets a token for it.
import type { Settings } from '../settings.ts'
import { html, type Html } from './html.ts'
import type { Page } from './layout.ts'
import { badge, icon } from './parts.ts'

const endpoints: readonly (readonly [methods: string, path: string, who: string, what: string])[] = [
  ['GET, POST', '/items/', 'read, write', 'All items; adds one'],
  ['GET, PUT, PATCH, DELETE', '/items/1/', 'read, write', 'One item; its owner and staff change it'],
]

const relays: readonly (readonly [methods: string, path: string, who: string, what: string])[] = [
  ['POST', '/users/signup/', 'anyone', 'Makes an account'],
  ['POST', '/users/token/', 'anyone', 'Password for tokens'],
  ['POST', '/users/token/refresh/', 'anyone', 'Refresh token for tokens'],
  ['PUT', '/users/password/', 'write', 'Changes the password'],
]

export function homePage({ publicUrl, issuer, signIn }: Settings): Page {
  return {
    title: 'Items API',
    lead: html`It keeps items, and takes the tokens of the authorization server at <a href="${new URL(issuer).origin}">${issuer}</a>.`,
    actions: html`<a class="button" href="/items/">${icon('api')}Browse the API</a><a class="button" href="/admin/">${icon('box')}Admin</a>`,
    body: html`<section class="panel" aria-labelledby="endpoints"><h2 id="endpoints">Endpoints</h2>${table(endpoints)}</section>
<section class="panel" aria-labelledby="tokens"><h2 id="tokens">Get a token</h2>
<div class="ways">
<article class="way"><h3>Code and PKCE ${badge('Recommended', 'success')}</h3>
<p>Send people to the authorization server. It asks for the password, and for a second factor where there is one; your program gets a code and exchanges it for a token.</p>
<pre tabindex="0"><code>${authorizeUrl(issuer, publicUrl, signIn.clientId)}</code></pre>
<p class="hint">The pages of this API sign their staff in this way.</p></article>
<article class="way"><h3>Relay of passwords ${badge('Legacy', 'warning')}</h3>
<p>Programs that predate it may send the password here; this API hands it on. The API sees every password, and nobody is asked for a second factor.</p>
<pre tabindex="0"><code>curl ${publicUrl}/users/token/ \\
  -d email=admin@email.com -d password=…</code></pre>
<p class="hint">${'Kept for clients of old only (RFC 9700 §2.4).'}</p></article>
</div></section>
<section class="panel" aria-labelledby="relays"><h2 id="relays">Relays of passwords ${badge('Legacy', 'warning')}</h2>${table(relays)}</section>
<section class="panel" aria-labelledby="call"><h2 id="call">Call the API</h2>
<pre tabindex="0"><code>curl ${publicUrl}/items/ -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"name": "Lamp", "description": "Warm light", "price": "9.99"}'</code></pre></section>`,
  }
}

function table(rows: typeof endpoints): Html {
  return html`<div class="table-frame"><table class="table">
<thead><tr><th scope="col">Address</th><th scope="col">Methods</th><th scope="col">Scope</th><th scope="col">What it does</th></tr></thead>
<tbody>${rows.map(
    ([methods, path, who, what]) =>
      html`<tr><th scope="row"><a href="${path}"><code>${path}</code></a></th><td data-title="Methods"><code>${methods}</code></td><td data-title="Scope">${who}</td><td data-title="What it does">${what}</td></tr>`,
  )}</tbody></table></div>`
}

function authorizeUrl(issuer: string, publicUrl: string, clientId: string): string {
  const lines = [
    'response_type=code',
    `client_id=${clientId}`,
    `redirect_uri=${publicUrl}/auth/callback`,
    'scope=openid+read+write',
    'code_challenge=…&code_challenge_method=S256',
  ]
  return `${issuer}/authorize/\n  ?${lines.join('\n  &')}`
}
