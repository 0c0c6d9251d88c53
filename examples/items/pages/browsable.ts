// The answer of the API as a page, for whoever opens its address in a browser, with the forms that go with it.
import { STATUS_CODES } from 'node:http'
import { allowOf, type Answer, type Endpoint } from '../endpoint.ts'
import { html, type Html } from './html.ts'
import type { Page } from './layout.ts'
import { badge, notice } from './parts.ts'

export interface Shown extends Answer {
  readonly endpoint: Endpoint
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly isSignedIn: boolean
}

export function browsablePage(shown: Shown): Page {
  const { endpoint, method, url, status, value, isSignedIn } = shown
  const isEmpty = value === null && status === 200
  return {
    title: endpoint.title,
    lead: html`${endpoint.lead}${endpoint.isLegacy === true && html` ${badge('Legacy', 'warning')}`}`,
    body: html`${endpoint.isLegacy === true && legacyNotice}${status === 401 && !isSignedIn && signInNotice(url)}
${
  !isEmpty &&
  html`<section class="panel exchange" aria-label="Request and answer">
<p class="request"><strong>${method}</strong> <code>${url}</code></p>
<pre tabindex="0"><code><b class="${status < 400 ? 'good' : 'bad'}">HTTP ${status} ${STATUS_CODES[status]}</b>
Allow: ${allowOf(endpoint)}
${shown.headers.map(([name, text]) => `${name}: ${text}\n`)}
${value === undefined ? '' : JSON.stringify(value, undefined, 2)}</code></pre></section>`
}
${endpoint.forms(shown)}`,
  }
}

function signInNotice(url: string): Html {
  const next = encodeURIComponent(url.split('?')[0] ?? '/items/')
  return notice(
    'info',
    html`Programs send an access token. In a browser, <a href="/sign-in/?next=${next}">sign in</a>.`,
  )
}

const legacyNotice: Html = notice(
  'warning',
  html`Passwords that are sent here pass through this API. New programs send people to the authorization server with
<a href="/#tokens">code and PKCE</a>.`,
)

/** A refusal of a page, in words. */
export function refusalPage(status: number, detail: string, name: string | undefined): Page {
  const isForStaff = status === 403 && detail === 'You do not have permission to perform this action.'
  const words =
    isForStaff && name !== undefined ? html`You are signed in as <bdi>${name}</bdi>, who is no staff here.` : detail
  return {
    title: titles[status] ?? (isForStaff ? 'This page is for staff' : (STATUS_CODES[status] ?? 'Refused')),
    isCard: true,
    body: html`<section class="panel">${notice(status >= 500 ? 'warning' : 'danger', words)}
<p><a class="button" href="/">To the first page</a></p></section>`,
  }
}

const titles: Readonly<Record<number, string>> = {
  404: 'There is nothing here',
  503: 'It does not work at the moment',
}
