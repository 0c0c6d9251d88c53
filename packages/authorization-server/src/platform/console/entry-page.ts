// One row: what it holds, what belongs to it, what can be done with it, and what was done.
import {
  badge,
  emptyState,
  facts,
  html,
  type Html,
  moment,
  notice,
  type PageContext,
  speak,
  table,
} from '../html/index.ts'
import type { PastChange } from './desk.ts'
import {
  type ConsoleFrame,
  consolePage,
  type Crumb,
  entryPath,
  groupPanel,
  type Labels,
  nounPath,
  shownValue,
  spokenText,
} from './frame-page.ts'
import { type Act, type Entry, fieldsNamed, type Noun, type Question } from './noun.ts'
import { apiRoot } from './operations.ts'
import { mostCounted } from './store.ts'
import { consoleWords } from './words.ts'

export interface EntryPage {
  readonly frame: ConsoleFrame
  readonly noun: Noun
  readonly entry: Entry
  readonly labels: Labels
  readonly mayChange: boolean
  readonly mayDelete: boolean
  /** Those that the reader may do now, with this row. */
  readonly acts: readonly Act[]
  readonly questions?: readonly Question[] | undefined
  /** Pages elsewhere that belong to the row. */
  readonly links?: readonly { readonly label: string; readonly href: string }[] | undefined
  /** How many rows the lists have that belong to it, by `relatedKey`. */
  readonly counts?: Readonly<Record<string, number>> | undefined
  readonly notice?: string | undefined
}

export function crumbsOf(context: PageContext, noun: Noun, entry?: Entry): readonly Crumb[] {
  const list = { label: spokenText(context, noun.many), href: nounPath(noun) }
  return entry === undefined ? [list] : [list, { label: entry.label, href: entryPath(noun, entry) }]
}

export function entryPage(context: PageContext, page: EntryPage): Html {
  const { noun, entry, frame } = page
  const { say } = speak(context, consoleWords)
  const path = entryPath(noun, entry)
  return consolePage(context, frame, {
    title: entry.label,
    heading: html`<bdi>${entry.label}</bdi>`,
    noun,
    crumbs: crumbsOf(context, noun),
    actions: html`<a class="button" href="${path}history/">${say('history')}</a>${page.mayChange && html`<a class="button button-primary" href="${path}change/">${say('change')}</a>`}`,
    body: html`${page.notice !== undefined && notice('success', html`${spokenText(context, page.notice)}`)}
${noun.groups.map((group) => {
  const rows = fieldsNamed(noun, group.fields).filter(({ kind }) => kind !== 'password')
  const inside = facts(
    rows.map((field) => [
      html`${spokenText(context, field.label)}`,
      shownValue(context, page, field, entry.values[field.name]),
    ]),
  )
  return groupPanel(context, group, inside, group.isFolded !== true)
})}
${questionsPanel(context, page)}
${related(context, page)}
${actsPanel(context, page)}`,
  })
}

/** One noun may belong to a row in two ways: events about somebody, and events of what they did. */
export function relatedKey({ noun, filter }: { readonly noun: string; readonly filter: string }): string {
  return `${noun}?${filter}`
}

function related(context: PageContext, { noun, entry, frame, links = [], counts = {} }: EntryPage): Html {
  const { say } = speak(context, consoleWords)
  const own = (noun.related ?? [])
    .filter((one) => frame.nouns.some(({ name }) => name === one.noun))
    .map((one) => ({
      label: one.label,
      count: counts[relatedKey(one)],
      href: `${nounPath({ name: one.noun })}?${one.filter}=${encodeURIComponent(entry.id)}`,
    }))
  const json = html`<a href="${apiRoot}/${noun.name}/${encodeURIComponent(entry.id)}">${say('json')}</a>`
  const format = new Intl.NumberFormat(context.locale.tag)
  const counted = (count: number): Html =>
    html` <span class="quiet">${format.format(Math.min(count, mostCounted))}${count > mostCounted && '+'}</span>`
  const all = [...links.map((link) => ({ ...link, count: undefined })), ...own].map(
    ({ label, href, count }) =>
      html`<a class="button button-small" href="${href}">${spokenText(context, label)}${count !== undefined && counted(count)}</a>`,
  )
  return html`<section class="panel"><h2>${say('related')}</h2><div class="actions">${all}</div><p class="hint">${json}</p></section>`
}

