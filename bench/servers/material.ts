// What the operations are asked with: made before the server starts, through the server's own doors. Rows are written by
// SQL in large pieces, so that a million people take seconds.
import { createServer } from '../../packages/authorization-server/src/index.ts'
import { sessionCookieFor } from '../../packages/authorization-server/src/features/browser/index.ts'
import { sha256, systemRandom } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import { silentLog } from '../../packages/authorization-server/src/platform/log/index.ts'
import { type Database, raw, sql, unguarded } from '../../packages/authorization-server/src/platform/storage/index.ts'
import {
  defaultClientSettings,
  generateSecret,
  insertClient,
  insertSecret,
} from '../../packages/authorization-server/src/records/clients/index.ts'
import {
  writeAccessToken,
  writeAuthorizationCode,
  writeRefreshToken,
} from '../../packages/authorization-server/src/records/grants/index.ts'
import type { Engine, Material } from './target.ts'

export const scopes = 'openid read offline_access'
export const redirectUri = 'https://app.example/callback'
export const password = 'a bench is sat upon by many'
export const verifier = 'a-code-verifier-that-is-long-enough-to-be-taken-0123456789'
export const challenge: string = Buffer.from(sha256(verifier)).toString('base64url')

/** How many rows of each kind, and how many of them are asked about. */
export interface Size {
  readonly people: number
  readonly asked: number
  readonly codes: number
}

const rowsPerPiece = 50_000
const dayMs = 86_400_000
type Context = Awaited<ReturnType<typeof createServer>>['app']['context']

/** Fills an empty installation. */
export async function fill(
  place: { readonly dataDir: string; readonly databaseUrl?: string | undefined },
  size: Size,
): Promise<Material> {
  const { dataDir, databaseUrl } = place
  const server = await createServer({
    settings: { server: { dataDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) } },
    deps: { log: silentLog },
  })
  try {
    return await fillThrough(server.app.context, size)
  } finally {
    await server.close()
  }
}

export async function fillThrough(context: Context, size: Size): Promise<Material> {
  const { secret, stored } = generateSecret(systemRandom)
  const now = context.clock.now()
  await context.database.commit([
    insertClient(
      {
        ...defaultClientSettings({ clientId: 'bench', name: 'Bench', isConfidential: true }),
        grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
        redirectUris: [redirectUri],
        scopes: ['openid', 'profile', 'email', 'offline_access', 'read', 'write'],
        introspection: 'any',
        idTokenAlgorithm: 'ES256',
      },
      now,
    ),
    insertSecret('bench', stored, now),
  ])
  const client = (await context.clients.find('bench'))?.client
  if (client === undefined) throw new Error('The client was not stored.')
  await writePeople(context.database, size.people, await context.passwords.hash(password), now)
  const { sealer } = context.keys
  const scopeSetId = await context.scopeSets.idOf(scopes)
  const issued = { scopeSetId, audienceSetId: 0, issuedAt: now, expiresAt: now + dayMs, generation: 0 }
  const people = spread(size.people, size.asked)
  const userIds = await firstUserIds(context.database)
  return {
    basic: basic('bench', secret),
    accessTokens: people.map((number) =>
      writeAccessToken(sealer, { kind: 'grant', tokenId: tokenId(), grantId: rowId(number), ...issued }),
    ),
    refreshTokens: people.map((number) => writeRefreshToken(sealer, { grantId: rowId(number), generation: 0 })),
    codes: Array.from({ length: size.codes }, (_, index) => {
      const number = people[index % people.length] ?? 1
      return writeAuthorizationCode(sealer, {
        clientRow: client.row,
        userId: userIds + number,
        sessionId: rowId(number),
        scopes,
        audiences: '',
        claims: '',
        redirectUri,
        redirectUriWasSent: true,
        redirectUriIsOnlyOne: true,
        codeChallenge: challenge,
        codeChallengeMethod: 'S256',
        nonce: 'a-nonce',
        authenticatedAt: now,
        methods: ['pwd'],
        userEpoch: 1,
        clientEpoch: client.epoch,
        consentEpoch: 1,
        installationEpoch: 1,
        issuedAt: now,
        expiresAt: now + dayMs,
      })
    }),
    cookies: people.map((number) => sessionCookieFor(context, rowId(number)).split(';', 1)[0] ?? ''),
    identifiers: people.map((number) => `person-${number}@bench.example`),
  }
}

