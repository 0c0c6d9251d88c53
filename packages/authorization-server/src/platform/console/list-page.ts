// A list: search, filters, counts, the rows, what can be done with those that are chosen, and where it goes on.
import {
  attributes,
  type Choice,
  csrfField,
  emptyState,
  html,
  type Html,
  icon,
  notice,
  type PageContext,
  selectField,
  speak,
  textField,
} from '../html/index.ts'
import type { Instant } from '../time/index.ts'
import {
  type ConsoleFrame,
  consolePage,
  entryPath,
  type Labels,
  nounPath,
  shownValue,
  spokenText,
} from './frame-page.ts'
import type { ChosenFilter, ListQuery } from './list-query.ts'
import {
  type Act,
  type Entry,
  type Field,
  fieldsNamed,
  type FieldChoice,
  type Filter,
  type Noun,
  type Sort,
} from './noun.ts'
import { apiRoot } from './operations.ts'
import { mostCounted } from './store.ts'
import { consoleWords } from './words.ts'

export interface ListPage {
  readonly frame: ConsoleFrame
  readonly noun: Noun
  readonly query: ListQuery
  readonly entries: readonly Entry[]
  readonly labels: Labels
  readonly now: Instant
  /** One more than is counted stands for "more". */
  readonly count: number
  readonly next?: string | undefined
  readonly mayAdd: boolean
  /** Acts on the chosen rows, and on the noun as a whole, that the reader may do. */
  readonly acts: readonly Act[]
  /** What reference filters offer, by filter. */
  readonly offered: Readonly<Record<string, readonly FieldChoice[]>>
  readonly notice?: string | undefined
  readonly warning?: string | undefined
}

export function listPage(context: PageContext, page: ListPage): Html {
  const { noun, frame } = page
  const { say, text } = speak(context, consoleWords)
  const title = spokenText(context, noun.many)
  const onNoun = page.acts.filter((act) => act.on === 'noun')
  const actions = html`${onNoun.map((act) => html`<a class="button" href="${nounPath(noun)}actions/${act.name}/">${spokenText(context, act.label)}</a>`)}
${page.mayAdd && html`<a class="button button-primary" href="${nounPath(noun)}add/">${icon('plus')}${say('add', { noun: spokenText(context, noun.one) })}</a>`}`
  return consolePage(context, frame, {
    title,
    heading: html`${title}`,
    lead: html`${spokenText(context, noun.about)}`,
    noun,
    crumbs: [],
    actions,
    body: html`${page.notice !== undefined && notice('success', html`${spokenText(context, page.notice)}`)}
${page.warning !== undefined && notice('warning', html`${spokenText(context, page.warning)}`)}
<search>${finder(context, page)}</search>
${chips(context, page)}
${page.entries.length === 0 ? nothing(context, page) : rows(context, page, text)}`,
  })
}

function isNarrowed({ query }: ListPage): boolean {
  return query.search !== undefined || query.filters.length > 0
}

function finder(context: PageContext, page: ListPage): Html {
  const { noun, query } = page
  const { say } = speak(context, consoleWords)
  const chosen = (filter: Filter): string => query.filters.find((one) => one.filter === filter)?.value ?? ''
  // A filter that is only ever set by a link stays, without a control of its own.
  const hidden = query.filters.filter(({ filter }) => choicesOf(context, page, filter) === undefined)
  return html`<form class="finder" method="get" action="${nounPath(noun)}">
${noun.search.length > 0 && textField(context, { name: 'q', label: say('search'), value: query.search ?? '', attributes: { type: 'search', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none' } })}
${noun.filters.map((filter) => {
  const choices = choicesOf(context, page, filter)
  if (choices === undefined) return false
  const all = { value: '', label: say('any') }
  const label = html`${spokenText(context, filter.label)}`
  return selectField(context, { name: filter.name, label, value: chosen(filter), choices: [all, ...choices] })
})}
${hidden.map(({ filter, value }) => html`<input type="hidden" name="${filter.name}" value="${value}">`)}
${(noun.search.length > 0 || noun.filters.some((filter) => choicesOf(context, page, filter) !== undefined)) && html`<button class="button button-solid">${say('apply')}</button>`}
</form>`
}

