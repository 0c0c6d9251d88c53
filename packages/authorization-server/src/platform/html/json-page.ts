// Decides what a browser shows for an address whose answer is JSON: the same answer, readable, with method and status.
import type { PageContext } from './context.ts'
import { codeBlock } from './copy.ts'
import { frameWords } from './frame-words.ts'
import { html, type Html } from './html.ts'
import { workspacePage } from './layout.ts'
import { badge } from './notice.ts'
import { speak } from './words.ts'

export interface JsonPage {
  readonly title: string
  readonly method: string
  readonly path: string
  readonly status: number
  /** The words of the status, e.g. `OK`. */
  readonly reason: string
  readonly allowedMethods: readonly string[]
  /** Header lines worth showing, e.g. `content-type` and `www-authenticate`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** What a program would have received. */
  readonly value: unknown
}

export function jsonPage(context: PageContext, page: JsonPage): Html {
  const { say } = speak(context, frameWords)
  return workspacePage(context, {
    title: page.title,
    heading: html`${page.title}`,
    lead: say('responseLead'),
    current: undefined,
    body: jsonResponse(context, page),
  })
}

/** Method, status, headers and body, as a program would see them. */
export function jsonResponse(context: PageContext, page: JsonPage): Html {
  const lines = [
    `HTTP ${page.status} ${page.reason}`,
    `allow: ${page.allowedMethods.join(', ')}`,
    ...Object.entries(page.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ]
  return html`<section class="panel">
<p class="request-line" dir="ltr">${badge(html`${page.method}`, 'info')}<code>${page.path}</code>${badge(html`${page.status} ${page.reason}`, page.status < 400 ? 'success' : 'danger')}</p>
<pre class="response-head" dir="ltr">${lines.join('\n')}</pre>
${page.value !== undefined && codeBlock(context, 'response', JSON.stringify(page.value, null, 2))}
</section>`
}
