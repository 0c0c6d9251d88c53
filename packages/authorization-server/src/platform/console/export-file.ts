// A list as a file, piece by piece, so that a million rows take no more memory than a page of them.
// CSV as in RFC 4180; a cell that a spreadsheet would take for a formula is made text by an apostrophe (OWASP, CSV injection).
import type { Database } from '../storage/index.ts'
import type { ListQuery } from './list-query.ts'
import type { Entry, Noun } from './noun.ts'
import { listEntries, type Owner } from './store.ts'
import { valueText } from './values.ts'

const rowsAtOnce = 500

export type Complete = (entries: readonly Entry[]) => Promise<readonly Entry[]>

export interface ExportSource {
  readonly database: Database
  readonly noun: Noun
  readonly query: ListQuery
  readonly owner: Owner
  readonly complete: Complete
}

async function* pagesOf(source: ExportSource): AsyncGenerator<readonly Entry[]> {
  const { database, noun, query, owner } = source
  let after = query.after
  do {
    const listed = await listEntries(database, noun, { ...query, after, limit: rowsAtOnce }, owner)
    yield await source.complete(listed.entries)
    after = listed.next
  } while (after !== undefined)
}

export async function* csvOf(source: ExportSource): AsyncGenerator<string> {
  const fields = source.noun.fields.filter(({ kind }) => kind !== 'password')
  yield `${['key', ...fields.map(({ name }) => name)].map(csvCell).join(',')}\r\n`
  for await (const entries of pagesOf(source)) {
    const lines = entries.map(({ id, values }) =>
      [id, ...fields.map((field) => valueText(field, values[field.name]))].map(csvCell).join(','),
    )
    if (lines.length > 0) yield `${lines.join('\r\n')}\r\n`
  }
}

export async function* jsonOf(source: ExportSource, write: (entry: Entry) => unknown): AsyncGenerator<string> {
  let before = '['
  for await (const entries of pagesOf(source)) {
    const lines = entries.map((entry) => {
      const line = `${before}\n${JSON.stringify(write(entry))}`
      before = ','
      return line
    })
    yield lines.join('')
  }
  yield before === '[' ? '[]\n' : '\n]\n'
}

export function csvCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
