import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from './sql.ts'
import { statement } from './statement.ts'

test('a statement is built once and takes its values by name, wherever and however often they stand', () => {
  let built = 0
  const find = statement<{ id: number; name: string }>((at) => {
    built += 1
    return sql`select ${at.name}, ${1} from ${sql`t where id = ${at.id}`} and other = ${at.id}`
  })
  const [first, second] = [find({ id: 7, name: 'a' }), find({ id: 8, name: 'b' })]
  assert.equal(built, 1)
  assert.equal(first.sql, 'select ?, ? from t where id = ? and other = ?')
  assert.equal(first.text, 'select $1, $2 from t where id = $3 and other = $4')
  assert.deepEqual(first.values, ['a', 1, 7, 7])
  assert.deepEqual(second.values, ['b', 1, 8, 8])
})

test('a value that is computed with, instead of placed, is refused where the statement is declared', () => {
  assert.throws(() => statement<{ flag: number }>((at) => sql`select ${at.flag ? 1 : 0}`), /flag has no place/)
})
