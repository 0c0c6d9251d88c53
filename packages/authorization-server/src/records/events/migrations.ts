import type { Migration } from '../../platform/storage/index.ts'

export const eventsMigrations: readonly Migration[] = [
  {
    id: '0011-events',
    up: (c) => [
      `create table events (
        id ${c.identity},
        kind ${c.text} not null,
        at ${c.instant} not null,
        actor_id ${c.integer},
        user_id ${c.integer},
        client_row ${c.integer},
        address ${c.text} not null,
        detail ${c.json} not null
      )${c.strict}`,
      `create index events_by_user on events (user_id, id)`,
      `create index events_by_client on events (client_row, id)`,
    ],
  },
  {
    id: '0031-event-targets',
    up: (c) => [
      `alter table events add column noun ${c.text}`,
      `alter table events add column target ${c.text}`,
      `create index events_by_target on events (noun, target, id) where noun is not null`,
      `create index events_by_actor on events (actor_id, id) where noun is not null`,
    ],
  },
  {
    id: '0040-event-chain',
    up: (c) => [
      `create table event_chain (
        position ${c.integer} primary key not null,
        event_id ${c.integer} not null unique,
        digest ${c.text} not null,
        key_id ${c.integer} not null
      )${c.strict}`,
    ],
  },
  {
    id: '0039-events-by-time',
    up: () => [`create index events_by_time on events (at, id)`],
  },
  {
    id: '0041-event-lists',
    up: () => [
      `create index events_by_kind on events (kind, at, id)`,
      `create index events_by_address on events (address, at, id)`,
      `create index events_by_anyone on events (actor_id, at, id) where actor_id is not null`,
      `drop index events_by_user`,
      `create index events_by_user on events (user_id, at, id) where user_id is not null`,
      `drop index events_by_client`,
      `create index events_by_client on events (client_row, at, id) where client_row is not null`,
    ],
  },
]
