import type { Migration } from '../../platform/storage/index.ts'

export const sessionsMigrations: readonly Migration[] = [
  {
    id: '0005-sessions',
    up: (c) => [
      `create table sessions (
        id ${c.text} primary key,
        user_id ${c.integer} not null references users (id) on delete cascade,
        user_epoch ${c.integer} not null,
        installation_epoch ${c.integer} not null,
        methods ${c.json} not null,
        user_agent ${c.text} not null,
        address ${c.text} not null,
        created_at ${c.instant} not null,
        authenticated_at ${c.instant} not null,
        last_seen_at ${c.instant} not null,
        expires_at ${c.instant} not null,
        ended_at ${c.instant}
      )${c.strict}`,
      `create index sessions_by_user on sessions (user_id)`,
      `create index sessions_by_expiry on sessions (expires_at)`,
    ],
  },
  {
    id: '0039-sessions-by-last-visit',
    up: () => [`create index sessions_by_last_visit on sessions (last_seen_at, id)`],
  },
  {
    id: '0045-session-lists',
    up: () => [
      `drop index sessions_by_expiry`,
      `create index sessions_by_expiry on sessions (expires_at, id)`,
      `create index sessions_ended on sessions (expires_at, id) where ended_at is not null`,
    ],
  },
  {
    // With when each ends: the sessions of a day are put in that order without reading them.
    id: '0047-sessions-by-last-visit',
    up: () => [
      `drop index sessions_by_last_visit`,
      `create index sessions_by_last_visit on sessions (last_seen_at, id, expires_at)`,
    ],
  },
  {
    id: '0049-sessions-by-end',
    up: () => [`create index sessions_by_end on sessions (ended_at) where ended_at is not null`],
  },
  {
    // And with whether it has ended: those of an hour that live are counted without reading them.
    id: '0050-sessions-by-last-visit',
    up: () => [
      `drop index sessions_by_last_visit`,
      `create index sessions_by_last_visit on sessions (last_seen_at, id, expires_at, ended_at)`,
    ],
  },
]
