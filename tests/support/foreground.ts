// What a test counts and strikes is what requests do: the lists that the server's own jobs write now and then go past it.
import type { Database, Write } from '../../packages/authorization-server/src/platform/storage/index.ts'

const ofJobs = /\b(?:leases|event_chain|usage_hours)\b/

/** The database as the server gets it: lists of its jobs go to `opened`, everything else to what a test has wrapped around it. */
export function foreground(opened: Database, wrapped: Database): Database {
  const isOfJobs = (writes: readonly Write[]): boolean => writes.every(({ statement }) => ofJobs.test(statement.sql))
  return {
    engine: opened.engine,
    all: (query) => (ofJobs.test(query.sql) ? opened.all(query) : wrapped.all(query)),
    commit: (writes) => (isOfJobs(writes) ? opened.commit(writes) : wrapped.commit(writes)),
    close: () => wrapped.close(),
  }
}
