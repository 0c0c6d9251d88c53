/**
 * Groups of users, with the permissions that membership gives in the console.
 * Specifications: none. Tables: groups, memberships. Settings: none.
 */
import type { FieldChoice, Noun } from '../../platform/console/index.ts'

export { groupsMigrations } from './migrations.ts'
export {
  addMember,
  countMembers,
  deleteGroup,
  findGroup,
  findGroupById,
  type Group,
  groupsOf,
  insertGroup,
  listGroups,
  membershipsOf,
  removeMember,
  requireGroup,
  updateGroup,
} from './store.ts'

/**
 * For the console, which loads it when somebody opens it: no start waits for it.
 * @param permissions all that there are
 */
export async function groupsNoun(permissions: readonly FieldChoice[]): Promise<Noun> {
  return (await import('./admin.ts')).groupsNoun(permissions)
}
