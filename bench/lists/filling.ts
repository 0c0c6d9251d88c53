// An installation with many people, and with each a session, a grant, a consent and two events. Written by SQL in large pieces. What
// many rows share and what few have is both in it, and also what lies all together at one end of an order.
import { sessionCookieFor } from '../../packages/authorization-server/src/features/browser/index.ts'
import { randomId, systemRandom } from '../../packages/authorization-server/src/platform/crypto/index.ts'
import { type Database, raw, sql, unguarded } from '../../packages/authorization-server/src/platform/storage/index.ts'
import { defaultClientSettings, insertClient } from '../../packages/authorization-server/src/records/clients/index.ts'
import { eventKinds } from '../../packages/authorization-server/src/records/events/index.ts'
import type { Context } from '../../packages/authorization-server/src/features/context/index.ts'
import type { Engine } from '../servers/target.ts'

/** A server ends a statement that takes some seconds. */
const rowsPerPiece: Readonly<Record<Engine, number>> = { sqlite: 50_000, postgres: 10_000 }
const dayMs = 86_400_000
/** An odd factor scatters numbers over all of 32 bits, and meets each once. */
const factor = 2_654_435_761

const firstNames =
  'Ada Aaron Alice Amir Anna Ben Bo Carla Chen Dana David Elif Emma Erik Eva Farid Felix Grace Hana Ines Ivan Jana Jean John Jose Karim Lars Lea Lin Luca Maria Max Mia Noah Nora Olga Omar Paul Rosa Sam Sofia Tara Tom Yuki Zoe'
const lastNames =
  'Abe Adams Ahmed Bauer Berg Brown Chen Costa Cruz Diaz Dubois Evans Fischer Garcia Gomez Hansen Hill Ito Ivanov Jansen Johnson Jones Kaya Khan Kim Klein Kumar Lee Lopez Martin Meyer Miller Moreau Nagy Nguyen Novak Olsen Patel Perez Popov Rossi Roy Santos Sato Schmidt Silva Singh Smith Suzuki Tanaka Taylor Torres Tran Wagner Wang Weber White Williams Yilmaz Zhang'

/** @returns the cookies of a superuser who has just given their password; what was filled before stays as it is */
export async function fillLists(context: Context, people: number): Promise<string> {
  const { database } = context
  const now = context.clock.now()
  const filled = await administratorOf(context)
  if (filled !== undefined) return filled
  await database.commit([
    insertClient(defaultClientSettings({ clientId: 'bench', name: 'Bench', isConfidential: true }), now - 700 * dayMs),
  ])
  const clients = await writeClients(database, Math.max(20, Math.floor(people / 200)), now)
  const groups = await writeGroups(database, now)
  const pieceRows = rowsPerPiece[database.engine]
  for (let from = 1; from <= people; from += pieceRows) {
    const to = Math.min(people, from + pieceRows - 1)
    const piece: Piece = { engine: database.engine, people, from, to, now, clients, groups }
    for (const statement of [usersOf(piece), ...rowsOf(piece)]) await database.commit([unguarded(raw(statement))])
  }
  await database.commit([
    unguarded(raw(`update clients set owner_id = (select min(id) from users) + id % 7 * 3 where id % 10 = 0`)),
    unguarded(raw(`update clients set owner_id = (select min(id) from users) + 1 where id % 10 = 1`)),
  ])
  return administrator(context, now)
}

/** Of a place that was filled before. */
async function administratorOf(context: Context): Promise<string | undefined> {
  const [row] = await context.database.all(sql`
    select s.id from sessions s join users u on u.id = s.user_id where u.subject = 'bench-admin' limit 1`)
  return row && sessionCookieFor(context, String(row['id'])).split(';', 1)[0]
}

async function administrator(context: Context, now: number): Promise<string> {
  const { database } = context
  await database.commit([
    unguarded(sql`
      insert into users (subject, email, email_key, first_name, last_name, is_active, is_staff, is_superuser,
        attributes, epoch, created_at, updated_at)
      values ('bench-admin', 'admin@bench.example', 'admin@bench.example', '', '', 1, 1, 1, '{}', 1, ${now}, ${now})`),
  ])
  const id = randomId(systemRandom)
  // Of tomorrow, so that the run may take as long as it takes.
  const later = now + dayMs
  await database.commit([
    unguarded(sql`
      insert into sessions (id, user_id, user_epoch, installation_epoch, methods, user_agent, address, created_at,
        authenticated_at, last_seen_at, expires_at)
      select ${id}, u.id, 1, 1, '["pwd"]', 'bench', '192.0.2.1', ${now}, ${later}, ${later}, ${later}
      from users u where u.subject = 'bench-admin'`),
  ])
  return sessionCookieFor(context, id).split(';', 1)[0] ?? ''
}

