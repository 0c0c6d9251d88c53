// Where snippets are kept. Table: snippets.
import type { DatabaseSync } from 'node:sqlite'
import type { Snippet, SnippetValues } from './snippet.ts'

const TABLE = `CREATE TABLE IF NOT EXISTS snippets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL,
  code TEXT NOT NULL,
  linenos INTEGER NOT NULL,
  language TEXT NOT NULL,
  style TEXT NOT NULL
) STRICT`

export interface SnippetStore {
  /** By id. */
  list(): readonly Snippet[]
  find(id: number): Snippet | undefined
  add(values: SnippetValues): Snippet
  /** @returns undefined when it was removed meanwhile */
  change(id: number, values: SnippetValues): Snippet | undefined
  remove(id: number): boolean
}

export function createSnippetStore(database: DatabaseSync): SnippetStore {
  database.exec(TABLE)
  const all = database.prepare('SELECT * FROM snippets ORDER BY id')
  const one = database.prepare('SELECT * FROM snippets WHERE id = ?')
  const insert = database.prepare(
    'INSERT INTO snippets (title, code, linenos, language, style) VALUES (?, ?, ?, ?, ?) RETURNING *',
  )
  const update = database.prepare(
    'UPDATE snippets SET title = ?, code = ?, linenos = ?, language = ?, style = ? WHERE id = ? RETURNING *',
  )
  const erase = database.prepare('DELETE FROM snippets WHERE id = ?')
  const columns = ({ title, code, linenos, language, style }: SnippetValues) =>
    [title, code, linenos ? 1 : 0, language, style] as const
  return {
    list: () => all.all().map(snippetOfRow),
    find: (id) => maybeSnippet(one.get(id)),
    add: (values) => snippetOfRow(insert.get(...columns(values)) ?? {}),
    change: (id, values) => maybeSnippet(update.get(...columns(values), id)),
    remove: (id) => Number(erase.run(id).changes) === 1,
  }
}

type Row = Readonly<Record<string, unknown>>

function maybeSnippet(row: Row | undefined): Snippet | undefined {
  return row === undefined ? undefined : snippetOfRow(row)
}

function snippetOfRow(row: Row): Snippet {
  return {
    id: Number(row['id']),
    title: String(row['title']),
    code: String(row['code']),
    linenos: row['linenos'] === 1,
    language: String(row['language']),
    style: String(row['style']),
  }
}
