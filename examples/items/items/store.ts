// Where items are kept. Table: items.
import type { DatabaseSync } from 'node:sqlite'
import type { Item, ItemValues } from './item.ts'

const TABLE = `CREATE TABLE IF NOT EXISTS items (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
  user_id INTEGER NOT NULL REFERENCES local_users (id) ON DELETE CASCADE
) STRICT`

const SELECT = `SELECT items.id, name, description, price_cents, user_id, username, email
  FROM items JOIN local_users ON local_users.id = items.user_id`

export interface ItemStore {
  /** By id; of a search those whose name or description has the text. */
  list(search?: string): readonly Item[]
  find(id: number): Item | undefined
  /** Whether another item has the name. */
  isTaken(name: string, exceptId?: number): boolean
  /** @returns undefined when the name was taken meanwhile */
  add(values: ItemValues, userId: number): Item | undefined
  /** @returns undefined when the name was taken, or the item removed, meanwhile */
  change(id: number, values: ItemValues): Item | undefined
  remove(id: number): boolean
  /** How many items each user has. */
  countByUser(): ReadonlyMap<number, number>
}

/** Keeps items in a SQLite database that has the table of local users already. */
export function createItemStore(database: DatabaseSync): ItemStore {
  database.exec(TABLE)
  const all = database.prepare(`${SELECT} ORDER BY items.id`)
  const matching = database.prepare(
    `${SELECT} WHERE instr(lower(name), lower(:text)) > 0 OR instr(lower(description), lower(:text)) > 0 ORDER BY items.id`,
  )
  const one = database.prepare(`${SELECT} WHERE items.id = ?`)
  const named = database.prepare('SELECT id FROM items WHERE name = ? AND id <> ?')
  const insert = database.prepare(
    'INSERT INTO items (name, description, price_cents, user_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id',
  )
  const update = database.prepare(
    'UPDATE OR IGNORE items SET name = ?, description = ?, price_cents = ? WHERE id = ? RETURNING id',
  )
  const erase = database.prepare('DELETE FROM items WHERE id = ?')
  const counts = database.prepare('SELECT user_id, count(*) AS number FROM items GROUP BY user_id')
  const find = (id: number): Item | undefined => {
    const row = one.get(id)
    return row === undefined ? undefined : itemOfRow(row)
  }
  const written = (row: Readonly<Record<string, unknown>> | undefined): Item | undefined => {
    const id = row?.['id']
    return typeof id === 'number' ? find(id) : undefined
  }
  return {
    list: (search) => (search === undefined ? all.all() : matching.all({ text: search })).map(itemOfRow),
    find,
    isTaken: (name, exceptId = 0) => named.get(name, exceptId) !== undefined,
    add: ({ name, description, price }, userId) => written(insert.get(name, description, price, userId)),
    change: (id, { name, description, price }) => written(update.get(name, description, price, id)),
    remove: (id) => Number(erase.run(id).changes) === 1,
    countByUser: () => new Map(counts.all().map((row) => [Number(row['user_id']), Number(row['number'])])),
  }
}

function itemOfRow(row: Readonly<Record<string, unknown>>): Item {
  return {
    id: Number(row['id']),
    name: String(row['name']),
    description: String(row['description']),
    price: Number(row['price_cents']),
    owner: {
      id: Number(row['user_id']),
      username: maybeText(row['username']),
      email: maybeText(row['email']),
    },
  }
}

function maybeText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
