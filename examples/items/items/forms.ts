// The forms under the items API, for whoever opens it in a browser.
import type { Answer } from '../endpoint.ts'
import { fieldOf, messagesOf } from '../fields.ts'
import { html, type Html } from '../pages/html.ts'
import { field, hidden, icon } from '../pages/parts.ts'

/** Name, description and price, with what was typed and what is wrong with it. */
export function itemFields(typed: unknown, messages?: unknown): Html {
  const errors = (name: string): readonly string[] | undefined => messagesOf(messages, name)
  const value = (name: string): string => {
    const given = fieldOf(typed, name)
    return typeof given === 'string' || typeof given === 'number' ? String(given) : ''
  }
  return html`${field({ name: 'name', label: 'Name', value: value('name'), errors: errors('name'), maxLength: 50 })}
${field({ name: 'description', label: 'Description', kind: 'lines', value: value('description'), errors: errors('description'), maxLength: 250 })}
${field({ name: 'price', label: 'Price', hint: 'Zero or more, with at most two decimal places.', inputMode: 'decimal', value: value('price'), errors: errors('price') })}`
}

export function listForms({ status, value, typed }: Answer): Html | undefined {
  if (![200, 201, 400].includes(status)) return undefined
  const isWrong = status === 400
  return html`<section class="panel form" aria-labelledby="add"><h2 id="add">Add an item</h2>
<form method="post" action="/items/" novalidate>${itemFields(isWrong ? typed : {}, isWrong ? value : {})}
<div class="form-end"><button class="button button-primary">${icon('plus')}POST</button></div></form></section>`
}

export function itemForms({ status, value, typed }: Answer): Html | undefined {
  if (status !== 200 && status !== 400) return undefined
  const isWrong = status === 400
  return html`<section class="panel form" aria-labelledby="edit"><h2 id="edit">Change this item</h2>
<form method="post" novalidate>${hidden('_method', 'PUT')}${itemFields(isWrong ? typed : value, isWrong ? value : {})}
<div class="form-end"><button class="button button-primary">PUT</button></div></form></section>
<section class="panel form panel-row" aria-labelledby="delete"><div><h2 id="delete">Delete this item</h2>
<p class="hint">It is gone at once.</p></div>
<form method="post">${hidden('_method', 'DELETE')}<button class="button button-danger">DELETE</button></form></section>`
}