function choicesOf(context: PageContext, page: ListPage, filter: Filter): readonly Choice[] | undefined {
  const { say } = speak(context, consoleWords)
  const choice = (value: string, label: string): Choice => ({ value, label: html`${spokenText(context, label)}` })
  switch (filter.kind) {
    case 'flag':
      return [
        { value: 'yes', label: say('yes') },
        { value: 'no', label: say('no') },
      ]
    case 'presence':
      return [choice('yes', filter.present), choice('no', filter.absent)]
    case 'choice':
      return filter.choices.map(({ value, label }) => choice(value, label))
    case 'reference':
    case 'member':
      return page.offered[filter.name]?.map(({ value, label }) => ({ value, label: html`${label}` }))
  }
}

/** The address of this list with something else in it. */
function linkTo({ noun, query }: ListPage, changes: Readonly<Record<string, string | undefined>>): string {
  const all: Readonly<Record<string, string | undefined>> = {
    q: query.search,
    ...Object.fromEntries(query.filters.map(({ filter, value }) => [filter.name, value])),
    sort: sortText(query.sort, query.isDescending),
    ...changes,
  }
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(all)) if (value !== undefined) search.set(name, value)
  const written = search.toString()
  return written === '' ? nounPath(noun) : `${nounPath(noun)}?${written}`
}

function sortText(sort: Sort, isDescending: boolean): string {
  return isDescending ? `-${sort.name}` : sort.name
}

function chips(context: PageContext, page: ListPage): Html | false {
  if (!isNarrowed(page)) return false
  const { say, text } = speak(context, consoleWords)
  const chip = (href: string, label: Html | string): Html =>
    html`<li><a class="chip" href="${href}" title="${text('clear')}">${label}<span aria-hidden="true">×</span><span class="unseen">${say('clear')}</span></a></li>`
  const { search, filters } = page.query
  return html`<ul class="chips">
${search !== undefined && chip(linkTo(page, { q: undefined }), html`<span>“<bdi>${search}</bdi>”</span>`)}
${filters.map((one) => chip(linkTo(page, { [one.filter.name]: undefined }), chosenLabel(context, page, one)))}
</ul>`
}

function chosenLabel(context: PageContext, page: ListPage, { filter, value }: ChosenFilter): Html {
  const label = spokenText(context, filter.label)
  const isRow = filter.kind === 'reference' || filter.kind === 'member'
  const row = isRow ? page.labels.get(`${filter.noun}:${value}`) : undefined
  if (row !== undefined) return html`${label}: <bdi>${row}</bdi>`
  const choice = choicesOf(context, page, filter)?.find((one) => one.value === value)
  return html`${label}: ${choice?.label ?? value}`
}

function nothing(context: PageContext, page: ListPage): Html {
  const { say } = speak(context, consoleWords)
  const { noun } = page
  if (isNarrowed(page)) {
    const action = html`<a class="button" href="${nounPath(noun)}">${say('clearAll')}</a>`
    return emptyState({ icon: noun.icon, title: say('nothingTitle'), text: say('nothingText'), action })
  }
  const action = page.mayAdd
    ? html`<a class="button button-primary" href="${nounPath(noun)}add/">${say('add', { noun: spokenText(context, noun.one) })}</a>`
    : undefined
  const title = say('emptyTitle', { nouns: spokenText(context, noun.many.toLowerCase()) })
  return emptyState({ icon: noun.icon, title, text: html`${spokenText(context, noun.about)}`, action })
}

function counted(context: PageContext, count: number): Html {
  const { say } = speak(context, consoleWords)
  const shown = new Intl.NumberFormat(context.locale.tag).format(Math.min(count, mostCounted))
  return count > mostCounted ? say('countMore', { shown }) : say('count', { shown, count })
}

