// Where unicorns are kept. Table: unicorns.
import type { DatabaseSync } from 'node:sqlite'
import type { Unicorn, UnicornValues } from './unicorn.ts'

const TABLE = `CREATE TABLE IF NOT EXISTS unicorns (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  age INTEGER NOT NULL
) STRICT`

export interface UnicornStore {
  /** By id. */
  list(): readonly Unicorn[]
  find(id: number): Unicorn | undefined
  add(values: UnicornValues): Unicorn
  /** @returns undefined when it was removed meanwhile */
  change(id: number, values: Partial<UnicornValues>): Unicorn | undefined
  remove(id: number): boolean
}

export function createUnicornStore(database: DatabaseSync): UnicornStore {
  database.exec(TABLE)
  const all = database.prepare('SELECT * FROM unicorns ORDER BY id')
  const one = database.prepare('SELECT * FROM unicorns WHERE id = ?')
  const insert = database.prepare('INSERT INTO unicorns (name, age) VALUES (?, ?) RETURNING *')
  const update = database.prepare(
    'UPDATE unicorns SET name = coalesce(?, name), age = coalesce(?, age) WHERE id = ? RETURNING *',
  )
  const erase = database.prepare('DELETE FROM unicorns WHERE id = ?')
  return {
    list: () => all.all().map(unicornOfRow),
    find: (id) => maybeUnicorn(one.get(id)),
    add: ({ name, age }) => unicornOfRow(insert.get(name, age) ?? {}),
    change: (id, { name, age }) => maybeUnicorn(update.get(name ?? null, age ?? null, id)),
    remove: (id) => Number(erase.run(id).changes) === 1,
  }
}

type Row = Readonly<Record<string, unknown>>

function maybeUnicorn(row: Row | undefined): Unicorn | undefined {
  return row === undefined ? undefined : unicornOfRow(row)
}

function unicornOfRow(row: Row): Unicorn {
  return { id: Number(row['id']), name: String(row['name']), age: Number(row['age']) }
}
