// Decides how a form of an address looks: labels, what was typed, and what was wrong with it beside its field.
import { asFields } from '../fields.ts'
import type { Shown } from '../views.ts'
import { html, type Html } from './html.ts'

export interface FormField {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'password' | 'number'
  readonly autocomplete: 'username' | 'current-password' | 'new-password' | 'off'
  readonly hint?: string
  readonly value?: string | undefined
  readonly isCode?: boolean
}

export interface Form {
  readonly title?: string
  readonly action: string
  readonly fields: readonly FormField[]
  readonly button: string
  /** What the form means where it cannot say so itself. */
  readonly method?: string
}

/** The form, with what was just sent to it when that was refused. */
export function viewForm(form: Form, shown: Shown): Html {
  const isRefused = shown.method === 'POST' && shown.answer?.status === 400
  const errors = isRefused ? messagesOf(shown.answer.value) : {}
  const fields = form.fields.map((field) => {
    const typed = isRefused && field.kind !== 'password' ? shown.sent[field.name] : undefined
    return fieldOf(field, typeof typed === 'string' ? typed : field.value, errors[field.name] ?? [])
  })
  return html`<form class="panel" method="post" action="${form.action}" novalidate>
${form.title !== undefined && html`<h2>${form.title}</h2>`}
${form.method !== undefined && html`<input type="hidden" name="_method" value="${form.method}">`}
${fields}
<button class="button button-primary">${form.button}</button>
</form>`
}

function fieldOf(field: FormField, value: string | undefined, errors: readonly string[]): Html {
  const { name, label, kind, autocomplete, hint } = field
  const described = [hint !== undefined && `${name}-hint`, errors.length > 0 && `${name}-error`]
    .filter(Boolean)
    .join(' ')
  const type = kind === 'password' ? 'password' : 'text'
  const mode = kind === 'number' && html` inputmode="numeric"`
  const more = described !== '' && html` aria-describedby="${described}"`
  const wrong = errors.length > 0 && html` aria-invalid="true"`
  const spelling = kind === 'text' && html` autocapitalize="none" spellcheck="false"`
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
<input${field.isCode === true && html` class="code"`} id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" required${mode}${spelling}${more}${wrong}>
${errors.length > 0 && html`<p class="error" id="${name}-error">${errors.join(' ')}</p>`}
</div>`
}

/** The members of a refusal that are lists of sentences. */
function messagesOf(value: unknown): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(asFields(value)).flatMap(([name, list]) =>
      Array.isArray(list) ? [[name, list.map((sentence) => String(sentence))]] : [],
    ),
  )
}
