// A child process for the kill test: writes an increasing ledger and prints each number after its commit is
// acknowledged. Every entry moves the balance in the same list, so a torn list would show.

import { writeSync } from 'node:fs'
import { guarded, openSqlite, sql } from '../../packages/authorization-server/src/platform/storage/index.ts'

const [file = '', from = '1'] = process.argv.slice(2)
const database = await openSqlite({ file })
let next = Number(from)

async function writer(): Promise<never> {
  for (;;) {
    const entry = next
    next += 1
    const result = await database.commit([
      guarded(sql`insert into ledger (entry) values (${entry})`),
      guarded(sql`update balance set total = total + ${entry}`),
    ])
    if (!result.won) throw new Error(`entry ${entry} was refused`)
    writeSync(1, `${entry}\n`)
  }
}

await Promise.all(Array.from({ length: 8 }, writer))