function rows(context: PageContext, page: ListPage, text: (key: 'pages') => string): Html {
  const { noun, query } = page
  const { say } = speak(context, consoleWords)
  const bulk = page.acts.filter((act) => act.isBulk === true)
  const file = (format: string): string => {
    const address = linkTo(page, {
      sort: query.search === undefined ? sortText(query.sort, query.isDescending) : undefined,
    })
    return `${apiRoot}/${noun.name}/export.${format}${address.slice(nounPath(noun).length)}`
  }
  const withChosen =
    bulk.length > 0 &&
    html`<div class="with-chosen" role="group" aria-labelledby="with-chosen"><span id="with-chosen">${say('acts')}</span>${bulk.map((act) => html`<button class="button button-small ${act.isDanger === true && 'button-danger'}" formaction="${nounPath(noun)}actions/${act.name}/">${spokenText(context, act.label)}</button>`)}</div>`
  const inside = html`<div class="list-head"><p>${counted(context, page.count)}${query.search !== undefined && html`<span>${say('bestMatch')}</span>`}</p>${withChosen}</div>
${grid(context, page, bulk.length > 0)}
<div class="list-foot"><p><a href="${file('csv')}">${say('exportCsv')}</a> <a href="${file('json')}">${say('exportJson')}</a></p>
<nav aria-label="${text('pages')}">${query.after !== undefined && html`<a href="${linkTo(page, {})}">${say('firstPage')}</a>`}${page.next !== undefined && html`<a class="button button-small" rel="next" href="${linkTo(page, { after: page.next })}">${say('nextPage')}</a>`}</nav></div>`
  if (bulk.length === 0) return html`<div class="list">${inside}</div>`
  // Every act asks once more before it is done.
  return html`<form class="list" method="post" action="${nounPath(noun)}actions/${bulk[0]?.name ?? ''}/">${csrfField(context)}${inside}</form>`
}

function grid(context: PageContext, page: ListPage, isChosen: boolean): Html {
  const { noun } = page
  const { say } = speak(context, consoleWords)
  const fields = fieldsNamed(noun, noun.columns)
  const head = fields.map((field) => heading(context, page, field))
  const chooseHead =
    isChosen &&
    html`<th scope="col" role="columnheader" class="cell-choose"><span class="unseen">${say('chooseAll')}</span></th>`
  return html`<div class="table-frame"><table class="table" role="table"><caption class="unseen">${spokenText(context, noun.many)}</caption>
<thead role="rowgroup"><tr role="row">${chooseHead}${head}</tr></thead>
<tbody role="rowgroup">${page.entries.map((entry) => rowOf(context, page, fields, entry, isChosen))}</tbody></table></div>`
}

function rowOf(context: PageContext, page: ListPage, fields: readonly Field[], entry: Entry, isChosen: boolean): Html {
  const { say } = speak(context, consoleWords)
  const box = html`<td class="cell-choose" role="cell"><label><span class="unseen">${say('chosen', { label: entry.label })}</span><input type="checkbox" name="id" value="${entry.id}"></label></td>`
  const cells = fields.map((field, at) => {
    const value = shownValue(context, page, field, entry.values[field.name])
    if (at > 0)
      return html`<td role="cell"${attributes({ 'data-title': spokenText(context, field.label) })}>${value}</td>`
    // What names the row leads to it; a row without such a value is named by its label.
    const name = entry.values[field.name] === null ? html`<bdi>${entry.label}</bdi>` : value
    return html`<th scope="row" role="rowheader"><a href="${entryPath(page.noun, entry)}">${name}</a></th>`
  })
  return html`<tr role="row">${isChosen && box}${cells}</tr>\n`
}

function heading(context: PageContext, page: ListPage, field: Field): Html {
  const { say } = speak(context, consoleWords)
  const { query, noun } = page
  const label = spokenText(context, field.label)
  const sort = noun.sorts.find((one) => one.name === field.name)
  if (sort === undefined || query.search !== undefined) return html`<th scope="col" role="columnheader">${label}</th>`
  const isSorted = query.sort === sort
  const next = isSorted && !query.isDescending ? sortText(sort, true) : sortText(sort, false)
  const direction = query.isDescending ? 'descending' : 'ascending'
  const mark = isSorted && html`<span aria-hidden="true">${query.isDescending ? '↓' : '↑'}</span>`
  return html`<th scope="col" role="columnheader"${attributes({ 'aria-sort': isSorted ? direction : undefined })}><a href="${linkTo(page, { sort: next })}"><span class="unseen">${say('sortBy', { label })}</span><span aria-hidden="true">${label}</span>${mark}</a></th>`
}
