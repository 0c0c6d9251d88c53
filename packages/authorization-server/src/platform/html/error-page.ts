// Decides what a person reads when something fails: plain words, what to do next, and a code to quote; never a stack or a cause.
import type { PageContext } from './context.ts'
import { copyable } from './copy.ts'
import { frameWords } from './frame-words.ts'
import { html, type Html } from './html.ts'
import { cardPage } from './layout.ts'
import { icon } from './icons.ts'
import { duration } from './time.ts'
import { speak } from './words.ts'

export type ErrorKind =
  | 'bad-request'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'too-many-requests'
  | 'server-error'
  | 'busy'
  /** The form token did not match: an old page, or a browser that keeps no cookies. */
  | 'form-expired'

export interface ErrorPage {
  readonly kind: ErrorKind
  readonly incident?: string | undefined
  /** Seconds until a retry makes sense, for `too-many-requests` and `busy`. */
  readonly retryAfterSeconds?: number | undefined
  /** A safe way forward, e.g. the address of the form that expired. */
  readonly retryHref?: string | undefined
}

const wordsOfKind = {
  'bad-request': ['badRequestTitle', 'badRequestText'],
  forbidden: ['forbiddenTitle', 'forbiddenText'],
  'not-found': ['notFoundTitle', 'notFoundText'],
  'method-not-allowed': ['methodTitle', 'methodText'],
  'too-many-requests': ['tooManyTitle', 'tooManyText'],
  'server-error': ['serverTitle', 'serverText'],
  busy: ['busyTitle', 'busyText'],
  'form-expired': ['formTitle', 'formText'],
} as const

/** The kind of page for a status; anything unknown is a server error. */
export function errorKindOf(status: number): ErrorKind {
  const kinds: Readonly<Record<number, ErrorKind>> = {
    400: 'bad-request',
    403: 'forbidden',
    404: 'not-found',
    405: 'method-not-allowed',
    429: 'too-many-requests',
    503: 'busy',
  }
  return kinds[status] ?? (status >= 400 && status < 500 ? 'bad-request' : 'server-error')
}

/** The page for a failure that needs no more than words. */
export function errorPage(context: PageContext, page: ErrorPage): Html {
  const { say, text } = speak(context, frameWords)
  const [title, explanation] = wordsOfKind[page.kind]
  const wait =
    page.retryAfterSeconds !== undefined &&
    html` ${say('tooManyWait', { wait: duration(context, page.retryAfterSeconds) })}`
  const home =
    context.user === undefined ? { href: '/', label: say('goHome') } : { href: '/account/', label: say('goAccount') }
  const ways = html`${page.retryHref !== undefined && html`<a class="button button-primary" href="${page.retryHref}">${say('tryAgain')}</a>`}<a class="button" href="${home.href}">${home.label}</a>`
  return cardPage(context, {
    title: text(title),
    emblem: errorEmblem(),
    heading: say(title),
    body: html`<div class="message" role="alert"><p>${say(explanation)}${wait}</p>${page.kind === 'form-expired' && html`<p>${say('formCookies')}</p>`}</div>
${incidentLine(context, page.incident)}
<div class="buttons">${ways}</div>`,
  })
}

export function errorEmblem(): Html {
  return html`<span class="emblem emblem-danger">${icon('alert')}</span>`
}

/** The incident code with its copy button. */
export function incidentLine(context: PageContext, incident: string | undefined): Html {
  if (incident === undefined) return html``
  const { say } = speak(context, frameWords)
  return html`<div class="incident"><span class="incident-label">${say('incident')}</span>${copyable(context, 'incident', incident)}<p class="hint">${say('incidentHelp')}</p></div>`
}
