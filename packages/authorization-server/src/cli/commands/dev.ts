// `latchkey dev`: a server with a demo, for this machine only; says in one block all that the demo has.

import { type Command, defineCommand } from '../command.ts'
import type { Running } from '../installation.ts'
import { addressFlags, addressOptions, runServer } from './running.ts'

export const command: Command = defineCommand({
  name: 'dev',
  aliases: ['runserver'],
  summary: 'Run in development mode with a demo: users, apps and secrets that everybody knows',
  arguments: [{ name: 'address', description: 'PORT or HOST:PORT', required: false }],
  options: [
    ...addressOptions,
    { name: 'expose-demo', description: 'listen beyond this machine: whoever reaches it can sign in as administrator' },
  ],
  stays: true,
  examples: ['latchkey dev', 'latchkey dev 8001'],
  run: (context) =>
    runServer(context, 'development', addressFlags(context.input.maybeText('address')), (running) => [
      ...demoLines(running),
    ]),
})

/** One block with every address, user and client of the demo. */
function demoLines({ address, issuer, demo }: Running): readonly string[] {
  const pages = demo?.addresses ?? []
  const users = demo?.users ?? []
  const clients = demo?.clients ?? []
  return [
    'Latchkey runs in development mode: everybody knows these passwords and secrets.',
    '',
    ...columns([
      ['Open', address],
      ...pages.map(({ purpose, href }) => ['', `${address}${href}`, purpose]),
      ['Issuer', issuer],
      ...users.map(({ identifier, password, note }, index) => [
        index === 0 ? 'Users' : '',
        `${identifier} / ${password}`,
        note,
      ]),
      ...clients.map((client, index) => [
        index === 0 ? 'Apps' : '',
        `${client.clientId} / ${client.clientSecret ?? '(public)'}`,
        `${client.grants.join(' ')} (${client.scopes.join(' ')}) ${client.redirectUris.join(' ')}`.trim(),
      ]),
    ]),
    '',
    ...(demo === undefined ? [] : ['The first token:', `  ${demo.firstToken}`, '']),
    'Stop with Ctrl-C.',
  ]
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const width = Math.max(...rows.map((row) => (row[2] === undefined ? 0 : (row[1]?.length ?? 0))))
  return rows.map(([label = '', value = '', note = '']) =>
    `  ${label.padEnd(7)} ${value.padEnd(width)}  ${note}`.trimEnd(),
  )
}
