// Django OAuth Toolkit's `createapplication`, with its arguments. What differs: an invalid application is a failure with an exit
// code, and a secret is never taken from the command line.

import { randomId } from '../../platform/crypto/index.ts'
import {
  type ClientSettings,
  defaultClientSettings,
  type GrantType,
  idTokenAlgorithms,
} from '../../records/clients/index.ts'
import { type Command, type Context, defineCommand } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import type { Installation } from '../installation.ts'
import { secretOptions } from '../secret-input.ts'
import { registerApp } from './apps.ts'
import { findPerson } from './people.ts'

const grants: ReadonlyMap<string, readonly GrantType[]> = new Map([
  ['authorization-code', ['authorization_code', 'refresh_token']],
  ['password', ['password', 'refresh_token']],
  ['client-credentials', ['client_credentials']],
])

export const command: Command = defineCommand({
  name: 'createapplication',
  aliases: [],
  summary: 'Register an application with Django OAuth Toolkit’s arguments',
  arguments: [
    { name: 'client_type', description: 'confidential or public', required: true, choices: ['confidential', 'public'] },
    {
      name: 'authorization_grant_type',
      description: 'authorization-code, password or client-credentials',
      required: true,
    },
  ],
  options: [
    { name: 'client-id', value: 'ID', description: 'its id instead of a random one' },
    { name: 'user', value: 'WHO', description: 'the user who owns it' },
    { name: 'redirect-uris', value: 'URIS', description: 'redirect URIs, separated by spaces', fallback: '' },
    { name: 'post-logout-redirect-uris', value: 'URIS', description: 'separated by spaces', fallback: '' },
    { name: 'name', value: 'NAME', description: 'what people see' },
    { name: 'skip-authorization', description: 'people are not asked for consent' },
    { name: 'algorithm', value: 'ALG', description: 'what signs its ID tokens', choices: idTokenAlgorithms },
    ...secretOptions('client-secret'),
  ],
  refuses: [
    {
      name: 'client-secret',
      why: 'Every user of the machine can read a command line, and the shell keeps it.',
      fix: 'Use --client-secret-stdin, --client-secret-file FILE or --generate.',
    },
    { name: 'no-hash-client-secret', why: 'Secrets are only stored as hashes.', fix: 'Leave it out.' },
  ],
  writes: true,
  examples: ['latchkey createapplication confidential password --name shop --client-id shop'],
  async run(context) {
    const installation = await context.open('write')
    return registerApp(context, installation, await settingsOf(context, installation))
  },
})

async function settingsOf(context: Context, installation: Installation): Promise<ClientSettings> {
  const { input } = context
  const owner = input.maybeText('user')
  const clientId = input.maybeText('client-id') ?? `app_${randomId(installation.random)}`
  const base = defaultClientSettings({
    clientId,
    name: input.maybeText('name') ?? clientId,
    isConfidential: input.text('client_type') === 'confidential',
    seedStyle: true,
  })
  return {
    ...base,
    ownerId: owner === undefined ? undefined : (await findPerson(installation.database, owner)).id,
    grantTypes: grantsOf(input.text('authorization_grant_type')),
    redirectUris: wordsOf(input.text('redirect-uris')),
    postLogoutRedirectUris: wordsOf(input.text('post-logout-redirect-uris')),
    consent: input.flag('skip-authorization') ? 'skip' : base.consent,
    idTokenAlgorithm: idTokenAlgorithms.find((name) => name === input.maybeText('algorithm')) ?? base.idTokenAlgorithm,
  }
}

function grantsOf(name: string): readonly GrantType[] {
  const found = grants.get(name)
  if (found === undefined) {
    const isGone = name === 'implicit' || name === 'openid-hybrid'
    throw new CommandFailure('usage', {
      code: 'grant_type_refused',
      what: `“${name}” is no grant type of this server.`,
      why: isGone
        ? 'OAuth 2.1 has no implicit and no hybrid flow (RFC 9700 §2.1.2).'
        : `It is ${[...grants.keys()].join(', ')}.`,
      fix: 'Use authorization-code.',
    })
  }
  return found
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
