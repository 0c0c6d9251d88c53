// `latchkey check-config`: every setting in force and where it came from, or every fault at once.

import { type Command, defineCommand } from '../command.ts'

export const command: Command = defineCommand({
  name: 'check-config',
  aliases: [],
  summary: 'Check all settings and show each value with where it came from',
  arguments: [],
  options: [
    { name: 'changed', description: 'only what is not the default' },
    { name: 'dev', description: 'as `latchkey dev` would see them; without it, as `latchkey serve`' },
  ],
  async run(context) {
    const roof = await context.roof()
    const rows = await roof.settings(context.input.flag('dev') ? 'development' : 'production')
    const shown = context.input.flag('changed') ? rows.filter((row) => row.origin !== 'default') : rows
    return {
      say: `${rows.length} settings are good.`,
      data: { settings: shown },
      view: {
        kind: 'table',
        columns: ['setting', 'value', 'from'],
        rows: shown.map((row) => [row.env, row.value, row.origin]),
      },
    }
  },
})
