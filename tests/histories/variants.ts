// Servers that are broken on purpose, each in one way that servers are really broken in: by what stands between them and their
// database, or in front of them. The product has no switch for any of it.
import { setTimeout as delay } from 'node:timers/promises'
import type { Database, Row, Write } from '../../packages/authorization-server/src/platform/storage/index.ts'
import type { Answer, Post } from '../races/ground.ts'
import { currentPath, type Variant } from './stage.ts'

type Statement = Write['statement']

/** Changes what is read or written; what is not named passes. */
interface Seam {
  readonly rows?: (query: Statement, rows: readonly Row[]) => readonly Row[]
  readonly writes?: (writes: readonly Write[]) => readonly Write[]
}

function through({ rows, writes }: Seam): () => Variant {
  return () => ({
    database: (inner) => ({
      engine: inner.engine,
      all: async (query) => rows?.(query, await inner.all(query)) ?? inner.all(query),
      commit: (list) => inner.commit(writes?.(list) ?? list),
      close: () => inner.close(),
    }),
  })
}

const tells = ({ text }: Statement, ...words: readonly string[]): boolean => words.every((word) => text.includes(word))
const rotates = ({ statement }: Write): boolean => tells(statement, 'update grants set generation')
const inserts = ({ statement }: Write): boolean => tells(statement, 'insert into grants')
const ends = (reason: string, { statement }: Write): boolean =>
  tells(statement, 'update grants set ended_at') && statement.values.includes(reason)
const readsGrant = (query: Statement): boolean => tells(query, 'as standing_user_epoch', 'from grants g', 'where g.id')

/** The same statement with other words; as many values. */
function reworded(write: Write, from: RegExp, to: string): Write {
  const { statement } = write
  if (!from.test(statement.text)) throw new Error(`Nothing in the statement is ${from}.`)
  // One text for each engine: `?` in the one, `$1` in the other.
  const [forSqlite, forPostgres] = [statement.sql.replace(from, to), statement.text.replace(from, to)]
  return { ...write, statement: { ...statement, sql: forSqlite, text: forPostgres } }
}

function rewording(matches: (write: Write) => boolean, from: RegExp, to: string): () => Variant {
  return through({ writes: (list) => list.map((write) => (matches(write) ? reworded(write, from, to) : write)) })
}

/** Acknowledged, and never written. */
function losing(matches: (write: Write) => boolean): () => Variant {
  return through({ writes: (list) => list.filter((write) => !matches(write)) })
}

/** Grants as they were at most so long ago. */
function remembering(forMs: number, applies: () => boolean): () => Variant {
  return () => {
    const known = new Map<string, { readonly rows: Promise<readonly Row[]>; readonly at: number }>()
    const read = (inner: Database, query: Statement): Promise<readonly Row[]> => {
      const key = JSON.stringify([query.text, query.values])
      const found = known.get(key)
      if (found !== undefined && performance.now() - found.at < forMs) return found.rows
      const rows = inner.all(query)
      known.set(key, { rows, at: performance.now() })
      return rows
    }
    return {
      database: (inner) => ({
        engine: inner.engine,
        all: (query) => (readsGrant(query) && applies() ? read(inner, query) : inner.all(query)),
        commit: (writes) => inner.commit(writes),
        close: () => inner.close(),
      }),
    }
  }
}

function acknowledgingEarly(): Variant {
  return {
    database: (inner) => ({
      engine: inner.engine,
      all: (query) => inner.all(query),
      commit: async (writes) => {
        if (!writes.some((write) => rotates(write) || inserts(write))) return inner.commit(writes)
        void delay(20).then(() => inner.commit(writes))
        return { won: true }
      },
      close: () => inner.close(),
    }),
  }
}

/** A list whose answer was lost is simply sent again. */
function sendingAgain(): Variant {
  return {
    database: (inner) => ({
      engine: inner.engine,
      all: (query) => inner.all(query),
      commit: async (writes) => {
        const result = await inner.commit(writes)
        const isAgain = writes.some((write) => rotates(write) || inserts(write)) && Math.random() < 0.2
        return isAgain ? inner.commit(writes) : result
      },
      close: () => inner.close(),
    }),
  }
}

/** Within the grace a retry is rotated like any other, so that each retry gets a successor of its own. */
function mintingSuccessors(): Variant {
  const successors = new Map<string, string>()
  const newest = (token: string): string => {
    const next = successors.get(token)
    return next === undefined ? token : newest(next)
  }
  return {
    front: (inner: Post): Post => {
      return async (path, fields, headers): Promise<Answer> => {
        const { refresh_token: presented } = fields
        if (presented === undefined) return inner(path, fields, headers)
        const sent = newest(presented)
        const answer = await inner(path, { ...fields, refresh_token: sent }, headers)
        const { refresh_token: given } = answer.body
        if (answer.status === 200 && typeof given === 'string' && given !== sent) successors.set(sent, given)
        return answer
      }
    },
  }
}

/** What each variant gets wrong, and how it is made. */
export const variants: Readonly<Record<string, () => Variant>> = {
  'a rotation that checks first and acts later': rewording(rotates, / and generation = (\?|\$\d+)/, ' and 0 <= $1'),
  'introspection that answers from a cache': remembering(200, () => currentPath() === '/o/introspect/'),
  'authority that is read from a replica behind': remembering(50, () => true),
  'a revocation that is acknowledged and lost': losing((write) => ends('revoked-by-client', write)),
  'a rotation that is acknowledged and lost': losing(rotates),
  'a redemption that does not ask whether it was the first': through({
    writes: (list) => list.map((write) => (inserts(write) ? { ...write, rows: 'any' } : write)),
  }),
  'a replayed code that leaves its grant alive': losing((write) => ends('code-replayed', write)),
  'a reused refresh token that leaves its grant alive': losing((write) => ends('refresh-token-reused', write)),
  'a grace in which every retry gets a successor of its own': mintingSuccessors,
  'a disable that raises no epoch': rewording(
    ({ statement }) => tells(statement, 'update users set is_active'),
    /epoch = epoch \+ 1/,
    'epoch = epoch',
  ),
  'an enable that brings back what was': through({
    writes: (list) =>
      list.map((write) => {
        const { statement } = write
        const enables = tells(statement, 'update users set is_active') && statement.values[0] === 1
        return enables ? reworded(write, /epoch = epoch \+ 1/, 'epoch = epoch - 1') : write
      }),
  }),
  'commits that are acknowledged before they are made': acknowledgingEarly,
  'commits that are sent again when they were made': sendingAgain,
  "a refresh that does not look at the client's epoch": () => ({
    database: (inner) => ({
      engine: inner.engine,
      all: async (query) => {
        const rows = await inner.all(query)
        const isRefresh = readsGrant(query) && currentPath() === '/o/token/'
        return isRefresh ? rows.map((row) => ({ ...row, standing_client_epoch: row['client_epoch'] })) : rows
      },
      commit: (list) =>
        inner.commit(
          list.map((write) => (rotates(write) ? reworded(write, /c\.epoch = grants\.client_epoch/, '1 = 1') : write)),
        ),
      close: () => inner.close(),
    }),
  }),
  'a redemption that takes the epochs as they are': through({
    writes: (list) =>
      list.map((write) =>
        inserts(write)
          ? reworded(
              reworded(write, /u\.epoch = (\?|\$\d+)/, '0 <= $1'),
              /coalesce\(k\.epoch, 0\) = (\?|\$\d+)/,
              '0 <= $1',
            )
          : write,
      ),
  }),
}
