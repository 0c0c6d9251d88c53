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
]
