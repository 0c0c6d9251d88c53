import type { Migration } from '../../platform/storage/index.ts'

export const registrationsMigrations: readonly Migration[] = [
  {
    id: '0021-registrations',
    up: (c) => [
      `create table initial_access_tokens (
        id ${c.identity},
        digest ${c.text} not null unique,
        name ${c.text} not null,
        created_at ${c.instant} not null,
        expires_at ${c.instant} not null,
        uses ${c.integer} not null,
        most_uses ${c.integer} not null,
        revoked_at ${c.instant}
      )${c.strict}`,
      `create table client_registrations (
        client_row ${c.integer} primary key references clients (id) on delete cascade,
        digest ${c.text} not null unique,
        initial_token_id ${c.integer} references initial_access_tokens (id),
        registered_at ${c.instant} not null
      )${c.strict}`,
      `create index client_registrations_by_time on client_registrations (registered_at)`,
      // Of one row, where two registrations at once meet, so that each counts the other.
      `create table registration_gate (id ${c.integer} primary key, passed ${c.integer} not null)${c.strict}`,
    ],
  },
]
