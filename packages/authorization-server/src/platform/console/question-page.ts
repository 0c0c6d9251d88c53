// A question about a row: its form, which changes nothing and so travels in the address, and what was found.
import {
  badge,
  codeBlock,
  errorSummary,
  facts,
  html,
  type Html,
  moment,
  notice,
  type PageContext,
  remark,
  speak,
  submitButton,
  table,
  type Table,
} from '../html/index.ts'
import type { Fact, Finding, FindingRow, FindingTable, Told } from './finding.ts'
import { crumbsOf } from './entry-page.ts'
import { control, type FormPage } from './form-page.ts'
import { consolePage, entryPath, spokenText } from './frame-page.ts'
import { type Entry, isList, type Question } from './noun.ts'
import { apiRoot } from './operations.ts'
import { consoleWords } from './words.ts'

export interface QuestionPage extends FormPage {
  readonly question: Question
  readonly entry: Entry
  /** Undefined while nothing was asked. */
  readonly finding?: Finding | undefined
  /** What was asked, as the API takes it: `?user=1`, or nothing. */
  readonly query: string
}

export function questionPage(context: PageContext, page: QuestionPage): Html {
  const { noun, frame, question, entry, errors, finding, query } = page
  const { say, text } = speak(context, consoleWords)
  const heading = text('confirmTitle', { act: spokenText(context, question.label), label: entry.label })
  const fields = question.fields ?? []
  const address = `${apiRoot}/${noun.name}/${encodeURIComponent(entry.id)}/${question.name}${query}`
  return consolePage(context, frame, {
    title: heading,
    heading: html`<bdi>${heading}</bdi>`,
    lead: html`${spokenText(context, question.says)}`,
    noun,
    crumbs: crumbsOf(context, noun, entry),
    body: html`${errorSummary(context, errors)}
${fields.length > 0 && html`<form class="panel form" method="get" action="${entryPath(noun, entry)}${question.name}/" novalidate>${fields.map((field) => control(context, page, field))}<div class="form-end">${submitButton(say('ask'))}</div></form>`}
${finding !== undefined && html`${shownFinding(context, finding)}<p class="hint"><a href="${address}">${say('json')}</a></p>`}`,
  })
}

export function shownFinding(context: PageContext, finding: Finding): Html {
  const { verdict, facts: known = [], tables = [], documents = [] } = finding
  const why = verdict.why === undefined ? '' : spokenText(context, verdict.why)
  const told = html`<p class="strong">${spokenText(context, verdict.says)}</p>${why !== '' && html`<p>${why}</p>`}`
  return html`<div class="finding">${verdict.tone === 'danger' ? remark('danger', told) : notice(verdict.tone, told)}
${known.length > 0 && html`<section class="panel"><h2>${speak(context, consoleWords).say('facts')}</h2>${facts(known.map((fact) => shownFact(context, fact)))}</section>`}
${tables.map((one) => shownTable(context, one))}
${documents.map(({ title, json }, at) => html`<section class="panel"><h2>${speak(context, consoleWords).say('documentTitle', { title: spokenText(context, title) })}</h2>${codeBlock(context, `document-${at}`, JSON.stringify(json, undefined, 2))}</section>`)}</div>`
}

function shownFact(context: PageContext, { label, value, why }: Fact): readonly [Html, Html] {
  return [
    html`${spokenText(context, label)}`,
    html`${shownTold(context, value)}${why !== undefined && html`<p class="hint">${spokenText(context, why)}</p>`}`,
  ]
}

function shownTable(context: PageContext, content: FindingTable): Html {
  const { title, about, rows, empty } = content
  const caption = spokenText(context, title)
  const body =
    rows.length === 0
      ? empty !== undefined && html`<p class="quiet">${spokenText(context, empty)}</p>`
      : table({ caption: html`${caption}`, ...columnsOf(context, content) })
  return html`<section class="panel"><h2>${caption}</h2>${about !== undefined && html`<p class="hint">${spokenText(context, about)}</p>`}
${body}</section>`
}

/** A column of words only where some row has words for it. */
function columnsOf(context: PageContext, { columns, rows }: FindingTable): Pick<Table, 'columns' | 'rows'> {
  const { text } = speak(context, consoleWords)
  const has = (name: 'state' | 'why' | 'link'): boolean => rows.some((row) => row[name] !== undefined)
  const when = (name: 'state' | 'why' | 'link', cell: Html): readonly Html[] => (has(name) ? [cell] : [])
  const [first = '', ...others] = columns.map((title) => spokenText(context, title))
  return {
    columns: [
      { title: first, heads: true },
      ...(has('state') ? [{ title: text('state') }] : []),
      ...others.map((title) => ({ title })),
      ...(has('why') ? [{ title: text('why') }] : []),
      ...(has('link') ? [{ title: text('acts'), actions: true }] : []),
    ],
    rows: rows.map((row) => {
      const [name = html``, ...cells] = row.cells.map((cell) => shownTold(context, cell))
      const why = row.why === undefined ? html`` : html`${spokenText(context, row.why)}`
      return [
        name,
        ...when('state', stateOf(context, row)),
        ...cells,
        ...when('why', why),
        ...when('link', linkOf(context, row)),
      ]
    }),
  }
}

function stateOf(context: PageContext, { state, tone }: FindingRow): Html {
  return state === undefined ? html`` : badge(html`${spokenText(context, state)}`, tone)
}

function linkOf(context: PageContext, { link }: FindingRow): Html {
  return link === undefined
    ? html``
    : html`<a class="button button-small" href="${link.href}">${spokenText(context, link.label)}</a>`
}

function shownTold(context: PageContext, value: Told): Html {
  const { say } = speak(context, consoleWords)
  if (value === null || value === '') return html`<span class="quiet">–</span>`
  if (typeof value === 'boolean') return say(value ? 'yes' : 'no')
  if (typeof value === 'number') return html`${value}`
  if (typeof value === 'string') return html`<bdi>${value}</bdi>`
  if ('at' in value && typeof value.at === 'number') return moment(context, value.at)
  if (!isList(value) || value.length === 0) return html`<span class="quiet">${say('none')}</span>`
  return html`<span class="codes">${value.map((one) => html`<code dir="ltr">${one}</code>`)}</span>`
}
