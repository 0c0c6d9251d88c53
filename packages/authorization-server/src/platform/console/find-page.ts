// What a pasted id, name or number could be: rows by noun, and an incident as it is on record.
import { emptyState, facts, html, type Html, icon, moment, type PageContext, speak } from '../html/index.ts'
import type { Instant } from '../time/index.ts'
import { type ConsoleFrame, consolePage, entryPath, finder, spokenText } from './frame-page.ts'
import type { Entry, Noun } from './noun.ts'
import { consoleWords } from './words.ts'

export interface FoundRow {
  readonly noun: Noun
  readonly entry: Entry
}

export interface FoundIncident {
  readonly id: string
  readonly at: Instant
  readonly code: string
  readonly rule: string
  readonly description: string
  readonly path: string
  readonly client_id: string | null
}

export interface FindPage {
  readonly frame: ConsoleFrame
  /** Empty for what is not to be shown again. */
  readonly sought: string
  readonly isSecret: boolean
  /** Undefined before anything was looked for. */
  readonly found: { readonly rows: readonly FoundRow[]; readonly incident: FoundIncident | undefined } | undefined
}

export function findPage(context: PageContext, page: FindPage): Html {
  const { say, text } = speak(context, consoleWords)
  const { found, frame } = page
  return consolePage(context, frame, {
    title: text('find'),
    heading: say('find'),
    lead: say('findHint'),
    crumbs: [],
    isFinder: true,
    body: html`${finder(context, 'finder', page.sought)}${found !== undefined && results(context, page, found)}`,
  })
}

function results(context: PageContext, page: FindPage, { rows, incident }: NonNullable<FindPage['found']>): Html {
  const { say } = speak(context, consoleWords)
  if (rows.length === 0 && incident === undefined) {
    const explained = say(page.isSecret ? 'findNoToken' : 'findNothingText')
    return emptyState({ icon: 'info', title: say('nothingTitle'), text: explained })
  }
  const groups = [...Map.groupBy(rows, ({ noun }) => noun)]
  return html`${incident !== undefined && incidentPanel(context, incident)}${groups.map(
    ([noun, found]) =>
      html`<section class="panel"><h2>${icon(noun.icon)} ${spokenText(context, noun.many)}</h2><ul class="found">${found.map(({ entry }) => html`<li><a href="${entryPath(noun, entry)}"><bdi>${entry.label}</bdi></a> <code dir="ltr">${entry.id}</code></li>`)}</ul></section>`,
  )}`
}

function incidentPanel(context: PageContext, incident: FoundIncident): Html {
  const { say } = speak(context, consoleWords)
  const code = (value: string): Html => html`<code dir="ltr">${value}</code>`
  return html`<section class="panel"><h2>${say('findIncident', { id: incident.id })}</h2>${facts([
    [say('when'), moment(context, incident.at)],
    [say('what'), html`${incident.description}`],
    [say('findRule'), code(`${incident.code}: ${incident.rule}`)],
    [say('findAddress'), code(incident.path)],
    ...(incident.client_id === null ? [] : [[say('findClient'), code(incident.client_id)] as const]),
  ])}</section>`
}
