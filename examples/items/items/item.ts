// Decides what an item is, and how it is read from a body and shown: the name is at most 50 characters, the description 250.
import type { LocalUser } from '@latchkey/resource-server'
import { errorsOf, type FieldErrors, fieldOf, type Fields, readText } from '../fields.ts'
import { formatPrice, readPrice } from './price.ts'

export interface ItemValues {
  readonly name: string
  readonly description: string
  /** In cents. */
  readonly price: number
}

export interface Item extends ItemValues {
  readonly id: number
  readonly owner: Pick<LocalUser, 'id' | 'email' | 'username'>
}

export interface ReadItem {
  /** What is right, also when something else is wrong. */
  readonly values: Partial<ItemValues>
  readonly errors: FieldErrors | undefined
}

const fieldNames = ['name', 'description', 'price'] as const

/** Reads the fields; with `partial` those that are absent stay as they are. */
export function readItem(fields: Fields, partial: boolean): ReadItem {
  const wanted = (name: string): boolean => !partial || fieldOf(fields, name) !== undefined
  const reads = {
    name: wanted('name') ? readText(fieldOf(fields, 'name'), { max: 50 }) : undefined,
    description: wanted('description') ? readText(fieldOf(fields, 'description'), { max: 250 }) : undefined,
    price: wanted('price') ? readPrice(fieldOf(fields, 'price')) : undefined,
  }
  const values = Object.fromEntries(
    fieldNames.flatMap((name) => {
      const read = reads[name]
      return read !== undefined && 'value' in read ? [[name, read.value]] : []
    }),
  )
  return { values, errors: errorsOf(reads) }
}

/** The item as the API shows it. */
export function shownItem({ id, name, description, price, owner }: Item): Readonly<Record<string, unknown>> {
  return { id, name, description, price: formatPrice(price), user: { id: owner.id, email: emailOf(owner) } }
}

/** Where introspection gives a username only, it is the e-mail address that people sign in with. */
export function emailOf({ email, username }: Item['owner']): string | null {
  return email ?? (username?.includes('@') === true ? username : null)
}
