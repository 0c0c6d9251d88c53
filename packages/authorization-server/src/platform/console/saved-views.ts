// The views that the reader saved of a list, as tabs above it; and the form that saves what is looked at now.
import { csrfField, hiddenField, html, type Html, type PageContext, speak, textField } from '../html/index.ts'
import { nounPath } from './frame-page.ts'
import { type ListQuery, writeListQuery } from './list-query.ts'
import type { Noun } from './noun.ts'
import { consoleWords } from './words.ts'

export interface SavedViews {
  /** The noun that keeps them. */
  readonly noun: Noun
  readonly saved: readonly { readonly id: string; readonly name: string; readonly query: string }[]
}

export function savedViews(context: PageContext, noun: Noun, query: ListQuery, views: SavedViews): Html | false {
  const { say, text } = speak(context, consoleWords)
  const now = writeListQuery(noun, query)
  const tab = (search: string, label: Html | string): Html => {
    const href = search === '' ? nounPath(noun) : `${nounPath(noun)}?${search}`
    return search === now
      ? html`<li><a href="${href}" aria-current="page">${label}</a></li>`
      : html`<li><a href="${href}">${label}</a></li>`
  }
  const { saved } = views
  const tabs =
    saved.length > 0 &&
    html`<nav class="views" aria-label="${text('views')}"><ul>${tab('', say('viewAll'))}${saved.map((view) => tab(view.query, html`<bdi>${view.name}</bdi>`))}<li><a class="quiet" href="${nounPath(views.noun)}?list=${noun.name}">${say('viewsManage')}</a></li></ul></nav>`
  const isNew = now !== '' && !saved.some((view) => view.query === now)
  return html`${tabs}${isNew && keepForm(context, noun, now, views)}`
}

function keepForm(context: PageContext, noun: Noun, query: string, views: SavedViews): Html {
  const { say } = speak(context, consoleWords)
  return html`<details class="keep"><summary>${say('viewKeep')}</summary>
<form class="finder" method="post" action="${nounPath(views.noun)}add/">${csrfField(context)}${hiddenField('list', noun.name)}${hiddenField('query', query)}
${textField(context, { name: 'name', label: say('viewName'), value: '', attributes: { required: true, maxlength: 60, autocomplete: 'off' } })}
<button class="button button-solid">${say('save')}</button></form></details>`
}
