// The frame of the console's pages: its menu, where one is, and how a value of each kind is shown.
import {
  ago,
  attributes,
  badge,
  csrfField,
  html,
  type Html,
  icon,
  moment,
  type PageContext,
  speak,
  table,
  textField,
  workspacePage,
} from '../html/index.ts'
import type { Instant } from '../time/index.ts'
import { keysButtons, keysDialogs, lettersOf } from './keys-page.ts'
import { type Entry, type Field, type FieldGroup, isList, type Noun, type Section, textOf, type Value } from './noun.ts'
import { apiRoot, pageRoot } from './operations.ts'
import { consoleWords } from './words.ts'

/** What the reader may see: the menu holds nothing else, and nothing else is linked. */
export interface ConsoleFrame {
  readonly nouns: readonly Noun[]
}

export interface Crumb {
  readonly label: Html | string
  readonly href: string
}

export interface ConsolePage {
  readonly title: string
  readonly heading: Html
  readonly lead?: Html | undefined
  readonly noun?: Noun | undefined
  /** It has the box itself. */
  readonly isFinder?: boolean
  /** Neither the home page nor of a noun. */
  readonly isElsewhere?: boolean
  readonly crumbs: readonly Crumb[]
  readonly actions?: Html | undefined
  readonly body: Html
}

export function nounPath(noun: Pick<Noun, 'name'>): string {
  return `${pageRoot}${noun.name}/`
}

export function entryPath(noun: Pick<Noun, 'name'>, entry: Pick<Entry, 'id'>): string {
  return `${nounPath(noun)}${encodeURIComponent(entry.id)}/`
}

/** A text of a declaration, spoken as the catalogues are. */
export function spokenText(context: PageContext, text: string): string {
  // A brace that came with a name is no slot.
  return text
    .split('{')
    .map((part) => (part === '' ? '' : speak(context, { part }).text('part')))
    .join('{')
}

export function consolePage(context: PageContext, frame: ConsoleFrame, page: ConsolePage): Html {
  return workspacePage(context, {
    title: page.title,
    heading: page.heading,
    lead: page.lead,
    current: undefined,
    aside: menu(context, frame, page),
    above: page.crumbs.length === 0 ? undefined : trail(context, page.crumbs),
    actions: page.actions,
    body: page.body,
  })
}

const sections = [
  { section: 'people', title: 'menuPeople' },
  { section: 'applications', title: 'menuApplications' },
  { section: 'system', title: 'menuSystem' },
] as const

function menu(context: PageContext, frame: ConsoleFrame, page: ConsolePage): Html {
  const { say, text } = speak(context, consoleWords)
  const letters = lettersOf(frame.nouns)
  const link = (href: string, picture: Html, label: Html | string, isCurrent: boolean, letter?: string): Html => {
    const look = { 'aria-current': isCurrent ? 'page' : undefined, 'data-go': letter }
    return html`<li><a href="${href}"${attributes(look)}>${picture}<span>${label}</span></a></li>`
  }
  const isHome = page.noun === undefined && page.isFinder !== true && page.isElsewhere !== true
  const ofSection = (section: Section | undefined): readonly Html[] =>
    frame.nouns
      .filter((noun) => noun.section === section)
      .map((noun) =>
        link(
          nounPath(noun),
          icon(noun.icon),
          spokenText(context, noun.many),
          noun.name === page.noun?.name,
          letters.get(noun.name),
        ),
      )
  const places = frame.nouns.map(({ name, many }) => [letters.get(name) ?? '', spokenText(context, many)] as const)
  return html`<div class="console-side">${page.isFinder !== true && finder(context, 'find')}
<nav class="menu console-menu" aria-label="${text('menu')}">
<div class="menu-group"><h2 class="menu-title">${say('menuConsole')}</h2><ul>${link(pageRoot, icon('home'), say('home'), isHome, 'h')}${ofSection(undefined)}</ul></div>
${sections.map(({ section, title }) => frame.nouns.some((noun) => noun.section === section) && html`<div class="menu-group"><h2 class="menu-title">${say(title)}</h2><ul>${ofSection(section)}</ul></div>`)}
<div class="menu-group"><h2 class="menu-title">${say('menuYou')}</h2><ul>${link('/account/', icon('person'), say('account'), false)}${link(`${apiRoot}/reference/`, icon('code'), say('apiTitle'), false)}${keysButtons(context)}</ul></div>
</nav>${keysDialogs(context, [['h', text('home')], ...places])}</div>`
}

/** One box for whatever was pasted; in a body, because it may be a token. */
export function finder(context: PageContext, look: string, value = ''): Html {
  const { say } = speak(context, consoleWords)
  return html`<search><form class="${look}" method="post" action="${pageRoot}find/">${csrfField(context)}${textField(context, { name: 'q', id: 'find', label: say('findLabel'), value, attributes: { type: 'search', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none', dir: 'auto', required: true } })}<button class="button button-small">${say('findGo')}</button></form></search>`
}

function trail(context: PageContext, crumbs: readonly Crumb[]): Html {
  const { text } = speak(context, consoleWords)
  return html`<nav class="trail" aria-label="${text('console')}"><ol>${crumbs.map(({ label, href }) => html`<li><a href="${href}"><bdi>${label}</bdi></a></li>`)}</ol></nav>`
}

