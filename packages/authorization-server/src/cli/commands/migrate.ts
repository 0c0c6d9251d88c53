// `latchkey migrate`: brings the tables up to this version, or says what it would do.

import { migrate, pendingMigrations } from '../../platform/storage/index.ts'
import { createInstallation } from '../../records/installation/index.ts'
import { insertStandardScopes } from '../../records/scopes/index.ts'
import { type Command, defineCommand } from '../command.ts'

export const command: Command = defineCommand({
  name: 'migrate',
  aliases: [],
  summary: 'Bring the database up to this version (the server does it at its start, too)',
  arguments: [],
  options: [],
  writes: true,
  async run(context) {
    const { database, migrations, clock } = await context.open('migrate')
    if (context.isDryRun) {
      const pending = (await pendingMigrations(database, migrations)).map((migration) => migration.id)
      return {
        say: pending.length === 0 ? 'The database is up to date.' : `Would apply ${countOf(pending)}.`,
        data: { pending },
        view: { kind: 'lines', lines: pending },
      }
    }
    const applied = await migrate(database, migrations, clock)
    await database.commit([createInstallation(clock.now()), ...insertStandardScopes()])
    return {
      say: applied.length === 0 ? 'The database is up to date.' : `Applied ${countOf(applied)}.`,
      data: { applied },
      view: { kind: 'lines', lines: applied },
    }
  },
})

function countOf(ids: readonly string[]): string {
  return ids.length === 1 ? '1 migration' : `${ids.length} migrations`
}
