// Decides how forms look and speak: visible label, hint before the field, error beside it and in a summary that takes focus.
// Sources: WCAG 2.2 §1.3.5, §3.3.1-3.3.3; reference markup facts (autocomplete tokens, dir="ltr" on codes and addresses).
import { attributes, type Attributes } from './attributes.ts'
import type { PageContext } from './context.ts'
import { frameWords } from './frame-words.ts'
import { html, type Html } from './html.ts'
import { icon } from './icons.ts'
import { speak } from './words.ts'

/** Errors by field name, each a full sentence; the key `form` holds what belongs to no single field. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>

export function hiddenField(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`
}

/** The form token as `csrf_token`. Throws without one: such a form could never be accepted. */
export function csrfField(context: PageContext): Html {
  if (context.csrfToken === undefined) throw new TypeError('A page with a form needs a csrfToken in its context')
  return hiddenField('csrf_token', context.csrfToken)
}

export interface Field {
  readonly name: string
  /** Defaults to the name. */
  readonly id?: string
  readonly label: Html
  readonly value?: string | undefined
  readonly hint?: Html | undefined
  readonly errors?: FieldErrors | undefined
  readonly optional?: boolean
  /** A value in code's letters: ids, addresses. */
  readonly isCode?: boolean
  readonly attributes?: Attributes
}

function idOf(field: Pick<Field, 'id' | 'name'>): string {
  return field.id ?? field.name
}

function lookOf(field: Field): Attributes {
  return { class: field.isCode === true ? 'input input-code' : 'input', id: idOf(field), name: field.name }
}

function errorsOf(field: Field): readonly string[] {
  return field.errors?.[field.name] ?? []
}

function described(field: Field): Attributes {
  const id = idOf(field)
  const wrong = errorsOf(field).length > 0
  const ids = [field.hint !== undefined && `${id}-hint`, wrong && `${id}-error`].filter((part) => part !== false)
  return {
    'aria-describedby': ids.length > 0 ? ids.join(' ') : undefined,
    'aria-invalid': wrong ? 'true' : undefined,
  }
}

/** Label, hint, control and errors of one field, in reading order. */
function around(context: PageContext, field: Field, control: Html): Html {
  const id = idOf(field)
  const errors = errorsOf(field)
  const optional =
    field.optional === true && html` <span class="optional">${speak(context, frameWords).say('optional')}</span>`
  return html`<div class="field${errors.length > 0 ? ' field-wrong' : ''}">
<label for="${id}">${field.label}${optional}</label>
${field.hint !== undefined && html`<p class="hint" id="${id}-hint">${field.hint}</p>`}
${control}
${errors.length > 0 && html`<p class="field-error" id="${id}-error">${icon('alert')}<span>${errors.join(' ')}</span></p>`}
</div>`
}

export function textField(context: PageContext, field: Field): Html {
  const all = { ...lookOf(field), value: field.value, ...described(field), ...field.attributes }
  return around(context, field, html`<input${attributes(all)}>`)
}

/** Several lines, one value on each. */
export function linesField(context: PageContext, field: Field): Html {
  const all = {
    ...lookOf(field),
    rows: 3,
    spellcheck: 'false',
    dir: 'ltr',
    ...described(field),
    ...field.attributes,
  }
  return around(context, field, html`<textarea${attributes(all)}>\n${field.value}</textarea>`)
}

/** A password with a show button, which the script reveals; without script there is just the field. */
export function passwordField(context: PageContext, field: Omit<Field, 'value'>): Html {
  const id = idOf(field)
  const { text } = speak(context, frameWords)
  const all = { ...lookOf(field), type: 'password', dir: 'ltr', ...described(field), ...field.attributes }
  const show = html`<button class="reveal" type="button" aria-pressed="false" aria-controls="${id}" aria-label="${text('showPassword')}" hidden data-reveal>${icon('eye')}</button>`
  return around(context, field, html`<div class="input-group"><input${attributes(all)}>${show}</div>`)
}

