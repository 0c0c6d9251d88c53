// What is read of grants: with all that the gate must know in the same row, so that no second look is needed to judge one.
import {
  type Database,
  flag,
  instant,
  integer,
  json,
  maybeInstant,
  maybeText,
  type Row,
  sql,
  lookup,
  text,
} from '../../../platform/storage/index.ts'
import type { Instant } from '../../../platform/time/index.ts'
import { type Consent, consentFromRow } from '../../consents/index.ts'
import { type User, userFromRow } from '../../users/index.ts'
import type { Standing } from '../gate.ts'
import type { Grant, Stamp } from '../grant.ts'

function grantFromRow(row: Row): Grant {
  return {
    id: text(row, 'grant_id'),
    userId: integer(row, 'user_id'),
    clientRow: integer(row, 'client_row'),
    sessionId: maybeText(row, 'session_id'),
    originSessionId: maybeText(row, 'origin_session_id') ?? maybeText(row, 'session_id'),
    scopes: text(row, 'scopes'),
    audiences: text(row, 'audiences'),
    claims: text(row, 'grant_claims'),
    isOffline: flag(row, 'is_offline'),
    userEpoch: integer(row, 'user_epoch'),
    clientEpoch: integer(row, 'client_epoch'),
    consentEpoch: integer(row, 'consent_epoch'),
    installationEpoch: integer(row, 'installation_epoch'),
    generation: integer(row, 'generation'),
    accessNotBeforeGeneration: integer(row, 'access_not_before_generation'),
    rotatedAt: maybeInstant(row, 'rotated_at'),
    authenticatedAt: maybeInstant(row, 'authenticated_at'),
    methods: json(row, 'methods', (value) => value as readonly string[]),
    createdAt: instant(row, 'grant_created_at'),
    expiresAt: instant(row, 'expires_at'),
    endedAt: maybeInstant(row, 'ended_at'),
  }
}

const grantColumns = sql`
  g.id as grant_id, g.user_id, g.client_row, g.session_id, g.origin_session_id, g.scopes, g.audiences, g.claims as grant_claims, g.is_offline, g.user_epoch,
  g.client_epoch, g.consent_epoch, g.installation_epoch, g.generation, g.access_not_before_generation, g.rotated_at,
  g.authenticated_at, g.methods, g.created_at as grant_created_at, g.expires_at, g.ended_at`

const standingColumns = sql`
  u.is_active as standing_user_active, u.epoch as standing_user_epoch, c.enabled as standing_client_enabled,
  c.epoch as standing_client_epoch, coalesce(k.epoch, 0) as standing_consent_epoch, i.epoch as standing_installation_epoch`

function standingFromRow(row: Row): Standing {
  return {
    userIsActive: flag(row, 'standing_user_active'),
    userEpoch: integer(row, 'standing_user_epoch'),
    clientIsEnabled: flag(row, 'standing_client_enabled'),
    clientEpoch: integer(row, 'standing_client_epoch'),
    consentEpoch: integer(row, 'standing_consent_epoch'),
    installationEpoch: integer(row, 'standing_installation_epoch'),
  }
}

/** What an access token is judged by, and whom it speaks of, without what only the person's own pages and claims need. */
export interface GrantFacts {
  readonly grant: Stamp &
    Pick<
      Grant,
      'clientRow' | 'methods' | 'generation' | 'accessNotBeforeGeneration' | 'authenticatedAt' | 'expiresAt' | 'endedAt'
    >
  readonly standing: Standing
  readonly user: Pick<User, 'id' | 'subject' | 'username' | 'email'>
  /** The client's id on the wire. */
  readonly clientId: string
  /** Whether its registration speaks of pairwise subjects: then it must be read to know the person's name to it. */
  readonly mayBePairwise: boolean
}

/** A grant with all that the gate must know, and the person it speaks of: one read. */
export interface GrantView extends GrantFacts {
  readonly grant: Grant
  readonly user: User
}

