// A lane is a connection that writes lists, one at a time, and a row that says which of its lists was the last to be
// committed: each list raises it in its own transaction. When a connection breaks before the answer, that row tells on
// another connection whether the list was committed. Asking raises it as well, so a list that is still on its way to the
// server finds its number taken and loses: the answer cannot become wrong afterwards.

import { abridged, bindings } from './bindings.ts'
import { integer } from './decode.ts'
import type { BatchOutcome, Statement } from './postgres-batch.ts'
import { type ConnectSettings, PostgresConnection } from './postgres-connection.ts'
import { postgresFault, safeReason } from './postgres-errors.ts'
import { readShape, writeShape } from './postgres-text.ts'
import { type Sql, sql, type Write } from './sql.ts'

/** A list as it travels. */
export interface List {
  readonly statements: readonly Statement[]
  /** Whether it defines tables: such lists take turns over all processes, and have all the time they need. */
  readonly defines: boolean
}

/** unknown: the connection broke after the list was sent as this number of its lane. */
export type ListOutcome =
  | { readonly kind: 'won' }
  | { readonly kind: 'lost'; readonly at: number }
  | { readonly kind: 'mistake' | 'failed'; readonly at: number; readonly reason: string }
  | { readonly kind: 'again'; readonly reason: string }
  | { readonly kind: 'busy'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly number: number; readonly reason: string }

/** committed and undone are final; forgotten: the lane's row is gone; unreachable: ask again. */
export type Fate = 'committed' | 'undone' | 'forgotten' | 'unreachable'

const definitionLock = 0x6c61_7463

/** @throws Error for a statement that is not a write, TypeError for a value that cannot be stored */
export function listOf(writes: readonly Write[]): List {
  const statements = writes.map(({ statement, rows }): Statement => {
    const { text } = statement
    return { shape: writeShape(text, rows), values: bindings(statement) }
  })
  const defines = statements.some(({ shape }) => shape.kind === 'definition')
  return { defines, statements }
}

export function readOf(query: Sql): Statement {
  return { shape: readShape(query.text), values: bindings(query) }
}

function writeOf(statement: Sql, rows: Write['rows']): Statement {
  return { shape: writeShape(statement.text, rows), values: bindings(statement) }
}

export class Lane {
  readonly #connection: PostgresConnection
  readonly id: number
  /** Even for lists; one more is what a question leaves behind. */
  #number = 0

  private constructor(connection: PostgresConnection, id: number) {
    this.#connection = connection
    this.id = id
  }

  static async open(settings: ConnectSettings, ended: () => void): Promise<Lane> {
    const connection = await PostgresConnection.open(settings, ended)
    const created = await connection.run([
      // Rows of processes that died. A lane lives for hours, so it does not matter whose clock tells a day.
      writeOf(sql`delete from storage_lanes where opened_at < now() - interval '1 day'`, 'any'),
      writeOf(sql`insert into storage_lanes default values`, 1),
      readOf(sql`select currval(pg_get_serial_sequence('storage_lanes', 'lane')) as lane`),
    ])
    const answer = created.kind === 'done' ? created.answers[2] : undefined
    const row = answer instanceof Error ? undefined : answer?.[0]
    if (row === undefined) {
      connection.destroy('it could not become a lane')
      throw new Error(`PostgreSQL gives no lane: ${reasonOf(created)}`)
    }
    return new Lane(connection, integer(row, 'lane'))
  }

  get isAlive(): boolean {
    return this.#connection.isAlive
  }

  get ageMs(): number {
    return this.#connection.ageMs
  }

  async apply(list: List): Promise<ListOutcome> {
    this.#number += 2
    const number = this.#number
    const raise = sql`update storage_lanes set last = ${number} where lane = ${this.id} and last < ${number}`
    const before = [writeOf(raise, 1), ...(list.defines ? definitionTurn() : [])]
    const outcome = await this.#connection.run([...before, ...list.statements], list.defines)
    if (outcome.kind === 'broken') return { kind: 'unknown', number, reason: outcome.reason }
    if (outcome.kind === 'done') return { kind: 'won' }
    return this.#refused(outcome, outcome.at - before.length, list)
  }

  async close(): Promise<void> {
    await this.#connection.run([writeOf(sql`delete from storage_lanes where lane = ${this.id}`, 'any')])
    await this.#connection.close()
  }

  #refused({ refusal }: Extract<BatchOutcome, { kind: 'refused' }>, at: number, list: List): ListOutcome {
    const fault = postgresFault(refusal)
    const reason = safeReason(refusal)
    // Its row is gone, or the server turned read-only: another connection may do better.
    const isUseless = (fault === 'lost' && at < 0) || refusal.code === '25006'
    if (isUseless) this.#connection.destroy('the lane was lost')
    if (fault === 'forgotten') this.#connection.forget()
    if (isUseless || fault === 'again' || fault === 'forgotten') return { kind: 'again', reason }
    if (fault === 'lost') return { kind: 'lost', at }
    if (fault === 'busy') return { kind: 'busy', reason }
    const text = abridged(list.statements[at]?.shape.text ?? '')
    return { kind: fault, at, reason: `"${text}": ${reason}` }
  }
}

/** One process defines tables at a time. Without it, two that create the same table "if not exists" can both fail. */
function definitionTurn(): readonly Statement[] {
  return [
    readOf(sql`select set_config('statement_timeout', '0', true)`),
    readOf(sql`select pg_advisory_xact_lock(${definitionLock})`),
  ]
}

/** What became of the list that was sent as this number. Waits for its transaction if that still runs. */
export async function fateOf(connection: PostgresConnection, lane: number, number: number): Promise<Fate> {
  const asked = number + 1
  const outcome = await connection.run([
    writeOf(sql`update storage_lanes set last = ${asked} where lane = ${lane} and last < ${number}`, 'any'),
    readOf(sql`select last from storage_lanes where lane = ${lane}`),
  ])
  if (outcome.kind !== 'done') return 'unreachable'
  const [, answer] = outcome.answers
  if (answer === undefined || answer instanceof Error) return 'unreachable'
  const [row] = answer
  if (row === undefined) return 'forgotten'
  return integer(row, 'last') === number ? 'committed' : 'undone'
}

/** Makes the table of the lanes where it is missing. */
export async function prepareLanes(connection: PostgresConnection): Promise<void> {
  const found = await connection.run([readOf(sql`select to_regclass('storage_lanes') is not null as found`)])
  const answer = found.kind === 'done' ? found.answers[0] : undefined
  if (answer !== undefined && !(answer instanceof Error) && answer[0]?.['found'] === true) return
  const table = sql`create table if not exists storage_lanes (
    lane bigint generated by default as identity primary key,
    last bigint not null default 0,
    opened_at timestamptz not null default now()
  ) with (fillfactor = 50)`
  const made = await connection.run([...definitionTurn(), writeOf(table, 'any')], true)
  if (made.kind !== 'done') throw new Error(`PostgreSQL refuses to make the table storage_lanes: ${reasonOf(made)}`)
}

export function reasonOf(outcome: BatchOutcome): string {
  if (outcome.kind === 'refused') return safeReason(outcome.refusal)
  return outcome.kind === 'broken' ? outcome.reason : 'an answer is missing'
}
