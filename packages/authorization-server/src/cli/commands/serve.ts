// `latchkey serve`: a server in production; it refuses to start on a bad setting.

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
    runServer(context, 'production', [], ({ address, issuer }) => [`Listening on ${address}, issuer ${issuer}`]),
})
