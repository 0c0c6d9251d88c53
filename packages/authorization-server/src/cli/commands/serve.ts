// `latchkey serve`: a server in production; it refuses to start on a bad setting.

import type { SetupLink } from '../../features/setup/index.ts'
import { type Command, defineCommand } from '../command.ts'
import { addressOptions, runServer } from './running.ts'

export const command: Command = defineCommand({
  name: 'serve',
  aliases: [],
  summary: 'Run in production: LATCHKEY_PUBLIC_URL is needed, nothing is seeded',
  arguments: [],
  options: [
    ...addressOptions,
    { name: 'workers', value: 'NUMBER', description: 'how many processes serve, about one a core (LATCHKEY_WORKERS)' },
  ],
  stays: true,
  examples: [
    'LATCHKEY_PUBLIC_URL=https://id.example.com latchkey serve',
    'LATCHKEY_PUBLIC_URL=https://id.example.com latchkey serve --workers 4',
  ],
  run: (context) =>
    runServer(context, 'production', [], ({ address, issuer, setup, workers }) => [
      `Listening on ${address}, issuer ${issuer}${workers === 1 ? '' : `, ${workers} workers`}`,
      ...(setup === undefined ? [] : setupLines(setup)),
    ]),
})

/** Shown to whoever started the process, and to nobody else: the link makes an administrator. */
function setupLines({ url, expiresAt }: SetupLink): readonly string[] {
  return [
    '',
    'There is no administrator yet. Open this link to make one; it works once:',
    `  ${url}`,
    `It expires at ${new Date(expiresAt).toISOString()}; a new start makes a new one.`,
  ]
}