export interface Choice {
  readonly value: string
  readonly label: Html
  readonly hint?: Html | undefined
  /** In a select, choices of one group that follow each other stand under its name. */
  readonly group?: string | undefined
}

export function selectField(context: PageContext, field: Field & { readonly choices: readonly Choice[] }): Html {
  const all = { ...lookOf(field), ...described(field), ...field.attributes }
  return around(context, field, html`<select${attributes(all)}>${optionsOf(field.choices, field.value)}</select>`)
}

function optionsOf(choices: readonly Choice[], chosen: string | undefined): readonly Html[] {
  const written: Html[] = []
  for (const [at, { group }] of choices.entries()) {
    if (at > 0 && choices[at - 1]?.group === group) continue
    const end = choices.findIndex((choice, later) => later > at && choice.group !== group)
    const options = choices
      .slice(at, end < 0 ? undefined : end)
      .map(({ value, label }) => html`<option${attributes({ value, selected: value === chosen })}>${label}</option>`)
    written.push(
      group === undefined ? html`${options}` : html`<optgroup${attributes({ label: group })}>${options}</optgroup>`,
    )
  }
  return written
}

export interface ChoiceSet extends Omit<Field, 'value'> {
  readonly kind: 'radio' | 'checkbox'
  readonly choices: readonly Choice[]
  readonly chosen: readonly string[]
}

/** Radio buttons or boxes under one legend. */
export function choiceSet(set: ChoiceSet): Html {
  const id = idOf(set)
  const errors = errorsOf(set)
  const boxes = set.choices.map((choice, i) => {
    const own = {
      id: `${id}-${i}`,
      type: set.kind,
      name: set.name,
      value: choice.value,
      checked: set.chosen.includes(choice.value),
    }
    return choiceRow(own, choice)
  })
  return html`<fieldset class="field"${attributes({ id, ...described(set) })}>
<legend>${set.label}</legend>
${set.hint !== undefined && html`<p class="hint" id="${id}-hint">${set.hint}</p>`}
<div class="choices">${boxes}</div>
${errors.length > 0 && html`<p class="field-error" id="${id}-error">${icon('alert')}<span>${errors.join(' ')}</span></p>`}
</fieldset>`
}

/** One box that stands alone; it sends `on` when ticked. */
export function checkbox(field: Omit<Field, 'value'> & { readonly checked: boolean }): Html {
  const own = { id: idOf(field), type: 'checkbox', name: field.name, value: 'on', checked: field.checked }
  return html`<div class="field"><div class="choices">${choiceRow(own, field)}</div></div>`
}

function choiceRow(input: Attributes & { readonly id: string }, choice: Pick<Choice, 'label' | 'hint'>): Html {
  const hint = choice.hint !== undefined && html`<span class="hint" id="${input.id}-hint">${choice.hint}</span>`
  const describedBy = choice.hint === undefined ? undefined : `${input.id}-hint`
  return html`<div class="choice"><input${attributes({ ...input, 'aria-describedby': describedBy })}><div><label for="${input.id}">${choice.label}</label>${hint}</div></div>`
}

/** What is wrong, at the top of the form; takes the focus so that it is read first. Fields are linked by `id` of their name. */
export function errorSummary(
  context: PageContext,
  errors: FieldErrors | undefined,
  ids: Readonly<Record<string, string>> = {},
): Html {
  const lines = Object.entries(errors ?? {}).flatMap(([name, texts]) => texts.map((text) => ({ name, text })))
  if (lines.length === 0) return html``
  const { say } = speak(context, frameWords)
  const items = lines.map(({ name, text }) =>
    name === 'form' ? html`<li>${text}</li>` : html`<li><a href="#${ids[name] ?? name}">${text}</a></li>`,
  )
  return html`<div class="notice notice-danger" role="alert" tabindex="-1" autofocus>${icon('alert')}<div><p class="notice-title">${say('problems', { count: lines.length })}</p><ul>${items}</ul></div></div>`
}

/** The main button of a form. */
export function submitButton(label: Html, more: Attributes = {}): Html {
  return html`<button class="button button-primary"${attributes(more)}>${label}</button>`
}