function questionsPanel(context: PageContext, { noun, entry, questions = [] }: EntryPage): Html | false {
  if (questions.length === 0) return false
  const path = entryPath(noun, entry)
  const line = ({ name, label, says }: Question): Html =>
    html`<div class="act"><div>${spokenText(context, says)}</div><a class="button button-small" href="${path}${name}/">${spokenText(context, label)}</a></div>`
  return html`<section class="panel"><h2>${speak(context, consoleWords).say('questions')}</h2>${questions.map(line)}</section>`
}

function actsPanel(context: PageContext, page: EntryPage): Html | false {
  const { noun, entry, acts, mayDelete } = page
  if (acts.length === 0 && !mayDelete) return false
  const { say } = speak(context, consoleWords)
  const path = entryPath(noun, entry)
  const line = (name: string, label: Html | string, says: Html | string, isDanger: boolean): Html =>
    html`<div class="act"><div>${says}</div><a class="button button-small ${isDanger && 'button-danger'}" href="${path}${name}/">${label}</a></div>`
  return html`<section class="panel"><h2>${say('danger')}</h2>
${acts.map((act) => line(act.name, spokenText(context, act.label), spokenText(context, act.says), act.isDanger === true))}
${mayDelete && line('delete', say('delete'), say('deleteText'), true)}</section>`
}

export interface HistoryPage {
  readonly frame: ConsoleFrame
  readonly noun: Noun
  readonly entry: Entry
  readonly changes: readonly PastChange[]
}

export function historyPage(context: PageContext, { frame, noun, entry, changes }: HistoryPage): Html {
  const { say, text } = speak(context, consoleWords)
  return consolePage(context, frame, {
    title: text('historyTitle', { label: entry.label }),
    heading: say('historyTitle', { label: html`<bdi>${entry.label}</bdi>` }),
    noun,
    crumbs: crumbsOf(context, noun, entry),
    body:
      changes.length === 0
        ? emptyState({ icon: 'info', title: say('historyEmpty'), text: say('historyEmptyText') })
        : html`<section class="panel"><ul class="changes">${changes.map((change) => pastChange(context, change))}</ul></section>`,
  })
}

/** @param where a link to what was changed, where the page is not about it */
export function pastChange(context: PageContext, change: PastChange, where?: Html): Html {
  const { say, text } = speak(context, consoleWords)
  const rows = Object.entries(change.changes).map(([field, { before, after }]) => [
    html`<code dir="ltr">${field}</code>`,
    told(context, before),
    told(context, after),
  ])
  const columns = [{ title: text('field'), heads: true }, { title: text('before') }, { title: text('after') }]
  return html`<li><div class="change-head">${badge(html`${spokenText(context, change.what)}`)}<span class="strong"><bdi>${change.actor}</bdi></span>${where}<span class="quiet">${moment(context, change.at)} ${change.address !== '' && say('from', { address: change.address })}</span></div>
${change.note !== undefined && html`<p class="hint">${change.note}</p>`}
${change.reason !== undefined && html`<p>${say('because', { reason: html`<bdi>${change.reason}</bdi>` })}</p>`}
${rows.length > 0 && table({ caption: say('historyTitle', { label: spokenText(context, change.what) }), columns, rows })}</li>`
}

function told(context: PageContext, value: unknown): Html {
  const { say } = speak(context, consoleWords)
  const isEmpty = value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  if (isEmpty) return html`<span class="quiet">${say('noValue')}</span>`
  return html`<bdi>${typeof value === 'string' ? value : JSON.stringify(value)}</bdi>`
}
