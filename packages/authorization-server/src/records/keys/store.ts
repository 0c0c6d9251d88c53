import type { RingKey, SigningAlgorithm } from '../../platform/crypto/index.ts'
import {
  type Database,
  guarded,
  instant,
  integer,
  maybeInstant,
  type Removal,
  sql,
  text,
  unguarded,
  type Write,
} from '../../platform/storage/index.ts'
import type { Instant } from '../../platform/time/index.ts'
import type { KeyTimes } from './schedule.ts'

export async function listRingKeys(database: Pick<Database, 'all'>): Promise<readonly RingKey[]> {
  const rows = await database.all(sql`select * from ring_keys order by id`)
  return rows.map((row) => ({
    id: integer(row, 'id'),
    salt: Buffer.from(text(row, 'salt'), 'base64url'),
    createdAt: instant(row, 'created_at'),
    retiredAt: maybeInstant(row, 'retired_at'),
  }))
}

/** Unmet when another node made that generation first. */
export function insertRingKey(key: RingKey): Write {
  return guarded(sql`
    insert into ring_keys (id, salt, created_at)
    values (${key.id}, ${Buffer.from(key.salt).toString('base64url')}, ${key.createdAt}) on conflict do nothing`)
}

export interface StoredSigningKey extends KeyTimes {
  readonly kid: string
  readonly algorithm: SigningAlgorithm
  /** Sealed under the ring: the database alone signs nothing. */
  readonly sealedPrivateKey: string
  readonly createdAt: Instant
}

export async function listSigningKeys(database: Database): Promise<readonly StoredSigningKey[]> {
  const rows = await database.all(sql`select * from signing_keys order by created_at, kid`)
  return rows.map((row) => ({
    kid: text(row, 'kid'),
    algorithm: text(row, 'algorithm') as SigningAlgorithm,
    sealedPrivateKey: text(row, 'private_key'),
    createdAt: instant(row, 'created_at'),
    signsFrom: instant(row, 'signs_from'),
    publishedUntil: maybeInstant(row, 'published_until'),
  }))
}

/** The first key of an algorithm: unmet when another node made one meanwhile. */
export function insertFirstSigningKey(key: StoredSigningKey): Write {
  return guarded(sql`
    insert into signing_keys (kid, algorithm, private_key, created_at, signs_from)
    select cast(${key.kid} as text), cast(${key.algorithm} as text), cast(${key.sealedPrivateKey} as text),
      cast(${key.createdAt} as bigint), cast(${key.signsFrom} as bigint)
    where not exists (select 1 from signing_keys other where other.algorithm = ${key.algorithm})`)
}

export function insertSigningKey(key: StoredSigningKey): Write {
  return guarded(sql`
    insert into signing_keys (kid, algorithm, private_key, created_at, signs_from)
    values (${key.kid}, ${key.algorithm}, ${key.sealedPrivateKey}, ${key.createdAt}, ${key.signsFrom})`)
}

/** Lets all other keys of the algorithm leave the key set at `until`. Unmet when they are not that many: another made a successor. */
export function retireOtherKeys(
  key: Pick<StoredSigningKey, 'kid' | 'algorithm'>,
  until: Instant,
  howMany: number,
): Write {
  const statement = sql`
    update signing_keys set published_until = ${until}
    where algorithm = ${key.algorithm} and kid <> ${key.kid} and published_until is null`
  return { statement, rows: howMany }
}

export function expiredKeys(before: Instant, limit: number): Removal {
  const named = sql`select kid from signing_keys where published_until < ${before} limit ${limit}`
  return { named, write: unguarded(sql`delete from signing_keys where kid in (${named})`) }
}

/** Whether anything was ever sealed for this database. */
export async function hasKeys(database: Database): Promise<boolean> {
  return (await database.all(sql`select id from ring_keys limit 1`)).length > 0
}
