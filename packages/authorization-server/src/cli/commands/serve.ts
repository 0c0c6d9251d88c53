// `latchkey serve`: a server in production; it refuses to start on a bad setting.

import type { SetupLink } from '../../features/setup/index.ts'
import { type Command, defineCommand } from '../command.ts'
import { addressOptions, runServer } from './running.ts'

export const command: Command = defineCommand({
  name: 'serve',
  aliases: [],
  summary: 'Run in production: LATCHKEY_PUBLIC_URL is needed, nothing is seeded',
  arguments: [],
  options: addressOptions,
  stays: true,
  examples: ['LATCHKEY_PUBLIC_URL=https://id.example.com latchkey serve'],
  run: (context) =>
    runServer(context, 'production', [], ({ address, issuer, setup }) => [
      `Listening on ${address}, issuer ${issuer}`,
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