interface Piece {
  readonly engine: Engine
  readonly people: number
  readonly from: number
  readonly to: number
  readonly now: number
  readonly clients: { readonly first: number; readonly count: number }
  readonly groups: { readonly first: number }
}

function values(name: string, words: string): { readonly cte: string; readonly count: number } {
  const list = words.split(' ')
  return {
    cte: `${name} (n, name) as (values ${list.map((one, n) => `(${n}, '${one}')`).join(', ')})`,
    count: list.length,
  }
}

function seriesOf(from: number, to: number): string {
  return `series (i) as (select cast(${from} as bigint) union all select i + 1 from series where i < ${to})`
}

function scattered(number: string): string {
  return `((${number} * ${factor}) % 4294967296)`
}

function usersOf({ people, from, to, now, engine }: Piece): string {
  const [first, last] = [values('firsts', firstNames), values('lasts', lastNames)]
  const text = engine === 'sqlite' ? `substr('000000000' || i, -9)` : `lpad(cast(i as text), 9, '0')`
  const joined = `${now} - (${people} - i) * ${Math.floor((700 * dayMs) / people)}`
  return `insert into users (subject, email, email_key, email_verified, username, username_key, first_name, last_name,
      is_active, is_staff, is_superuser, attributes, epoch, created_at, updated_at, last_sign_in_at)
    with recursive ${seriesOf(from, to)}, ${first.cte}, ${last.cte}, people as (
      select i, ${scattered('i')} as r from series),
    named as (
      select i, r, f.name as f, l.name as l, lower(f.name) || '.' || lower(l.name) || i as handle from people
      join firsts f on f.n = r % ${first.count} join lasts l on l.n = (r / 64) % ${last.count})
    select 'bench-' || ${text}, handle || '@bench.example', handle || '@bench.example', i % 2,
      case when (r / 1024) % 2 = 0 then handle end, case when (r / 1024) % 2 = 0 then handle end, f, case when i % 7 = 0 then '' else l end,
      case when i % 100 = 7 then 0 else 1 end, case when i % 1000 = 3 then 1 else 0 end,
      case when i % 100000 = 5 then 1 else 0 end, '{}', 1, ${joined}, ${joined},
      case when i % 3 = 0 then ${now} - r % ${30 * dayMs} end from named order by i`
}

/** Half of it is of one application, a third of another, the rest of all; the oldest twentieth of one that is on its way out. */
function clientSql({ clients: { first, count }, people }: Piece): string {
  return `case when i <= ${Math.floor(people / 20)} then ${first + 1} when r % 10 < 5 then ${first}
    when r % 10 < 8 then ${first + 2} else ${first + 3} + r % ${count - 3} end`
}

