// The page for an authorization request that must not be answered by redirect (RFC 6749 §4.1.2.1, RFC 9700 §4.11): plain words
// and an incident id for the person; the exact difference only for the owner of the client. Strangers never see registered URIs.
import {
  cardPage,
  errorEmblem,
  facts,
  hiddenField,
  html,
  type Html,
  icon,
  incidentLine,
  markDifference,
  type PageContext,
  speak,
} from '../../platform/html/index.ts'
import { authorizationWords } from './words.ts'

export interface RefusalDetails {
  /** The rule that failed, as a sentence. */
  readonly rule: string
  /** E.g. `RFC 9700 §4.1.3`. */
  readonly clause: string
  readonly sent?: string | undefined
  /** The registered redirect URI that is closest to what was sent. */
  readonly registered?: string | undefined
  /** In words, e.g. `the port differs`. */
  readonly difference?: string | undefined
  /** A form that repairs the registration by one click. */
  readonly fix?:
    | {
        readonly action: string
        readonly csrf: string
        readonly label: string
        readonly hidden?: Readonly<Record<string, string>> | undefined
      }
    | undefined
}

export interface AuthorizeErrorPage {
  readonly kind: 'unknown-client' | 'redirect-mismatch' | 'malformed' | 'expired'
  /** OAuth error code and description, e.g. `invalid_request` and `Mismatching redirect URI.` */
  readonly code: string
  readonly description: string
  readonly incident: string
  /** Present only when the reader may see it. */
  readonly developer?: RefusalDetails | undefined
}

const explanations = {
  'unknown-client': 'unknownClient',
  'redirect-mismatch': 'redirectMismatch',
  malformed: 'malformed',
  expired: 'expired',
} as const

export function authorizeErrorPage(context: PageContext, page: AuthorizeErrorPage): Html {
  const { say, text } = speak(context, authorizationWords)
  return cardPage(context, {
    title: text('errorTitle'),
    emblem: errorEmblem(),
    heading: say('errorTitle'),
    wide: page.developer !== undefined,
    body: html`<div class="message" role="alert"><p>${say(explanations[page.kind])}</p><p>${say('nothingDone')}</p></div>
<details class="technical"><summary>${say('technical')}</summary><p dir="ltr"><code>Error: ${page.code}</code></p><p dir="ltr">${page.description}</p></details>
${incidentLine(context, page.incident)}`,
    below: page.developer === undefined ? undefined : developerPanel(context, page.developer),
  })
}

function developerPanel(context: PageContext, details: RefusalDetails): Html {
  const { say } = speak(context, authorizationWords)
  const rows: (readonly [Html, Html | string])[] = [[say('rule'), details.rule]]
  rows.push(...addressRows(context, details))
  if (details.difference !== undefined) rows.push([say('difference'), details.difference])
  rows.push([say('clause'), details.clause])
  const { fix } = details
  const hidden = Object.entries(fix?.hidden ?? {}).map(([name, value]) => hiddenField(name, value))
  const form =
    fix !== undefined &&
    html`<form method="post" action="${fix.action}">${hiddenField('csrf_token', fix.csrf)}${hidden}<button class="button button-primary">${fix.label}</button></form>`
  return html`<aside class="developer" aria-labelledby="developer-title"><h2 id="developer-title">${icon('code')}${say('developerTitle')}</h2>
<p class="hint">${say('developerLead')}</p>${facts(rows)}${form}</aside>`
}

function addressRows(context: PageContext, details: RefusalDetails): (readonly [Html, Html])[] {
  const { say } = speak(context, authorizationWords)
  const { sent, registered } = details
  if (sent === undefined) return []
  if (registered === undefined) {
    return [
      [say('sent'), html`<code dir="ltr">${sent}</code>`],
      [say('closest'), say('noneRegistered')],
    ]
  }
  const marked = markDifference(sent, registered)
  return [
    [say('sent'), html`<code class="difference" dir="ltr">${marked.sent}</code>`],
    [say('closest'), html`<code class="difference" dir="ltr">${marked.registered}</code>`],
  ]
}
