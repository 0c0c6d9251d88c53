// The nouns of the console, in the order of its menu, each with what carries it out. Permissions are made of them.
import {
  type Desk,
  type FieldChoice,
  type Noun,
  permissionOf,
  type Verb,
  verbsOf,
} from '../../platform/console/index.ts'
import { clientsNoun } from '../../records/clients/index.ts'
import { eventsNoun } from '../../records/events/index.ts'
import { grantsNoun } from '../../records/grants/index.ts'
import { groupsNoun } from '../../records/groups/index.ts'
import { keysNoun } from '../../records/keys/index.ts'
import { sessionsNoun } from '../../records/sessions/index.ts'
import { usersNoun } from '../../records/users/index.ts'
import type { Context } from '../context/index.ts'
import { clientsDesk, grantsDesk, keysDesk, sessionsDesk } from './access-endpoint.ts'
import { groupsDesk } from './groups-endpoint.ts'
import { usersDesk } from './users-endpoint.ts'

export async function desksOf(context: Context): Promise<readonly Desk[]> {
  const [users, clients, grants, sessions, keys, events, bareGroups] = await Promise.all([
    usersNoun(),
    clientsNoun(),
    grantsNoun(),
    sessionsNoun(),
    keysNoun(),
    eventsNoun(),
    groupsNoun([]),
  ])
  const all = [users, bareGroups, clients, grants, sessions, keys, events]
  const groups = await groupsNoun(permissionsFor(all))
  return [
    usersDesk(context, users, groups),
    groupsDesk(context, groups),
    clientsDesk(context, clients),
    grantsDesk(context, grants),
    sessionsDesk(context, sessions),
    keysDesk(context, keys),
    { noun: events },
  ]
}

const words: Readonly<Record<Verb, string>> = { view: 'View', add: 'Add', change: 'Change', delete: 'Delete' }

function permissionsFor(nouns: readonly Noun[]): readonly FieldChoice[] {
  return nouns.flatMap((noun) =>
    verbsOf(noun).map((verb) => ({ value: permissionOf(noun, verb), label: words[verb], group: noun.many })),
  )
}
