// `latchkey api create`: an API that tokens can be for. RFC 8707 §2 (resource), RFC 9068 (tokens that it checks itself).

import type { Write } from '../../platform/storage/index.ts'
import { signingAlgorithms } from '../../records/clients/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import {
  audienceFault,
  audienceSentences,
  insertApi,
  insertApiClient,
  insertApiScope,
  listApis,
  listRetired,
  listScopes,
  type NameFault,
  type NewApi,
  scopeNameFault,
  scopeNameSentences,
  tokenFormats,
} from '../../records/scopes/index.ts'
import { type Command, type Context, defineCommand } from '../command.ts'
import { CommandFailure } from '../exit.ts'
import type { Installation } from '../installation.ts'
import { wholeNumber } from '../numbers.ts'
import { apiBody, type ApiNames, offlineWarning } from './apis.ts'
import { findApp } from './apps.ts'

export const command: Command = defineCommand({
  name: 'api create',
  aliases: [],
  summary: 'Register an API that access tokens can be for',
  arguments: [
    {
      name: 'audience',
      description: 'its identifier: clients send it as `resource`, tokens carry it as `aud`',
      required: true,
    },
  ],
  options: [
    { name: 'name', value: 'NAME', description: 'what people see; the audience without it' },
    {
      name: 'format',
      value: 'FORMAT',
      description:
        'opaque (the API asks here, an end counts at once) or jwt (the API checks it itself, until it expires)',
      choices: tokenFormats,
      fallback: 'opaque',
    },
    {
      name: 'algorithm',
      value: 'ALG',
      description: 'what signs its JWTs',
      choices: signingAlgorithms,
      fallback: 'RS256',
    },
    {
      name: 'lifetime',
      value: 'SECONDS',
      description: 'the longest life of a token for it; each client’s own without it (for jwt: 300)',
    },
    {
      name: 'scope',
      value: 'SCOPE',
      description: 'a scope of its own; with one, only clients that were granted one get tokens for it',
      many: true,
    },
    { name: 'app', value: 'WHICH', description: 'an app that may ask about its tokens', many: true },
  ],
  writes: true,
  examples: [
    'latchkey api create https://items.example --app items-api --scope items:read --scope items:write',
    'latchkey api create https://fast.example --format jwt --algorithm ES256 --lifetime 300',
  ],
  async run(context) {
    const installation = await context.open('write')
    const { database, clock } = installation
    const api = apiFrom(context)
    const names = await namesFrom(context, installation, api)
    const data = { api: apiBody(api, names) }
    if (context.isDryRun) return { say: `Would create API “${api.name}”.`, data }
    if (api.tokenFormat === 'jwt') await (await installation.keys()).prepare([api.signingAlgorithm])
    const now = clock.now()
    const { audience, tokenFormat } = api
    const created = await database.commit([
      insertApi(api, now),
      ...names.scopes.map((scope): Write => insertApiScope(audience, scope, scope)),
      ...names.clientIds.map((clientId): Write => insertApiClient(audience, clientId)),
      recordEvent({ kind: 'api.created', at: now, detail: { audience, tokenFormat } }),
    ])
    if (!created.won) throw audienceRefused(audience, 'taken')
    const warning = tokenFormat === 'jwt' ? ` ${offlineWarning}` : ''
    return { say: `Created API “${api.name}”.${warning}`, data, next: 'latchkey api list' }
  },
})

const shortLifeSeconds = 300

function apiFrom({ input }: Context): NewApi {
  const audience = input.text('audience')
  const tokenFormat = tokenFormats.find((format) => format === input.text('format')) ?? 'opaque'
  const given = input.maybeText('lifetime') === undefined ? undefined : wholeNumber(input, 'lifetime', 10, 86_400)
  return {
    audience,
    name: input.maybeText('name') ?? audience,
    tokenFormat,
    signingAlgorithm: signingAlgorithms.find((algorithm) => algorithm === input.text('algorithm')) ?? 'RS256',
    accessTokenLifetimeSeconds: given ?? (tokenFormat === 'jwt' ? shortLifeSeconds : undefined),
  }
}

/** What it names must be there, or must not be: said before anything is written. */
async function namesFrom({ input }: Context, installation: Installation, { audience }: NewApi): Promise<ApiNames> {
  const { database, issuer } = installation
  const retired = await listRetired(database)
  const audiences = new Set((await listApis(database)).map((api) => api.audience))
  const fault = audienceFault(audience, { issuer, taken: audiences, retired })
  if (fault !== undefined) throw audienceRefused(audience, fault)
  const scopes = [...new Set(input.list('scope'))]
  const known = new Set((await listScopes(database)).map((scope) => scope.name))
  for (const scope of scopes) {
    const wrong = scopeNameFault(scope, { taken: known, retired })
    if (wrong !== undefined) throw scopeRefused(scope, wrong)
  }
  const apps = await Promise.all(input.list('app').map((which) => findApp(database, which)))
  return { scopes, clientIds: [...new Set(apps.map((app) => app.clientId))] }
}

const codes: Readonly<Record<NameFault, string>> = {
  form: 'refused',
  own: 'refused',
  taken: 'exists',
  retired: 'deleted',
}

function audienceRefused(audience: string, fault: NameFault): CommandFailure {
  return new CommandFailure(fault === 'form' ? 'usage' : 'conflict', {
    code: `audience_${codes[fault]}`,
    what: `“${audience}” cannot be the audience of an API.`,
    why: audienceSentences[fault],
    fix: fault === 'taken' ? 'latchkey api list' : 'latchkey api create https://api.example',
  })
}

function scopeRefused(scope: string, fault: NameFault): CommandFailure {
  return new CommandFailure(fault === 'form' ? 'usage' : 'conflict', {
    code: `scope_${codes[fault]}`,
    what: `“${scope}” cannot be the name of a scope.`,
    why: scopeNameSentences[fault],
    fix: 'Choose a name that says whose it is, e.g. --scope items:read',
  })
}