/** Labels of referenced rows, as `noun:id`. */
export type Labels = ReadonlyMap<string, string>

export interface Shown {
  readonly frame: ConsoleFrame
  readonly labels: Labels
  /** In lists: moments are told by how long ago they were. */
  readonly now?: Instant | undefined
}

export function shownValue(context: PageContext, shown: Shown, field: Field, value: Value | undefined): Html {
  const { say } = speak(context, consoleWords)
  if (value === null || value === undefined || value === '') return html`<span class="quiet">–</span>`
  switch (field.kind) {
    case 'flag':
      return shownFlag(context, field, value === true)
    case 'instant':
      return shown.now === undefined ? moment(context, Number(value)) : ago(context, Number(value), shown.now)
    case 'code':
      return html`<code dir="ltr">${textOf(value)}</code>`
    case 'lines':
      return html`${textOf(value)
        .split('\n')
        .map((line, at) => html`${at > 0 && html`<br>`}<bdi>${line}</bdi>`)}`
    case 'email':
      return html`<bdi>${textOf(value)}</bdi>`
    case 'reference':
      return referenced(context, shown, field, textOf(value))
    case 'rows':
      return shownRows(context, shown, field, value)
    case 'json':
      return html`<code dir="ltr">${JSON.stringify(value)}</code>`
    case 'choice':
      return shownChoice(context, field, textOf(value))
    default:
      if (!isList(value)) return html`<bdi>${textOf(value)}</bdi>`
      if (value.length === 0) return html`<span class="quiet">${say('none')}</span>`
      return field.kind === 'references'
        ? html`${value.map((one, at) => html`${at > 0 && ', '}${referenced(context, shown, field, String(one))}`)}`
        : html`<span class="codes">${value.map((one) => html`<code dir="ltr">${one}</code>`)}</span>`
  }
}

function shownRows(context: PageContext, shown: Shown, { label, of = [] }: Field, value: Value): Html {
  const { say } = speak(context, consoleWords)
  const records: readonly unknown[] = Array.isArray(value) ? value : []
  if (records.length === 0) return html`<span class="quiet">${say('none')}</span>`
  const rows = records.map((record) =>
    of.map((field) => shownValue(context, shown, field, valueAt(record, field.name))),
  )
  const columns = of.map((field) => ({ title: spokenText(context, field.label) }))
  return table({ caption: html`${spokenText(context, label)}`, columns, rows })
}

function valueAt(record: unknown, name: string): Value | undefined {
  if (typeof record !== 'object' || record === null) return undefined
  const found = new Map<string, unknown>(Object.entries(record)).get(name)
  if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') return found
  if (Array.isArray(found)) return found.map((one) => (typeof one === 'number' ? one : textOf(asValue(one))))
  return typeof found === 'object' && found !== null ? { ...found } : undefined
}

function asValue(inner: unknown): Value {
  return typeof inner === 'object' && inner !== null ? { ...inner } : String(inner)
}

function shownFlag(context: PageContext, field: Field, isTrue: boolean): Html {
  const { say } = speak(context, consoleWords)
  const tone = field.tones?.[String(isTrue)]
  const word = say(isTrue ? 'yes' : 'no')
  return tone === undefined ? html`<span class="quiet">${word}</span>` : badge(word, tone)
}

function shownChoice(context: PageContext, field: Field, value: string): Html {
  const label = field.choices?.find((choice) => choice.value === value)?.label
  const word = label === undefined ? value : spokenText(context, label)
  const tone = field.tones?.[value]
  return field.tones === undefined ? html`<bdi>${word}</bdi>` : badge(html`${word}`, tone)
}

function referenced(context: PageContext, { frame, labels }: Shown, field: Field, id: string): Html {
  const { say } = speak(context, consoleWords)
  const label = labels.get(`${field.noun}:${id}`)
  if (label === undefined) return html`<span class="quiet">${say('gone', { id })}</span>`
  const noun = frame.nouns.find((one) => one.name === field.noun)
  return noun === undefined
    ? html`<bdi>${label}</bdi>`
    : html`<a href="${entryPath(noun, { id })}"><bdi>${label}</bdi></a>`
}

/** A group of fields, of a row or of a form. */
export function groupPanel(context: PageContext, group: FieldGroup, inside: Html, isOpen: boolean): Html {
  const title = html`<h2>${spokenText(context, group.title)}</h2>`
  const hint = group.hint !== undefined && html`<p class="hint">${spokenText(context, group.hint)}</p>`
  if (group.isFolded !== true) return html`<section class="panel">${title}${hint}${inside}</section>`
  const all = html`<summary>${title}</summary>${hint}${inside}`
  return isOpen ? html`<details class="panel" open>${all}</details>` : html`<details class="panel">${all}</details>`
}

/** A form that posts to one of our addresses, with the token that says so. */
export function postForm(context: PageContext, action: string, inside: Html, look = 'panel form'): Html {
  return html`<form class="${look}" method="post" action="${action}" novalidate>${csrfField(context)}${inside}</form>`
}
