// A list: search, filters, counts, the rows, what can be done with those that are chosen, and where it goes on.
import {
  attributes,
  type Choice,
  csrfField,
  emptyState,
  facts,
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
import type { ListState } from './desk.ts'
import {
  type ConsoleFrame,
  consolePage,
  entryPath,
  type Labels,
  nounPath,
  shownValue,
  spokenText,
} from './frame-page.ts'
import { type ChosenFilter, defaultLimit, isSorted, type ListQuery, pageSizes, sortText } from './list-query.ts'
import { type Act, type Entry, type Field, fieldsNamed, type FieldChoice, type Filter, type Noun } from './noun.ts'
import { savedViews, type SavedViews } from './saved-views.ts'
import { mostCounted } from './store.ts'
import { type Timeline, timelineFigure } from './timeline-page.ts'
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
  readonly isCountExact: boolean
  readonly next?: string | undefined
  readonly previous?: string | undefined
  readonly mayAdd: boolean
  /** Acts on the chosen rows, and on the noun as a whole, that the reader may do. */
  readonly acts: readonly Act[]
  /** What reference filters offer, by filter. */
  readonly offered: Readonly<Record<string, readonly FieldChoice[]>>
  /** Absent where nothing can be saved. */
  readonly views?: SavedViews | undefined
  readonly timeline?: Timeline | undefined
  /** What is true of the list as a whole. */
  readonly state?: readonly ListState[] | undefined
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
${page.views !== undefined && savedViews(context, noun, page.query, page.views)}
${page.timeline !== undefined && timelineFigure(context, page.timeline)}
<search>${finder(context, page)}</search>
${chips(context, page)}
${page.entries.length === 0 ? nothing(context, page) : rows(context, page, text)}
${page.state !== undefined && stateOf(context, page.state)}`,
  })
}

function stateOf(context: PageContext, state: readonly ListState[]): Html {
  const told = state.map(({ label, value }) => {
    const shown = typeof value === 'string' ? html`<code dir="ltr">${value}</code>` : html`${value ?? '–'}`
    return [html`${spokenText(context, label)}`, shown] as const
  })
  return html`<section class="panel">${facts(told)}</section>`
}

function isNarrowed({ query }: ListPage): boolean {
  return query.search !== undefined || query.filters.length > 0
}

function finder(context: PageContext, page: ListPage): Html {
  const { noun, query } = page
  const { say } = speak(context, consoleWords)
  const chosen = (filter: Filter): string => query.filters.find((one) => one.filter === filter)?.value ?? ''
  // A filter that is only ever set by a link stays, without a control of its own.
  const hidden = query.filters.filter(
    ({ filter }) => !isTyped(filter) && choicesOf(context, page, filter) === undefined,
  )
  return html`<form class="finder" method="get" action="${nounPath(noun)}">
${noun.search.length > 0 && textField(context, { name: 'q', label: say('search'), value: query.search ?? '', attributes: { type: 'search', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none' } })}
${noun.filters.map((filter) => {
  if (isTyped(filter)) return typedFilter(context, filter, chosen(filter))
  const choices = choicesOf(context, page, filter)
  if (choices === undefined) return false
  const all = { value: '', label: say('any') }
  const label = html`${spokenText(context, filter.label)}`
  return selectField(context, { name: filter.name, label, value: chosen(filter), choices: [all, ...choices] })
})}
${hidden.map(({ filter, value }) => html`<input type="hidden" name="${filter.name}" value="${value}">`)}
${isSorted(query, noun) && html`<input type="hidden" name="sort" value="${sortText(query)}">`}
${selectField(context, { name: 'limit', label: say('pageSize'), value: String(query.limit), choices: sizesWith(query.limit) })}
<button class="button button-solid">${say('apply')}</button>
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
      return filter.choices.map(({ value, label, group }) => ({
        ...choice(value, label),
        group: group === undefined ? undefined : spokenText(context, group),
      }))
    case 'reference':
    case 'member':
      return page.offered[filter.name]?.map(({ value, label }) => ({ value, label: html`${label}` }))
    case 'period':
    case 'exact':
      return undefined
  }
}

/** Filters that somebody writes, and does not choose. */
function isTyped({ kind }: Filter): boolean {
  return kind === 'period' || kind === 'exact'
}

function typedFilter(context: PageContext, { kind, name, label }: Filter, value: string): Html {
  const { text } = speak(context, consoleWords)
  const look = { type: 'text', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none', dir: 'ltr' }
  return textField(context, {
    name,
    label: html`${spokenText(context, label)}`,
    value,
    attributes: kind === 'period' ? { ...look, placeholder: text('periodExample') } : look,
  })
}

function sizesWith(limit: number): readonly Choice[] {
  const all = [...new Set([...pageSizes, limit])].toSorted((one, other) => one - other)
  return all.map((size) => ({ value: String(size), label: html`${size}` }))
}

/** The address of this list with something else in it. */
function linkTo(page: ListPage, changes: Readonly<Record<string, string | undefined>>): string {
  const { noun, query } = page
  const all: Readonly<Record<string, string | undefined>> = {
    q: query.search,
    ...Object.fromEntries(query.filters.map(({ filter, value }) => [filter.name, value])),
    sort: isSorted(query, page.noun) ? sortText(query) : undefined,
    limit: query.limit === defaultLimit ? undefined : String(query.limit),
    ...changes,
  }
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(all)) if (value !== undefined) search.set(name, value)
  const written = search.toString()
  return written === '' ? nounPath(noun) : `${nounPath(noun)}?${written}`
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

function counted(context: PageContext, { count, isCountExact }: Pick<ListPage, 'count' | 'isCountExact'>): Html {
  const { say } = speak(context, consoleWords)
  const shown = new Intl.NumberFormat(context.locale.tag).format(Math.min(count, mostCounted))
  if (count > mostCounted) return say('countMore', { shown })
  return isCountExact ? say('count', { shown, count }) : say('countLeast', { shown })
}

function rows(context: PageContext, page: ListPage, text: (key: 'pages') => string): Html {
  const { noun, query } = page
  const { say } = speak(context, consoleWords)
  const bulk = page.acts.filter((act) => act.isBulk === true)
  // A file has an order of its own.
  const narrowed = linkTo(page, { sort: undefined, limit: undefined }).slice(nounPath(noun).length)
  const withChosen =
    bulk.length > 0 &&
    html`<div class="with-chosen" role="group" aria-labelledby="with-chosen"><span id="with-chosen">${say('acts')}</span>${bulk.map((act) => html`<button class="button button-small ${act.isDanger === true && 'button-danger'}" formaction="${nounPath(noun)}actions/${act.name}/">${spokenText(context, act.label)}</button>`)}</div>`
  const inside = html`<div class="list-head"><p>${counted(context, page)}${query.search !== undefined && html`<span>${say('bestMatch')}</span>`}</p>${withChosen}</div>
${grid(context, page, bulk.length > 0)}
<div class="list-foot"><p><a href="${nounPath(noun)}export/${narrowed}">${say('export')}</a></p>
<nav aria-label="${text('pages')}">${(query.after ?? query.before) !== undefined && html`<a href="${linkTo(page, {})}">${say('firstPage')}</a>`}${page.previous !== undefined && html`<a class="button button-small" rel="prev" href="${linkTo(page, { before: page.previous })}">${say('previousPage')}</a>`}${page.next !== undefined && html`<a class="button button-small" rel="next" href="${linkTo(page, { after: page.next })}">${say('nextPage')}</a>`}</nav></div>`
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
  const isChosen = query.sort === sort
  const next = sortText({ sort, isDescending: isChosen && !query.isDescending })
  const direction = query.isDescending ? 'descending' : 'ascending'
  const mark = isChosen && html`<span aria-hidden="true">${query.isDescending ? '↓' : '↑'}</span>`
  return html`<th scope="col" role="columnheader"${attributes({ 'aria-sort': isChosen ? direction : undefined })}><a href="${linkTo(page, { sort: next })}"><span class="unseen">${say('sortBy', { label })}</span><span aria-hidden="true">${label}</span>${mark}</a></th>`
}
