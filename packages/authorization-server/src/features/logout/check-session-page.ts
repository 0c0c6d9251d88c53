// The frame that a client keeps open to learn whether the session at this browser changed. OpenID Connect Session Management §3.2,
// §3.3. It reads one cookie, answers whoever asks, and tells only who knows what the client was told: "changed" or "unchanged".
import { html, type Html } from '../../platform/html/index.ts'

/** Anybody may frame it; it has no form, no link, and nothing to press. */
export const checkSessionPolicy: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; script-src 'self'; frame-ancestors *; base-uri 'none'",
}

export function checkSessionPage(scriptPath: string, cookie: string): Html {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Session</title><script src="${scriptPath}" data-cookie="${cookie}"></script></head>
<body></body>
</html>
`
}

/** `session_state` is hash.salt; the hash binds client, its origin, and the state of the browser (§3.2). */
export const checkSessionScript = `'use strict'
const cookieName = document.currentScript.dataset.cookie

function browserState() {
  for (const pair of document.cookie.split('; ')) {
    const at = pair.indexOf('=')
    if (pair.slice(0, at) === cookieName) return pair.slice(at + 1)
  }
  return ''
}

async function answerTo(message, origin) {
  const [clientId, sessionState, ...others] = typeof message === 'string' ? message.split(' ') : []
  const [hash, salt, ...more] = (sessionState ?? '').split('.')
  if (!clientId || !hash || !salt || others.length > 0 || more.length > 0) return 'error'
  const bytes = new TextEncoder().encode([clientId, origin, browserState(), salt].join(' '))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const expected = btoa(String.fromCharCode(...digest)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return expected === hash ? 'unchanged' : 'changed'
}

window.addEventListener('message', async (event) => {
  const { data, origin, source } = event
  if (source === null || !origin.startsWith('http')) return
  source.postMessage(await answerTo(data, origin), origin)
})
`
