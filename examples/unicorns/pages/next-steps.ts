// Decides what a page offers next: what to do with new tokens, and how a browser that is nobody's becomes somebody's.
import { asFields } from '../fields.ts'
import type { Shown } from '../views.ts'
import { html, type Html } from './html.ts'

/** After an answer with tokens: the commands that use them. */
export function afterTokens({ answer, host }: Shown): Html | undefined {
  const token = asFields(answer?.value)['access_token']
  if (answer?.status !== 200 || typeof token !== 'string') return undefined
  return html`<section class="panel"><h2>What a program does now</h2>
<p class="hint">Make a unicorn:</p>
<pre class="command">curl -H "Authorization: Bearer ${token}" -d "name=djangounchained&amp;age=34" ${host}/v1/unicorn/</pre>
<p class="hint">List all the unicorns:</p>
<pre class="command">curl -H "Authorization: Bearer ${token}" ${host}/v1/unicorn/</pre>
<p class="after">In this browser: <a href="${signInHref('/v1/unicorn/')}">sign in</a> with the same username and password.</p>
</section>`
}

/** On an address that a browser may not see yet. */
export function signInFirst({ path }: Shown): Html {
  return html`<section class="panel"><h2>Who are you?</h2>
<p>A program sends a token with its request. A browser signs in.</p>
<p class="buttons"><a class="button button-primary" href="${signInHref(path)}">Sign in</a><a class="button" href="/authentication/register/">Register</a></p>
</section>`
}

export function signInHref(next: string): string {
  return `/accounts/login/?next=${encodeURIComponent(next)}`
}
