// The pages of signing in that belong to the app: a failure with its cause, and the question before signing out. Made on
// the server, without scripts, for light and dark. CSP 3 §2.3.1 (hash sources); WCAG 2.2 AA.

import { type LoginFailure, wordingOf } from './causes.ts'
import { html, type Html } from './html.ts'

/**
 * What a page tells about a failure; give `failurePage` to make one of your own.
 * @example
 * import type { FailurePage } from '@latchkey/client'
 * const plainText = ({ title, text, status }: FailurePage): Response => new Response(`${title}\n${text}`, { status })
 */
export interface FailurePage {
  readonly failure: LoginFailure
  readonly status: number
  readonly title: string
  /** For the person. */
  readonly text: string
  /** For the developer; undefined unless `explain` is set. */
  readonly explanation: string | undefined
  /** The id under which the authorization server has recorded its refusal. */
  readonly incident: string | undefined
  /** Paths of this app. */
  readonly tryAgain: string
  readonly home: string
}

/** Reads a failure into what its page tells. */
export function failurePageOf(
  failure: LoginFailure,
  explain: boolean,
  places: Pick<FailurePage, 'tryAgain' | 'home'>,
): FailurePage {
  const { title, plain, hint } = wordingOf(failure.reason)
  const explanation = [hint, failure.detail].filter((part) => part !== undefined).join(' ')
  return {
    failure,
    status: failure.status,
    title,
    text: plain,
    explanation: explain ? `${failure.reason}: ${explanation}` : undefined,
    incident: failure.incident,
    ...places,
  }
}

const style =
  ':root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}' +
  'body{margin:0;display:grid;min-height:100vh;place-items:center;background:#f6f7f9;color:#1a1d21}' +
  'main{box-sizing:border-box;width:min(34rem,100%);padding:2rem;background:#fff;border-radius:.75rem;border:1px solid #d5d9df}' +
  'h1{font-size:1.4rem;line-height:1.3;margin:0 0 .75rem}p{margin:0 0 1rem}code{overflow-wrap:anywhere}' +
  '.detail{padding:.75rem 1rem;border-radius:.5rem;background:#eef0f4}' +
  '.action{display:inline-block;padding:.6rem 1.1rem;border:0;border-radius:.5rem;background:#1a4fd0;color:#fff;' +
  'font:inherit;text-decoration:none;cursor:pointer;margin-right:.75rem}.second{color:inherit}' +
  'form{display:inline}a:focus-visible,button:focus-visible{outline:3px solid #e08600;outline-offset:2px}' +
  '@media(prefers-color-scheme:dark){body{background:#14161a;color:#e8eaed}main{background:#1d2025;border-color:#3a3f47}' +
  '.detail{background:#282c33}.action{background:#8ab0ff;color:#0b1530}}'

/** The page of a failure. */
export async function renderFailure(page: FailurePage): Promise<Response> {
  const { title, text, explanation, incident, tryAgain, home, status } = page
  const body = html`<h1>${title}</h1>
<p>${text}</p>
${incident === undefined ? undefined : html`<p>If you ask somebody for help, tell them this number: <code id="incident">${incident}</code></p>`}
${explanation === undefined ? undefined : html`<p class="detail"><strong>For the developer:</strong> ${explanation}</p>`}
<p><a class="action" href="${tryAgain}">Sign in again</a><a class="second" href="${home}">Back to the start</a></p>`
  return pageResponse(title, body, status, "'self'")
}

/** The question before signing out, so that a link on another site cannot do it. */
export async function renderLogoutQuestion(action: string, next: string, formTargets: string): Promise<Response> {
  const body = html`<h1>Sign out?</h1>
<p>You will be signed out here and at the server that you signed in with.</p>
<form method="post" action="${action}"><input type="hidden" name="next" value="${next}"><button class="action">Sign out</button></form>
<a class="second" href="${next}">Stay signed in</a>`
  return pageResponse('Sign out?', body, 200, formTargets)
}

async function pageResponse(title: string, body: Html, status: number, formTargets: string): Promise<Response> {
  const markup = html`<!doctype html>
<html lang="en" dir="ltr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title>`
  const whole = `${markup.text}<style>${style}</style></head>\n<body><main>${body.text}</main></body>\n</html>\n`
  const policy = [
    "default-src 'none'",
    `style-src '${await styleHash()}'`,
    `form-action ${formTargets}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return new Response(whole, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'cache-control': 'no-store',
      // Without a referrer browsers send `Origin: null` with the form, and it would be refused as one of another site.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
  })
}

let knownHash: Promise<string> | undefined

function styleHash(): Promise<string> {
  knownHash ??= crypto.subtle
    .digest('SHA-256', new TextEncoder().encode(style))
    .then((bytes) => `sha256-${btoa(String.fromCodePoint(...new Uint8Array(bytes)))}`)
  return knownHash
}
