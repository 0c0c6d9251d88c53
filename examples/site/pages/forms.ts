// The parts of forms, and tables.
import { html, type Html, type HtmlValue } from './html.ts'

export interface Field {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly hint?: string
  readonly mistake?: string | undefined
  readonly type?: 'text' | 'url' | 'email' | 'password'
  readonly isFixed?: boolean
  readonly kind?: 'openid' | 'oauth2'
}

export function textField({ name, label, value, hint, mistake, type = 'text', isFixed = false, kind }: Field): Html {
  const described = [hint !== undefined && `${name}-hint`, mistake !== undefined && `${name}-error`].filter(Boolean)
  return html`<div class="field"${kind !== undefined && html` data-kind="${kind}"`}>
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="off" autocapitalize="none" spellcheck="false"${isFixed && html` readonly`}${mistake !== undefined && html` aria-invalid="true"`}${described.length > 0 && html` aria-describedby="${described.join(' ')}"`}>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${mistake !== undefined && html`<p class="error" id="${name}-error">${mistake}</p>`}
</div>`
}

export function choiceField(name: string, label: string, isTicked: boolean, hint?: string): Html {
  return html`<div class="field"><p class="choice"><input id="${name}" type="checkbox" name="${name}"${isTicked && html` checked`}${hint !== undefined && html` aria-describedby="${name}-hint"`}><label for="${name}">${label}</label></p>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}</div>`
}

export function mistakesNotice(count: number): Html | false {
  return count > 0 && html`<p class="notice" role="alert">Nothing was saved yet. See beside the fields.</p>`
}

/** A table that scrolls by itself where it is wider than the window. */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly HtmlValue[])[]): Html {
  return html`<div class="table" role="region" aria-label="${caption}" tabindex="0"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell, at) => (at === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}</tr>`)}</tbody>
</table></div>`
}

/** A form of one button. */
export function press(action: string, label: string, fields: Readonly<Record<string, string>>, look = ''): Html {
  const hidden = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return html`<form class="press" method="post" action="${action}">${hidden}<button class="button ${look}">${label}</button></form>`
}
