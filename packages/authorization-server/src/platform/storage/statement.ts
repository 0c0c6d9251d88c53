// A statement whose text is made once, where it is declared; each use only brings its values. For what every request runs: a
// tagged template that nests others is put together anew each time, and its text hashed to find the prepared statement.
import type { Bindable } from './bindings.ts'
import type { Query, Sql } from './sql.ts'

class Place {
  readonly index: number

  constructor(index: number) {
    this.index = index
  }
}

/**
 * @param build puts each of its arguments somewhere into the statement, as it is; it is called once, with stand-ins
 * @throws TypeError when an argument stands nowhere: it was computed with, and the result would be the same for ever
 */
export function statement<Values extends readonly Bindable[]>(
  build: (...places: Values) => Sql,
): (...values: Values) => Query {
  const places = Array.from({ length: build.length }, (_, index) => new Place(index))
  const { sql, text, values: order } = build(...(places as unknown as Values))
  for (const place of places) {
    if (!order.includes(place)) throw new TypeError(`Argument ${place.index + 1} has no place in the statement.`)
  }
  return (...values) => ({
    sql,
    text,
    values: order.map((one) => (one instanceof Place ? values[one.index] : one)),
  })
}
