// Decides the order of tables, whether two engines mean the same table, and how its rows are written down: a JSON array for
// each row, so that equal rows give equal text, and equal tables equal digests, on both engines.

import { createHash, type Hash } from 'node:crypto'
import {
  type Cell,
  type Column,
  type Line,
  type TableContents,
  type TableShape,
  TransferRefused,
} from './transfer-source.ts'

/** Tables of the engines' own: they tell of processes, not of the installation. */
export const engineTables: readonly string[] = ['schema_migrations', 'storage_lanes']

/** Tables after those that they point to, by name where that does not decide. */
export function inOrderOfReferences(tables: readonly TableShape[]): readonly TableShape[] {
  const left = new Map(tables.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((table) => [table.name, table]))
  const ordered: TableShape[] = []
  while (left.size > 0) {
    const next = [...left.values()].find((table) =>
      table.references.every((name) => name === table.name || !left.has(name)),
    )
    if (next === undefined) throw new Error(`These tables point to each other: ${[...left.keys()].join(', ')}.`)
    left.delete(next.name)
    ordered.push(next)
  }
  return ordered
}

/** @throws TransferRefused when the rows of one would not fit into the other */
export function assertAlike(theirs: readonly TableContents[], ours: readonly TableShape[]): void {
  const described = ({ name, columns }: TableContents | TableShape): string =>
    `${name} (${columns
      .map((column) => `${column.name} ${column.kind}`)
      .toSorted()
      .join(', ')})`
  const wanted = new Set(ours.map(described))
  const unlike = theirs.map(described).filter((table) => !wanted.has(table))
  const missing = ours.filter(({ name }) => !theirs.some((table) => table.name === name)).map(({ name }) => name)
  if (unlike.length + missing.length > 0) {
    throw new TransferRefused(
      'unlike',
      `Its tables are not those of its migrations: ${[...unlike, ...missing].join('; ')}.`,
    )
  }
}

/** A row as a line of text. */
export function written(line: Line): string {
  return JSON.stringify(line.map((cell) => (cell instanceof Uint8Array ? Buffer.from(cell).toString('base64') : cell)))
}

/** @throws TransferRefused for anything that `written` does not make of a row of these columns */
export function lineOf(value: unknown, { name, columns }: Pick<TableContents, 'name' | 'columns'>): Line {
  if (!Array.isArray(value) || value.length !== columns.length) {
    throw new TransferRefused('damaged', `A row of ${name} does not have ${columns.length} columns.`)
  }
  const cells: readonly unknown[] = value
  return columns.map((column, at) => cellOf(cells[at], column, name))
}

function cellOf(value: unknown, column: Column, table: string): Cell {
  if (value === null) return null
  if (column.kind === 'integer' && typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (column.kind === 'text' && typeof value === 'string') return value
  if (column.kind === 'bytes' && typeof value === 'string') return Buffer.from(value, 'base64')
  throw new TransferRefused('damaged', `A row of ${table} holds no ${column.kind} in ${column.name}.`)
}

/** Counts the rows of a table, takes their digest, and sees the highest number in the counted column. */
export class TableDigest {
  readonly #hash: Hash = createHash('sha256')
  readonly #counted: number
  rows = 0
  highest = 0

  constructor({ columns, counted }: Pick<TableContents, 'columns' | 'counted'>) {
    this.#counted = columns.findIndex((column) => column.name === counted)
  }

  add(lines: readonly Line[], text: string = linesOf(lines)): void {
    this.#hash.update(text)
    this.rows += lines.length
    if (this.#counted < 0) return
    for (const line of lines) this.highest = Math.max(this.highest, Number(line[this.#counted]))
  }

  digest(): string {
    return this.#hash.digest('base64url')
  }
}

export function linesOf(lines: readonly Line[]): string {
  return lines.map((line) => `${written(line)}\n`).join('')
}

/** A name in SQL. Names come from the engine's own catalogue, and after a backup file only once they are found there. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function selectText({ name, columns }: TableContents, key: readonly string[]): string {
  const names = columns.map((column) => quoted(column.name)).join(', ')
  return `select ${names} from ${quoted(name)} order by ${key.map(quoted).join(', ')}`
}
