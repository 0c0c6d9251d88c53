// `latchkey api create`: an API that tokens can be for. RFC 8707 §2 (resource), RFC 9068 (tokens that it checks itself).

import { isResource, isScopeToken } from '@latchkey/protocol'
import type { Database, Write } from '../../platform/storage/index.ts'
import { signingAlgorithms } from '../../records/clients/index.ts'
import { recordEvent } from '../../records/events/index.ts'
import {
  insertApi,
  insertApiClient,
  insertApiScope,
  listApis,
  listRetired,
  listScopes,
  type NewApi,
  tokenFormats,
} from '../../records/scopes/index.ts'
import { type Command, type Context, defineCommand } from '../command.ts'
import { CommandFailure } from '../exit.ts'
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
    const names = await namesFrom(context, database, api)
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
    if (!created.won) throw taken(audience)
    const warning = tokenFormat === 'jwt' ? ` ${offlineWarning}` : ''
    return { say: `Created API “${api.name}”.${warning}`, data, next: 'latchkey api list' }
  },
})

const shortLifeSeconds = 300

function apiFrom({ input }: Context): NewApi {
  const audience = input.text('audience')
  if (!isResource(audience)) {
    throw new CommandFailure('usage', {
      code: 'audience_refused',
      what: `“${audience}” is no identifier of an API.`,
      why: 'It is an absolute URI of at most 512 characters without a fragment (RFC 8707 §2).',
      fix: 'latchkey api create https://api.example',
    })
  }
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
async function namesFrom({ input }: Context, database: Database, { audience }: NewApi): Promise<ApiNames> {
  const scopes = [...new Set(input.list('scope'))]
  const known = new Set((await listScopes(database)).map((scope) => scope.name))
  const wrong = scopes.find((scope) => !isScopeToken(scope))
  const other = scopes.find((scope) => known.has(scope))
  if (wrong !== undefined || other !== undefined) {
    throw new CommandFailure(wrong === undefined ? 'conflict' : 'usage', {
      code: 'scope_refused',
      what: wrong === undefined ? `There is a scope “${other}” already.` : `“${wrong}” is no scope.`,
      why:
        wrong === undefined
          ? 'A scope belongs to one API, or to none.'
          : 'A scope is printable ASCII without spaces, quotation marks and backslashes (RFC 6749 §3.3).',
      fix: 'Choose a name that says whose it is, e.g. --scope items:read',
    })
  }
  const apps = await Promise.all(input.list('app').map((which) => findApp(database, which)))
  if ((await listApis(database)).some((api) => api.audience === audience)) throw taken(audience)
  const retired = await listRetired(database)
  const gone = [audience, ...scopes].find((name) => retired.audiences.has(name) || retired.scopes.has(name))
  if (gone !== undefined) throw deleted(gone)
  return { scopes, clientIds: [...new Set(apps.map((app) => app.clientId))] }
}

function taken(audience: string): CommandFailure {
  return new CommandFailure('conflict', {
    code: 'api_exists',
    what: `There is an API “${audience}” already.`,
    why: 'Audiences are unique.',
    fix: 'latchkey api list',
  })
}

function deleted(name: string): CommandFailure {
  return new CommandFailure('conflict', {
    code: 'name_deleted',
    what: `“${name}” was deleted.`,
    why: 'Tokens may still carry the name, and would open what has it next.',
    fix: 'Choose another name.',
  })
}
