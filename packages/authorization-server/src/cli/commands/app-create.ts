// `latchkey app create`: registers an application; its type decides what nobody should have to know. RFC 6749 §2.1, RFC 8252, RFC 9700 §2.1.

import { randomId } from '../../platform/crypto/index.ts'
import {
  type ClientSettings,
  defaultClientSettings,
  type GrantType,
  grantTypes,
  idTokenAlgorithms,
} from '../../records/clients/index.ts'
import { type Command, type Context, defineCommand } from '../command.ts'
import type { Installation } from '../installation.ts'
import { refusedSecret, secretOptions } from '../secret-input.ts'
import { registerApp } from './apps.ts'
import { findPerson } from './people.ts'

interface AppType {
  readonly isConfidential: boolean
  readonly grantTypes: readonly GrantType[]
}

/** What a kind of application needs, so that nobody has to know the grant types. */
const types: Readonly<Record<string, AppType>> = {
  web: { isConfidential: true, grantTypes: ['authorization_code', 'refresh_token'] },
  spa: { isConfidential: false, grantTypes: ['authorization_code', 'refresh_token'] },
  native: { isConfidential: false, grantTypes: ['authorization_code', 'refresh_token'] },
  service: { isConfidential: true, grantTypes: ['client_credentials'] },
  api: { isConfidential: true, grantTypes: [] },
}

export const command: Command = defineCommand({
  name: 'app create',
  aliases: [],
  summary: 'Register an application and show its secret once',
  arguments: [{ name: 'name', description: 'what people see', required: true }],
  options: [
    {
      name: 'type',
      value: 'TYPE',
      description: 'web (has a server), spa (browser only), native, service (no people), api (introspects tokens)',
      choices: Object.keys(types),
      required: true,
    },
    { name: 'redirect', value: 'URI', description: 'where people come back to', many: true },
    { name: 'post-logout-redirect', value: 'URI', description: 'where people go after signing out', many: true },
    {
      name: 'backchannel-logout',
      value: 'URI',
      description: 'where its server learns that a sign-in is over (OpenID Connect Back-Channel Logout)',
    },
    {
      name: 'frontchannel-logout',
      value: 'URI',
      description: 'its page that is shown in a frame when people sign out (Front-Channel Logout)',
    },
    { name: 'origin', value: 'ORIGIN', description: 'a web origin that may call the APIs (CORS)', many: true },
    {
      name: 'scope',
      value: 'SCOPE',
      description: 'a scope that it may ask for; read and write without it',
      many: true,
    },
    {
      name: 'grant',
      value: 'GRANT',
      description: 'a grant type instead of those of the type',
      many: true,
      choices: grantTypes,
    },
    { name: 'client-id', value: 'ID', description: 'its id instead of a random one' },
    { name: 'owner', value: 'WHO', description: 'the user who may manage it' },
    {
      name: 'algorithm',
      value: 'ALG',
      description: 'what signs its ID tokens',
      choices: idTokenAlgorithms,
      fallback: 'RS256',
    },
    { name: 'skip-consent', description: 'an app of your own: people are not asked' },
    { name: 'pkce-optional', description: 'for a client that sends no code challenge' },
    { name: 'introspect-any', description: 'may ask about every token, not only its own' },
    { name: 'seed-style', description: 'refresh as Django OAuth Toolkit does: no grace, older access tokens end' },
    ...secretOptions('client-secret'),
  ],
  refuses: [refusedSecret('client-secret')],
  writes: true,
  examples: [
    'latchkey app create shop --type web --redirect http://localhost:3000/callback',
    'latchkey app create orders --type api --introspect-any',
    'latchkey app create shop --type web --redirect https://shop.example/callback --backchannel-logout https://shop.example/logout',
  ],
  async run(context) {
    const installation = await context.open('write')
    return registerApp(context, installation, await settingsOf(context, installation))
  },
})

async function settingsOf(context: Context, installation: Installation): Promise<ClientSettings> {
  const { input } = context
  const type = types[input.text('type')] ?? { isConfidential: true, grantTypes: [] }
  const owner = input.maybeText('owner')
  const scopes = input.list('scope')
  const chosen = grantTypes.filter((grant) => input.list('grant').includes(grant))
  const base = defaultClientSettings({
    clientId: input.maybeText('client-id') ?? `app_${randomId(installation.random)}`,
    name: input.text('name'),
    isConfidential: type.isConfidential,
    seedStyle: input.flag('seed-style'),
  })
  return {
    ...base,
    ownerId: owner === undefined ? undefined : (await findPerson(installation.database, owner)).id,
    grantTypes: chosen.length === 0 ? type.grantTypes : chosen,
    redirectUris: input.list('redirect'),
    postLogoutRedirectUris: input.list('post-logout-redirect'),
    allowedOrigins: input.list('origin'),
    scopes: scopes.length === 0 ? base.scopes : scopes,
    pkce: input.flag('pkce-optional') ? 'optional' : base.pkce,
    consent: input.flag('skip-consent') ? 'skip' : base.consent,
    introspection: input.flag('introspect-any') ? 'any' : base.introspection,
    metadata: {
      ...base.metadata,
      backchannelLogoutUri: input.maybeText('backchannel-logout'),
      frontchannelLogoutUri: input.maybeText('frontchannel-logout'),
    },
    idTokenAlgorithm: idTokenAlgorithms.find((name) => name === input.text('algorithm')) ?? base.idTokenAlgorithm,
  }
}
