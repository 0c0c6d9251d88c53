import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from './sql.ts'
import { statement } from './statement.ts'

test('a statement is built once and takes its values by place, wherever and however often they stand', () => {
  let built = 0
  const find = statement((id: number, name: string) => {
    built += 1
    return sql`select ${name}, ${1} from ${sql`t where id = ${id}`} and other = ${id}`
  })
  const [first, second] = [find(7, 'a'), find(8, 'b')]
  assert.equal(built, 1)
  assert.equal(first.sql, 'select ?, ? from t where id = ? and other = ?')
  assert.equal(first.text, 'select $1, $2 from t where id = $3 and other = $4')
  assert.deepEqual(first.values, ['a', 1, 7, 7])
  assert.deepEqual(second.values, ['b', 1, 8, 8])
})

test('an argument that is computed with, instead of placed, is refused where the statement is declared', () => {
  assert.throws(() => statement((flag: number) => sql`select ${flag ? 1 : 0}`), /Argument 1 has no place/)
})
