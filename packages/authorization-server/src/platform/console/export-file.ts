// A list as a file, piece by piece, so that a million rows take no more memory than a page of them.
// CSV as in RFC 4180; a cell that a spreadsheet would take for a formula is made text by an apostrophe (OWASP, CSV injection).
// Between two pages everybody else has a turn: reading and writing a page takes a few milliseconds, and nobody waits longer for a file.
import { scheduler } from 'node:timers/promises'
import type { Database } from '../storage/index.ts'
import { type ListQuery, mostRows } from './list-query.ts'
import type { Entry, Noun } from './noun.ts'
import { listEntries, type Owner } from './store.ts'
import { valueText } from './values.ts'

export type Complete = (entries: readonly Entry[]) => Promise<readonly Entry[]>

export interface ExportSource {
  readonly database: Database
  readonly noun: Noun
  readonly query: ListQuery
  readonly owner: Owner
  readonly complete: Complete
}

async function* pagesOf(source: ExportSource): AsyncGenerator<readonly Entry[], undefined> {
  const { database, noun, query, owner } = source
  // In the order of the keys, in which a row keeps its place; a search has an order of its own.
  let after = query.after
  do {
    const listed = await listEntries(database, noun, { ...query, after, limit: mostRows }, owner)
    yield await source.complete(listed.entries)
    after = listed.next
    await scheduler.yield()
  } while (after !== undefined)
}

/** A text for each part of the file, without the rest of it: what the first rows tell of its size. */
export interface FirstRows {
  readonly rows: number
  readonly csvBytes: number
  readonly jsonBytes: number
}

export async function firstRowsOf(source: ExportSource, write: (entry: Entry) => unknown): Promise<FirstRows> {
  const pages = pagesOf(source)
  const { value } = await pages.next()
  await pages.return(undefined)
  const entries: readonly Entry[] = value ?? []
  const fields = csvFields(source.noun)
  return {
    rows: entries.length,
    csvBytes: Buffer.byteLength(csvLines(fields, entries)),
    jsonBytes: Buffer.byteLength(entries.map((entry) => `,\n${JSON.stringify(write(entry))}`).join('')),
  }
}

function csvFields(noun: Noun): Noun['fields'] {
  return noun.fields.filter(({ kind }) => kind !== 'password')
}

function csvLines(fields: Noun['fields'], entries: readonly Entry[]): string {
  return entries
    .map(({ id, values }) =>
      [id, ...fields.map((field) => valueText(field, values[field.name]))].map(csvCell).join(','),
    )
    .map((line) => `${line}\r\n`)
    .join('')
}

export async function* csvOf(source: ExportSource): AsyncGenerator<string> {
  const fields = csvFields(source.noun)
  yield `${['key', ...fields.map(({ name }) => name)].map(csvCell).join(',')}\r\n`
  for await (const entries of pagesOf(source)) {
    if (entries.length > 0) yield csvLines(fields, entries)
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
  const plain = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/u.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