const clientColumns = sql`c.client_id as wire_client_id, c.metadata as client_metadata`

const fromGrants = sql`
  from grants g
    join users u on u.id = g.user_id
    join clients c on c.id = g.client_row
    join installation i on i.id = 1
    left join consents k on k.user_id = g.user_id and k.client_row = g.client_row`

const grantById = lookup<{ id: string }>(
  (at) => sql`
    select u.*, ${grantColumns}, ${standingColumns}, ${clientColumns} ${fromGrants} where g.id = ${at.id}`,
)

const grantFactsById = lookup<{ id: string }>(
  (at) => sql`
    select g.user_id, u.subject, u.username, u.email, g.client_row, g.methods, g.generation,
      g.access_not_before_generation, g.authenticated_at, g.expires_at, g.ended_at, g.user_epoch, g.client_epoch,
      g.consent_epoch, g.installation_epoch, ${standingColumns}, ${clientColumns} ${fromGrants} where g.id = ${at.id}`,
)

function grantViewFromRow(row: Row | undefined): GrantView | undefined {
  return (
    row && {
      grant: grantFromRow(row),
      standing: standingFromRow(row),
      user: userFromRow(row),
      ...clientFromRow(row),
    }
  )
}

function clientFromRow(row: Row): Pick<GrantFacts, 'clientId' | 'mayBePairwise'> {
  return {
    clientId: text(row, 'wire_client_id'),
    mayBePairwise: text(row, 'client_metadata').includes('pairwise'),
  }
}

export async function findGrant(database: Database, id: string): Promise<GrantView | undefined> {
  return grantViewFromRow((await database.all(grantById({ id })))[0])
}

export async function findGrantFacts(database: Database, id: string): Promise<GrantFacts | undefined> {
  const [row] = await database.all(grantFactsById({ id }))
  return (
    row && {
      grant: {
        clientRow: integer(row, 'client_row'),
        methods: json(row, 'methods', (value) => value as readonly string[]),
        generation: integer(row, 'generation'),
        accessNotBeforeGeneration: integer(row, 'access_not_before_generation'),
        authenticatedAt: maybeInstant(row, 'authenticated_at'),
        expiresAt: instant(row, 'expires_at'),
        endedAt: maybeInstant(row, 'ended_at'),
        userEpoch: integer(row, 'user_epoch'),
        clientEpoch: integer(row, 'client_epoch'),
        consentEpoch: integer(row, 'consent_epoch'),
        installationEpoch: integer(row, 'installation_epoch'),
      },
      standing: standingFromRow(row),
      user: {
        id: integer(row, 'user_id'),
        subject: text(row, 'subject'),
        username: maybeText(row, 'username'),
        email: maybeText(row, 'email'),
      },
      ...clientFromRow(row),
    }
  )
}

/** Who redeems a code, and the grant that it was redeemed for before, if it was. */
export interface Redeemer {
  readonly user: User
  readonly earlierGrantId: string | undefined
}

const redeemerOf = lookup<{ userId: number; grantId: string }>(
  (at) => sql`
    select u.*, (select g.id from grants g where g.id = ${at.grantId}) as earlier_grant_id
    from users u where u.id = ${at.userId}`,
)

export async function findRedeemer(database: Database, userId: number, grantId: string): Promise<Redeemer | undefined> {
  const [row] = await database.all(redeemerOf({ userId, grantId }))
  return row && { user: userFromRow(row), earlierGrantId: maybeText(row, 'earlier_grant_id') }
}

/** What authority would rest on if this person and this client got a grant now. */
export async function findStanding(
  database: Database,
  userId: number,
  clientRow: number,
): Promise<Standing | undefined> {
  const [row] = await database.all(standingOf({ userId, clientRow }))
  return row && standingFromRow(row)
}

const standingOf = lookup<{ userId: number; clientRow: number }>(
  (at) => sql`
    select ${standingColumns}
    from users u
      join clients c on c.id = ${at.clientRow}
      join installation i on i.id = 1
      left join consents k on k.user_id = u.id and k.client_row = c.id
    where u.id = ${at.userId}`,
)