export function basic(clientId: string, secret: string): string {
  return `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
}

function tokenId(): string {
  return Buffer.from(systemRandom.bytes(12)).toString('base64url')
}

/** `asked` different numbers from 1 to `people`, all over. */
function spread(people: number, asked: number): readonly number[] {
  const count = Math.min(people, asked)
  return Array.from({ length: count }, (_, index) => 1 + Math.floor((index * people) / count))
}

/** Ids lie all over the index, as random ones do: an odd factor modulo 2^32 meets every number once. */
const factor = 2_654_435_761
function rowId(number: number): string {
  return `${String((number * factor) % 2 ** 32).padStart(21, '0')}A`
}

/** As `rowId`, in SQL: canonical base64url of 16 bytes. */
function rowIdSql(engine: Engine, number: string): string {
  const scattered = `cast((cast(${number} as bigint) * ${factor}) % 4294967296 as text)`
  const full = engine === 'sqlite' ? `substr('${'0'.repeat(21)}' || ${scattered}, -21)` : `lpad(${scattered}, 21, '0')`
  return `${full} || 'A'`
}

async function firstUserIds(database: Database): Promise<number> {
  const [row] = await database.all(sql`select min(id) as id from users`)
  return Number(row?.['id']) - 1
}

async function writePeople(database: Database, people: number, hash: string, now: number): Promise<void> {
  for (let from = 1; from <= people; from += rowsPerPiece) {
    const to = Math.min(people, from + rowsPerPiece - 1)
    for (const statement of pieceStatements(database.engine, from, to, hash, now)) {
      const filled = await database.commit([unguarded(raw(statement))])
      if (!filled.won) throw new Error(`A constraint refuses: ${statement}`)
    }
  }
}

function pieceStatements(engine: Engine, from: number, to: number, hash: string, now: number): readonly string[] {
  const series = `with recursive series (i) as (select ${from} union all select i + 1 from series where i < ${to})`
  const between = `u.subject >= 'bench-${padded(from)}' and u.subject <= 'bench-${padded(to)}'`
  const text = engine === 'sqlite' ? `substr('000000000' || cast(i as text), -9)` : `lpad(cast(i as text), 9, '0')`
  const number = `cast(substr(u.subject, 7) as bigint)`
  const id = rowIdSql(engine, number)
  return [
    `insert into users (subject, email, email_key, email_verified, first_name, last_name, is_active, is_staff,
        is_superuser, attributes, epoch, created_at, updated_at)
      ${series}
      select 'bench-' || ${text}, 'person-' || i || '@bench.example', 'person-' || i || '@bench.example', 0,
        'Person', 'Bench', 1, 0, 0, '{}', 1, ${now}, ${now} from series order by i`,
    `insert into passwords (user_id, hash, changed_at) select u.id, '${hash}', ${now} from users u where ${between}`,
    `insert into sessions (id, user_id, user_epoch, installation_epoch, methods, user_agent, address, created_at,
        authenticated_at, last_seen_at, expires_at)
      select ${id}, u.id, 1, 1, '["pwd"]', 'bench', '192.0.2.1', ${now}, ${now}, ${now + dayMs}, ${now + dayMs}
      from users u where ${between}`,
    `insert into consents (user_id, client_row, scopes, epoch, given_at)
      select u.id, c.id, '["openid","read","offline_access"]', 1, ${now} from users u, clients c
      where ${between} and c.client_id = 'bench'`,
    `insert into grants (id, user_id, client_row, session_id, scopes, is_offline, user_epoch, client_epoch,
        consent_epoch, installation_epoch, generation, access_not_before_generation, authenticated_at, methods,
        created_at, expires_at, expires_on)
      select ${id}, u.id, c.id, ${id}, '${scopes}', 1, 1, c.epoch, 1, 1, 0, 0, ${now}, '["pwd"]', ${now}, ${now + dayMs},
        ${now + dayMs} / ${dayMs}
      from users u, clients c where ${between} and c.client_id = 'bench'`,
  ]
}

function padded(number: number): string {
  return String(number).padStart(9, '0')
}