function rowsOf(piece: Piece): readonly string[] {
  const { engine, people, from, to, now, groups } = piece
  const padded = (number: number): string => String(number).padStart(9, '0')
  const chosen = `chosen as (
    select u.id, cast(substr(u.subject, 7) as bigint) as i from users u
    where u.subject >= 'bench-${padded(from)}' and u.subject <= 'bench-${padded(to)}'),
    people as (select id, i, ${scattered('i')} as r from chosen)`
  const text = `cast(r as text)`
  const key =
    engine === 'sqlite' ? `substr('${'0'.repeat(21)}' || ${text}, -21) || 'A'` : `lpad(${text}, 21, '0') || 'A'`
  const client = clientSql(piece)
  const expiry = `case when i <= ${Math.floor(people / 20)} then ${now} + i else ${now} + ${dayMs} + r % ${29 * dayMs} end`
  const ended = (share: number): string => `case when r % ${share} = 0 then ${now} - r % ${20 * dayMs} end`
  const address = `case when r % 10 = 0 then '198.51.100.7' else '10.' || (r / 65536) % 256 || '.' || (r / 256) % 256 || '.' || r % 256 end`
  const step = Math.floor((90 * dayMs) / people)
  const kinds = eventKinds.map(({ value }, n) => `(${n}, '${value}')`).join(', ')
  const event = 'insert into events (kind, at, actor_id, user_id, client_row, address, detail)'
  const member = (group: number, which: string): string => `insert into memberships (user_id, group_id, user_created_at)
    with ${chosen} select id, ${groups.first + group}, (select created_at from users where users.id = people.id) from people where ${which}`
  return [
    `insert into sessions (id, user_id, user_epoch, installation_epoch, methods, user_agent, address, created_at,
        authenticated_at, last_seen_at, expires_at, ended_at)
      with ${chosen} select ${key}, id, 1, 1, '["pwd"]', 'Mozilla/5.0 (bench)', ${address}, ${now}, ${now},
        ${now} - r % ${30 * dayMs}, ${now} + r % ${14 * dayMs}, ${ended(10)} from people`,
    `insert into grants (id, user_id, client_row, session_id, scopes, is_offline, user_epoch, client_epoch,
        consent_epoch, installation_epoch, generation, access_not_before_generation, authenticated_at, methods,
        created_at, expires_at, expires_on, ended_at, end_reason)
      with ${chosen} select ${key}, id, ${client}, ${key}, 'openid read offline_access', 1, 1, 1, 1, 1, 0, 0, ${now},
        '["pwd"]', ${now}, ${expiry}, ${expiry} / ${dayMs}, ${ended(5)}, case when r % 5 = 0 then 'signed-out' end from people`,
    `insert into consents (user_id, client_row, scopes, epoch, given_at, withdrawn_at)
      with ${chosen} select id, ${client}, '["openid","read"]', 1, ${now} - r % ${600 * dayMs}, ${ended(50)} from people`,
    `${event} with ${chosen} select 'user.signed-in', ${now} - (${people} - i) * ${step}, id, id, null, ${address}, '{}'
      from people order by i`,
    `${event} with ${chosen}, kinds (n, kind) as (values ${kinds})
      select kind, ${now} - (${people} - i) * ${step} + 1, null, id, ${client}, ${address}, '{}'
      from people join kinds on n = r % ${eventKinds.length} order by i`,
    member(0, 'i % 10 = 0'),
    member(1, `i <= ${Math.floor(people / 10)}`),
    member(2, 'i % 200 = 0'),
    member(3, `i % ${Math.max(1, Math.floor(people / 20))} = 0`),
  ]
}

const clientColumns = `authentication_method, grant_types, redirect_uris, post_logout_redirect_uris, allowed_origins, scopes, pkce,
  consent, introspection, id_token_algorithm, access_token_lifetime_seconds, refresh_token_lifetime_seconds,
  refresh_grace_seconds, refresh_ends_access_tokens, refresh_narrows_grant, epoch, updated_at, metadata`

async function writeClients(database: Database, count: number, now: number): Promise<Piece['clients']> {
  const [row] = await database.all(sql`select id from clients where client_id = 'bench'`)
  const last = lastNames.split(' ').length
  await database.commit([
    unguarded(
      raw(`insert into clients (client_id, name, enabled, is_confidential, created_at, ${clientColumns})
        with recursive ${seriesOf(1, count)}, ${values('lasts', lastNames).cte}
        select 'bench-' || i, l.name || ' ' || i, case when i % 100 = 9 then 0 else 1 end, i % 2,
          ${now} - (${count} - i) * ${Math.floor((600 * dayMs) / count)}, ${clientColumns
            .split(', ')
            .map((one) => `c.${one.trim()}`)
            .join(', ')}
        from series join clients c on c.client_id = 'bench' join lasts l on l.n = i % ${last} order by i`),
    ),
    unguarded(
      raw(`insert into client_secrets (client_row, kind, verifier, hint, created_at)
        select id, 'sha256', '', '', created_at from clients`),
    ),
    unguarded(
      raw(`insert into usage_hours (kind, hour, reason, client_row, counted)
        with recursive ${seriesOf(0, 23)}
        select 'token', ${Math.floor(now / 3_600_000) * 3_600_000} - i * 3600000, 'refresh_token', id, 1 + id % 50
        from series, clients where id % 10 = 0`),
    ),
  ])
  return { first: Number(row?.['id']), count }
}

/** One with a tenth of the people, all over; one with the oldest tenth; one with a few thousand; one with twenty; and many with nobody. */
async function writeGroups(database: Database, now: number): Promise<Piece['groups']> {
  await database.commit([
    unguarded(
      raw(`insert into groups (name, permissions, created_at)
        with recursive ${seriesOf(0, 300)} select 'bench-' || i, '[]', ${now} from series order by i`),
    ),
  ])
  const [row] = await database.all(sql`select id from groups where name = 'bench-0'`)
  return { first: Number(row?.['id']) }
}
