// An answer of the API as a page, and under it a form for each thing that the reader may do at the same place: the JSON that would be
// sent, as text. Plain HTML: a form posts to the address, and its fields name the method.
import {
  csrfField,
  hiddenField,
  html,
  type Html,
  type JsonPage,
  jsonResponse,
  type PageContext,
  speak,
} from '../html/index.ts'
import { type ConsoleFrame, consolePage, spokenText } from './frame-page.ts'
import type { Act } from './noun.ts'
import type { OperationMethod, Task } from './operations.ts'
import { consoleWords } from './words.ts'

export interface ApiForm {
  readonly method: OperationMethod
  readonly action: string
  readonly task: Task
  /** One of them. */
  readonly noun: string
  readonly act: Act | undefined
  readonly isDanger: boolean
  /** Of the row that stands in the form: another one is refused. */
  readonly version: number | undefined
  readonly content: string
  readonly isOpen: boolean
}

export interface ApiLink {
  readonly label: string
  readonly href: string
  /** The label is a word of ours, not a name in the answer. */
  readonly rel?: 'next' | 'prev'
}

export interface ApiPage {
  readonly frame: ConsoleFrame
  readonly response: JsonPage
  readonly forms: readonly ApiForm[]
  /** Addresses of the API that the answer tells of. */
  readonly links: readonly ApiLink[]
  /** Where the console shows the same. */
  readonly page: string
  readonly reference: string
}

export function apiPage(context: PageContext, page: ApiPage): Html {
  const { response, forms } = page
  const { say } = speak(context, consoleWords)
  return consolePage(context, page.frame, {
    title: response.title,
    heading: html`<code dir="ltr">${response.title}</code>`,
    lead: say('apiLead'),
    crumbs: [],
    isElsewhere: true,
    actions: html`<a class="button" href="${page.page}">${say('apiInConsole')}</a><a class="button" href="${page.reference}">${say('apiReference')}</a>`,
    body: html`${jsonResponse(context, response)}
${page.links.length > 0 && html`<nav class="panel" aria-labelledby="api-links"><h2 id="api-links">${say('apiLinks')}</h2><ul class="api-links">${page.links.map((link) => linkOf(context, link))}</ul></nav>`}
${forms.length > 0 && html`<section class="panel"><h2>${say('apiForms')}</h2>${forms.map((form, at) => formOf(context, form, at))}</section>`}`,
  })
}

function formOf(context: PageContext, form: ApiForm, at: number): Html {
  const { say } = speak(context, consoleWords)
  const { act, task } = form
  const title = act === undefined ? titleOf(context, form) : html`${spokenText(context, act.label)}`
  const id = `content-${at}`
  const inside = html`<summary><code dir="ltr">${form.method}</code> ${title}${task === 'act-on-many' && html` ${say('apiMany')}`}</summary>
<form class="form" method="post" action="${form.action}">${csrfField(context)}${hiddenField('_method', form.method)}${form.version !== undefined && hiddenField('_version', String(form.version))}
${act !== undefined && html`<p class="hint">${spokenText(context, act.says)}</p>`}
<div class="field"><label for="${id}">${say('apiContent')}</label><textarea class="input input-code" id="${id}" name="_content" rows="${Math.min(20, form.content.split('\n').length + 1)}" dir="ltr" spellcheck="false" autocomplete="off">
${form.content}</textarea></div>
<div class="form-end"><button class="button ${form.isDanger ? 'button-danger' : 'button-primary'}">${form.method} <span class="unseen">${title}</span></button></div></form>`
  return form.isOpen
    ? html`<details class="keep" open>${inside}</details>`
    : html`<details class="keep">${inside}</details>`
}

function linkOf(context: PageContext, { label, href, rel }: ApiLink): Html {
  const { say } = speak(context, consoleWords)
  if (rel === undefined) return html`<li><a href="${href}"><code dir="ltr">${label}</code></a></li>`
  return html`<li><a href="${href}" rel="${rel}">${say(rel === 'next' ? 'nextPage' : 'previousPage')}</a></li>`
}

function titleOf(context: PageContext, { task, noun }: ApiForm): Html {
  const { say } = speak(context, consoleWords)
  if (task === 'add') return say('add', { noun: spokenText(context, noun) })
  return say(task === 'delete' ? 'delete' : 'change')
}
