// A lane is a connection that writes lists, a few in each turn, and a row that says which lists of its last turn were
// committed: each list marks its place there in its own transaction. When a connection breaks before the answers, that row
// tells on another connection what became of them. Asking ends the turn in that row, so a list that is still on its way
// to the server finds its place closed and loses: the answer cannot become wrong afterwards.

import { abridged, bindings } from './bindings.ts'
import { integer } from './decode.ts'
import type { BatchOutcome, Statement } from './postgres-batch.ts'
import { type ConnectSettings, PostgresConnection } from './postgres-connection.ts'
import { postgresFault, safeReason } from './postgres-errors.ts'
import { readShape, writeShape } from './postgres-text.ts'
import { type Query, sql, type Write } from './sql.ts'

/** A list as it travels. */
export interface List {
  readonly statements: readonly Statement[]
  /** Whether it defines tables: such lists take turns over all processes, and have all the time they need. */
  readonly defines: boolean
}

/** unknown: the connection broke after the list was sent. */
export type ListOutcome =
  | { readonly kind: 'won' }
  | { readonly kind: 'lost'; readonly at: number }
  | { readonly kind: 'mistake' | 'failed'; readonly at: number; readonly reason: string }
  | { readonly kind: 'again'; readonly reason: string }
  | { readonly kind: 'busy'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }

/** What the row says of a turn, for ever: whether the list at a place of it was committed. */
export type Fates = (place: number) => boolean

/** The lists of a turn have the numbers turn * 64 + place; the last number of a turn closes it. */
const PLACES = 64
const CLOSED = 63

/** How many lists a turn may have: their marks are bits of one whole number. */
export const listsPerTurn = 8

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

export function readOf(query: Query): Statement {
  return { shape: readShape(query.text), values: bindings(query) }
}

function writeOf(statement: Query, rows: Write['rows']): Statement {
  return { shape: writeShape(statement.text, rows), values: bindings(statement) }
}

export class Lane {
  readonly #connection: PostgresConnection
  readonly id: number
  #turn = 0

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

  get turn(): number {
    return this.#turn
  }

  /** Begins the next turn with these lists, each its own transaction, in one round trip. */
  apply(lists: readonly List[]): Promise<ListOutcome>[] {
    this.#turn += 1
    const sent = lists.map((list, place) => [mark(this.id, this.#turn, place), ...before(list), ...list.statements])
    const outcomes = this.#connection.runEach(
      sent,
      lists.some((list) => list.defines),
    )
    return lists.map(async (list, place): Promise<ListOutcome> => {
      const outcome = await outcomes[place]
      if (outcome === undefined || outcome.kind === 'broken') {
        return { kind: 'unknown', reason: outcome?.reason ?? 'it was not sent' }
      }
      if (outcome.kind === 'done') return { kind: 'won' }
      return this.#refused(outcome, outcome.at - 1 - before(list).length, list)
    })
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

/** Every list of a turn begins with it, and loses when the turn was closed or the lane removed. */
function mark(lane: number, turn: number, place: number): Statement {
  const number = turn * PLACES + place
  return writeOf(
    sql`update storage_lanes set won = case when last >= ${turn * PLACES} then won else 0 end + ${2 ** place},
      last = ${number} where lane = ${lane} and last < ${number}`,
    1,
  )
}

function before(list: List): readonly Statement[] {
  return list.defines ? definitionTurn() : []
}

/** One process defines tables at a time. Without it, two that create the same table "if not exists" can both fail. */
function definitionTurn(): readonly Statement[] {
  return [
    readOf(sql`select set_config('statement_timeout', '0', true)`),
    readOf(sql`select pg_advisory_xact_lock(${definitionLock})`),
  ]
}

/**
 * Closes a turn, after waiting for a transaction of it that still runs, and says what became of its lists.
 * @returns undefined when the server cannot be asked now, `forgotten` when the lane's row is gone
 */
export async function closeTurn(
  connection: PostgresConnection,
  lane: number,
  turn: number,
): Promise<Fates | 'forgotten' | undefined> {
  const first = turn * PLACES
  const outcome = await connection.run([
    writeOf(
      sql`update storage_lanes set won = case when last >= ${first} then won else 0 end, last = ${first + CLOSED}
        where lane = ${lane} and last < ${first + CLOSED}`,
      'any',
    ),
    readOf(sql`select won from storage_lanes where lane = ${lane}`),
  ])
  const answer = outcome.kind === 'done' ? outcome.answers[1] : undefined
  if (answer === undefined || answer instanceof Error) return undefined
  const [row] = answer
  if (row === undefined) return 'forgotten'
  const won = integer(row, 'won')
  return (place) => Math.floor(won / 2 ** place) % 2 === 1
}

/** Makes the table of the lanes where it is missing. */
export async function prepareLanes(connection: PostgresConnection): Promise<void> {
  const found = await connection.run([readOf(sql`select to_regclass('storage_lanes') is not null as found`)])
  const answer = found.kind === 'done' ? found.answers[0] : undefined
  if (answer !== undefined && !(answer instanceof Error) && answer[0]?.['found'] === true) return
  const table = sql`create table if not exists storage_lanes (
    lane bigint generated by default as identity primary key,
    last bigint not null default 0,
    won bigint not null default 0,
    opened_at timestamptz not null default now()
  ) with (fillfactor = 50)`
  const made = await connection.run([...definitionTurn(), writeOf(table, 'any')], true)
  if (made.kind !== 'done') throw new Error(`PostgreSQL refuses to make the table storage_lanes: ${reasonOf(made)}`)
}

export function reasonOf(outcome: BatchOutcome): string {
  if (outcome.kind === 'refused') return safeReason(outcome.refusal)
  return outcome.kind === 'broken' ? outcome.reason : 'an answer is missing'
}
