// The authorization code flow of the demo's `web` client, walked by a browser: consent where it is asked, then the token request.
import { createHash } from 'node:crypto'
import type { FormBrowser } from './form-browser.ts'
import { basic, postForm, type Tokens } from './server.ts'

const verifier = 'a-code-verifier-that-is-long-enough-to-be-taken-0123456789'
const redirectUri = 'http://localhost:9999/callback'

/** The address that the client sends a browser to. */
export function authorizePath(parameters: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'web',
    redirect_uri: redirectUri,
    scope: 'openid read',
    state: 'a-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  })
  return `/o/authorize/?${query.toString()}`
}

/** Tokens for whoever is signed in at the browser. */
export async function codeTokens(
  browser: FormBrowser,
  url: string,
  scope = 'openid read',
  more: Readonly<Record<string, string>> = {},
): Promise<Tokens> {
  const asked = await browser.get(authorizePath({ scope, ...more }))
  const answered =
    asked.status === 200 ? await browser.submit(asked, {}, { action: '/o/authorize/', button: 'allow' }) : asked
  const code = new URL(answered.location ?? '').searchParams.get('code')
  if (code === null) throw new Error(`No code came: ${answered.location}`)
  const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
  const response = await postForm(`${url}/o/token/`, fields, basic('web', 'web-secret'))
  if (response.status !== 200) throw new Error(`The code was answered ${response.status}.`)
  return (await response.json()) as Tokens
}

/** Whether the server still vouches for an access token. */
export async function isActive(url: string, token: string): Promise<boolean> {
  const response = await postForm(`${url}/o/introspect/`, { token }, basic('rs-id', 'rs-secret'))
  const body = (await response.json()) as { readonly active: boolean }
  return body.active
}
