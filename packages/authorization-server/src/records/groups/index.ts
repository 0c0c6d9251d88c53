/**
 * Groups of users, with the permissions that membership gives in the console.
 * Specifications: none. Tables: groups, memberships. Settings: none.
 */
export { groupsMigrations } from './migrations.ts'
export { addMember, findGroup, type Group, groupsOf, insertGroup, listGroups } from './store.ts'
