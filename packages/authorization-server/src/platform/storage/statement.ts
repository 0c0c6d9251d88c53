// A statement whose text is made once, where it is declared; each use only brings its values. For what every request runs: a
// tagged template that nests others is put together anew each time, and its text hashed to find the prepared statement.
import type { Bindable } from './bindings.ts'
import type { Query, Sql } from './sql.ts'

class Place {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/**
 * Words that only PostgreSQL has, such as a lock on what is read, stand in a comment: `/*postgres: for share of s*\/`.
 * @param build puts the members of its argument into the statement as they are; it is called once, with stand-ins
 * @throws TypeError when a member was computed with instead of placed: the result would be the same for ever
 * @example const userById = statement<{ id: number }>((at) => sql`select * from users where id = ${at.id}`)
 */
export function statement<Values extends { readonly [Name in keyof Values]: Bindable }>(
  build: (at: Values) => Sql,
): (values: Values) => Query {
  return declared(build, false)
}

/**
 * As {@link statement}, for a read that finds one row at most, by keys that are text or whole numbers. On PostgreSQL those
 * that wait together are asked as one.
 * @throws TypeError as {@link statement} does
 * @example const userById = lookup<{ id: number }>((at) => sql`select * from users where id = ${at.id}`)
 */
export function lookup<Keys extends { readonly [Name in keyof Keys]: string | number }>(
  build: (at: Keys) => Sql,
): (keys: Keys) => Query {
  return declared(build, true)
}

function declared<Values extends { readonly [Name in keyof Values]: Bindable }>(
  build: (at: Values) => Sql,
  isLookup: boolean,
): (values: Values) => Query {
  const places = new Map<string, Place>()
  const standIns = new Proxy(
    {},
    {
      get(_target, name) {
        const place = places.get(String(name)) ?? new Place(String(name))
        places.set(place.name, place)
        return place
      },
    },
  )
  const { sql, text: written, values: order } = build(standIns as Values)
  const text = written.replaceAll(/\/\*postgres: (.*?)\*\//g, '$1')
  for (const place of places.values()) {
    if (!order.includes(place)) throw new TypeError(`The value ${place.name} has no place in the statement.`)
  }
  return (values) => {
    const given: Readonly<Record<string, Bindable>> = values
    return { sql, text, values: order.map((one) => (one instanceof Place ? given[one.name] : one)), isLookup }
  }
}
