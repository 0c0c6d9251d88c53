// The pieces that pages are made of: fields with their errors, buttons, badges, notices, icons.
import { html, type Html } from './html.ts'

export type IconName = 'api' | 'box' | 'people' | 'key' | 'alert' | 'check' | 'warning' | 'plus'

const paths: Readonly<Record<IconName, Html>> = {
  api: html`<path d="m8.5 7.5-5 4.5 5 4.5M15.5 7.5l5 4.5-5 4.5"/>`,
  box: html`<path d="M12 3.75 19.5 8v8L12 20.25 4.5 16V8L12 3.75Z"/><path d="M4.75 8.1 12 12.25l7.25-4.15M12 12.25v8"/>`,
  people: html`<circle cx="9" cy="8.5" r="3.25"/><path d="M3.25 19.25c.5-3.4 2.6-5.25 5.75-5.25s5.25 1.85 5.75 5.25M15.5 5.6a3.25 3.25 0 0 1 0 5.8M17.25 14.4c2 .7 3.2 2.3 3.5 4.85"/>`,
  key: html`<circle cx="8" cy="12" r="4"/><path d="M12 12h8.5v3.5M16.5 12v2.75"/>`,
  alert: html`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.75v5"/><path d="M12 16.2v.05"/>`,
  check: html`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
  warning: html`<path d="M12 4.5 3.25 19.25h17.5L12 4.5Z"/><path d="M12 10.25v4"/><path d="M12 16.7v.05"/>`,
  plus: html`<path d="M12 5.5v13M5.5 12h13"/>`,
}

export function icon(name: IconName): Html {
  return html`<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${paths[name]}</svg>`
}

export type Tone = 'info' | 'success' | 'warning' | 'danger'

export function badge(text: string, tone?: Tone): Html {
  return html`<span class="badge${tone !== undefined && ` badge-${tone}`}">${text}</span>`
}

export function notice(tone: Tone, body: Html | string): Html {
  const name = tone === 'success' ? 'check' : tone === 'warning' ? 'warning' : 'alert'
  return html`<div class="notice notice-${tone}" role="${tone === 'danger' ? 'alert' : 'status'}">${icon(name)}<div>${body}</div></div>`
}

export interface Field {
  readonly name: string
  readonly label: string
  readonly value?: string | undefined
  readonly hint?: string
  readonly errors?: readonly string[] | undefined
  readonly kind?: 'text' | 'email' | 'password' | 'lines'
  readonly autocomplete?: string
  readonly inputMode?: 'decimal' | 'email'
  readonly maxLength?: number
}

/** A label, its field and what is wrong with it. */
export function field({ name, label, value = '', errors = [], ...rest }: Field): Html {
  const isWrong = errors.length > 0
  const described = [rest.hint !== undefined && `${name}-hint`, isWrong && `${name}-error`].filter((id) => id !== false)
  const attributes = html`id="${name}" name="${name}" class="input" required${
    rest.autocomplete !== undefined && html` autocomplete="${rest.autocomplete}"`
  }${rest.inputMode !== undefined && html` inputmode="${rest.inputMode}"`}${
    rest.maxLength !== undefined && html` maxlength="${rest.maxLength}"`
  }${described.length > 0 && html` aria-describedby="${described.join(' ')}"`}${isWrong && html` aria-invalid="true"`}`
  const input =
    rest.kind === 'lines'
      ? html`<textarea ${attributes} rows="3">
${value}</textarea>`
      : html`<input ${attributes} type="${rest.kind ?? 'text'}"${rest.kind !== 'password' && html` value="${value}"`}>`
  return html`<div class="field${isWrong && ' field-wrong'}">
<label for="${name}">${label}</label>
${rest.hint !== undefined && html`<p class="hint" id="${name}-hint">${rest.hint}</p>`}
${input}
${isWrong && html`<p class="field-error" id="${name}-error">${icon('alert')}<span>${errors.join(' ')}</span></p>`}
</div>`
}

export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`
}