/** What an answer to an authorization request rests on: the standing, and what the person allowed that client. */
export interface AuthorizationBasis {
  readonly standing: Standing
  readonly consent: Consent | undefined
}

export async function findAuthorizationBasis(
  database: Database,
  userId: number,
  clientRow: number,
): Promise<AuthorizationBasis | undefined> {
  const [row] = await database.all(basisOf({ userId, clientRow }))
  return (
    row && {
      standing: standingFromRow(row),
      consent: row['epoch'] === null ? undefined : consentFromRow(row),
    }
  )
}

const basisOf = lookup<{ userId: number; clientRow: number }>(
  (at) => sql`
    select ${standingColumns}, k.scopes, k.epoch, k.given_at, k.withdrawn_at
    from users u
      join clients c on c.id = ${at.clientRow}
      join installation i on i.id = 1
      left join consents k on k.user_id = u.id and k.client_row = c.id
    where u.id = ${at.userId}`,
)

/** The user's grants that still stand, newest first. */
export async function liveGrantsOf(database: Database, userId: number, now: Instant): Promise<readonly GrantInList[]> {
  const rows = await database.all(sql`
    select ${grantColumns}, c.name as client_name, c.client_id as wire_client_id
    from grants g
      join users u on u.id = g.user_id
      join clients c on c.id = g.client_row
      join installation i on i.id = 1
      left join consents k on k.user_id = g.user_id and k.client_row = g.client_row
    where g.user_id = ${userId} and g.ended_at is null and g.expires_at > ${now}
      and u.epoch = g.user_epoch and c.epoch = g.client_epoch and c.enabled = 1
      and coalesce(k.epoch, 0) = g.consent_epoch and i.epoch = g.installation_epoch
    order by g.created_at desc, g.id`)
  return rows.map((row) => ({
    ...grantFromRow(row),
    clientName: text(row, 'client_name'),
    clientId: text(row, 'wire_client_id'),
  }))
}

/** How many people a client serves now, and by how many grants. */
export async function countLiveGrantsOfClient(
  database: Database,
  clientRow: number,
  now: Instant,
): Promise<{ readonly people: number; readonly grants: number }> {
  const [row] = await database.all(sql`
    select count(*) as grants, count(distinct g.user_id) as people
    from grants g
      join users u on u.id = g.user_id
      join clients c on c.id = g.client_row
    where g.client_row = ${clientRow} and g.ended_at is null and g.expires_at > ${now}
      and u.epoch = g.user_epoch and c.epoch = g.client_epoch`)
  return { people: row ? integer(row, 'people') : 0, grants: row ? integer(row, 'grants') : 0 }
}

export interface GrantInList extends Grant {
  readonly clientName: string
  readonly clientId: string
}

/** What a client's own token rests on: the client as it is now, the installation, and whether the token was revoked. */
export interface ClientTokenStanding {
  readonly clientId: string
  readonly clientIsEnabled: boolean
  readonly clientEpoch: number
  readonly installationEpoch: number
  readonly isRevoked: boolean
}

export async function findClientTokenStanding(
  database: Database,
  clientRow: number,
  tokenId: string,
): Promise<ClientTokenStanding | undefined> {
  const [row] = await database.all(sql`
    select c.client_id, c.enabled, c.epoch as client_epoch, i.epoch as installation_epoch,
      (select count(*) from revoked_tokens r where r.token_id = ${tokenId}) as revocations
    from clients c join installation i on i.id = 1 where c.id = ${clientRow}`)
  return (
    row && {
      clientId: text(row, 'client_id'),
      clientIsEnabled: flag(row, 'enabled'),
      clientEpoch: integer(row, 'client_epoch'),
      installationEpoch: integer(row, 'installation_epoch'),
      isRevoked: integer(row, 'revocations') > 0,
    }
  )
}
