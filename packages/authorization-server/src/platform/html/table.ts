// Decides how rows are shown: a real table with a caption; on a narrow screen each row becomes a card with its column titles.
import { attributes } from './attributes.ts'
import { html, type Html } from './html.ts'

export interface Column {
  readonly title: string
  /** The column that names the row for screen readers. */
  readonly heads?: boolean
  /** Buttons: aligned to the end, its title only for screen readers. */
  readonly actions?: boolean
}

export interface Table {
  readonly caption: Html
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Html[])[]
}

// ARIA roles are repeated because `display: block` on a narrow screen takes a table's own roles away.
export function table(content: Table): Html {
  const head = content.columns.map((column) =>
    column.actions === true
      ? html`<th scope="col" role="columnheader"><span class="unseen">${column.title}</span></th>`
      : html`<th scope="col" role="columnheader">${column.title}</th>`,
  )
  return html`<div class="table-frame"><table class="table" role="table">
<caption class="unseen">${content.caption}</caption>
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">${content.rows.map((row) => html`<tr role="row">${row.map((cell, i) => bodyCell(content.columns[i], cell))}</tr>\n`)}</tbody>
</table></div>`
}

function bodyCell(column: Column | undefined, cell: Html): Html {
  if (column?.heads === true) return html`<th scope="row" role="rowheader">${cell}</th>`
  if (column?.actions === true) return html`<td class="cell-actions" role="cell">${cell}</td>`
  return html`<td role="cell"${attributes({ 'data-title': column?.title })}>${cell}</td>`
}

/** A list of facts: term and value. */
export function facts(rows: readonly (readonly [Html, Html | string | number])[]): Html {
  return html`<dl class="facts">${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`
}
