// What a token is and why it is or is not good: for whoever may read the master key. It asks the same gate as the endpoints.

import {
  findClientTokenStanding,
  findGrant,
  gate,
  readAuthorizationCode,
  readRefreshToken,
} from '../../records/grants/index.ts'
import { openAccessToken } from '../../features/bearer/index.ts'
import { createAudienceSets, createScopeSets } from '../../records/scopes/index.ts'
import { type Command, type Context, defineCommand } from '../command.ts'
import type { Installation } from '../installation.ts'
import { givenSecret } from '../secret-input.ts'
import { isoTime, nameOf } from './people.ts'

interface Findings {
  readonly isActive: boolean
  /** One sentence: why it is good or not. */
  readonly because: string
  readonly facts: Readonly<Record<string, string | number>>
}

export const command: Command = defineCommand({
  name: 'token inspect',
  aliases: [],
  summary: 'Tell what a token is and why it is or is not accepted (exit code 8 when not)',
  arguments: [],
  options: [
    { name: 'token-stdin', description: 'read the token from standard input' },
    { name: 'token-file', value: 'FILE', description: 'read the token from a file' },
  ],
  refuses: [{ name: 'token', why: 'Every user of the machine can read a command line.', fix: 'Use --token-stdin.' }],
  examples: ['pbpaste | latchkey token inspect --token-stdin'],
  async run(context) {
    const token = await tokenOf(context)
    const installation = await context.open('read')
    const { isActive, because, facts } = await inspect(installation, token.trim())
    return {
      say: because,
      data: { active: isActive, because, ...facts },
      view: { kind: 'record', rows: Object.entries(facts).map(([label, value]) => [label, String(value)]) },
      ending: isActive ? 'ok' : 'checkFailed',
    }
  },
})

async function tokenOf(context: Context): Promise<string> {
  const given = await givenSecret(context, 'token')
  return given?.value ?? context.prompt.askHidden({ text: 'Token', instead: '--token-stdin or --token-file FILE' })
}

async function inspect(installation: Installation, token: string): Promise<Findings> {
  const keys = await installation.keys()
  const { sealer } = keys
  const refresh = readRefreshToken(sealer, token)
  if (refresh !== undefined) {
    return underGrant(installation, { kind: 'refresh token' }, refresh.grantId, refresh.generation, 'current')
  }
  const code = readAuthorizationCode(sealer, token)
  if (code !== undefined) {
    const facts = { kind: 'authorization code', scope: code.scopes, expires: isoTime(code.expiresAt) }
    const isActive = code.expiresAt > installation.clock.now()
    const because = isActive ? 'It has not expired; whether it was redeemed shows when it is.' : 'It has expired.'
    return { isActive, because, facts }
  }
  const access = await openAccessToken(keys, token)
  if (access === undefined) {
    const isJwt = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(token)
    const because = isJwt
      ? 'It is a JWT, and no access token of this installation: its issuer’s key set tells whether it is good.'
      : 'This installation did not make it, or it was altered, or the key that sealed it is gone.'
    return { isActive: false, because, facts: { kind: isJwt ? 'JWT' : 'unknown' } }
  }
  const scopes = await createScopeSets(installation.database).scopesOf(access.scopeSetId)
  const audiences = await createAudienceSets(installation.database).audiencesOf(access.audienceSetId)
  const facts = {
    kind: 'access token',
    token_id: access.tokenId,
    scope: scopes ?? '',
    ...(audiences === undefined || audiences === '' ? {} : { audience: audiences }),
    issued: isoTime(access.issuedAt),
    expires: isoTime(access.expiresAt),
  }
  const late = installation.clock.now() - access.expiresAt
  if (late >= 0) {
    return { isActive: false, because: `It expired ${Math.ceil(late / 1000)} seconds ago.`, facts }
  }
  return access.kind === 'grant'
    ? underGrant(installation, facts, access.grantId, access.generation, 'accepted')
    : underClient(installation, facts, access)
}

async function underGrant(
  { database, clock }: Installation,
  facts: Findings['facts'],
  grantId: string,
  generation: number,
  wanted: 'current' | 'accepted',
): Promise<Findings> {
  const view = await findGrant(database, grantId)
  if (view === undefined) {
    return { isActive: false, because: 'Its grant is gone: ended long ago and cleared away.', facts }
  }
  const { grant } = view
  const all = {
    ...facts,
    client_id: view.clientId,
    user: nameOf(view.user),
    grant: grant.id,
    granted_scope: grant.scopes,
  }
  const least = wanted === 'current' ? grant.generation : grant.accessNotBeforeGeneration
  if (generation < least || generation > grant.generation) {
    const because = `It is of refresh generation ${generation}; the grant is at ${grant.generation} and takes from ${least} on.`
    return { isActive: false, because, facts: all }
  }
  const decision = gate(grant, view.standing, clock.now())
  return decision.kind === 'pass'
    ? { isActive: true, because: 'It is good.', facts: all }
    : { isActive: false, because: `It is refused: ${decision.why}.`, facts: all }
}

async function underClient(
  { database }: Installation,
  facts: Findings['facts'],
  token: {
    readonly clientRow: number
    readonly tokenId: string
    readonly clientEpoch: number
    readonly installationEpoch: number
  },
): Promise<Findings> {
  const standing = await findClientTokenStanding(database, token.clientRow, token.tokenId)
  if (standing === undefined) {
    return { isActive: false, because: 'Its client is gone.', facts }
  }
  const refusals: readonly (readonly [boolean, string])[] = [
    [standing.isRevoked, 'It was revoked.'],
    [!standing.clientIsEnabled, 'Its client is disabled.'],
    [standing.clientEpoch !== token.clientEpoch, 'All tokens of its client were ended.'],
    [standing.installationEpoch !== token.installationEpoch, 'It is older than the backup that was restored.'],
  ]
  const refusal = refusals.find(([applies]) => applies)?.[1]
  return {
    isActive: refusal === undefined,
    because: refusal ?? 'It is good.',
    facts: { ...facts, client_id: standing.clientId },
  }
}
