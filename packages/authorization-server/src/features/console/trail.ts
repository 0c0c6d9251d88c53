// The trail of a change: who asked, from where, when, and the reason that they gave. Every desk writes it with `changeBy`, first
// in its commit, so that none has to remember what is asked of a change:
//   context.database.commit([changeBy(asked, { kind: 'group.changed', noun: 'groups', target, changes }), updateGroup(…)])
import type { Asked } from '../../platform/console/index.ts'
import type { Write } from '../../platform/storage/index.ts'
import { type Change, recordChange } from '../../records/events/index.ts'

/** What was done to which row; the rest is in what was asked. */
export type Told = Omit<Change, 'actor' | 'address' | 'at' | 'reason'>

export function changeBy({ actor, address, at, reason }: Asked, told: Told): Write {
  return recordChange({ ...told, actor, address, at, reason })
}
