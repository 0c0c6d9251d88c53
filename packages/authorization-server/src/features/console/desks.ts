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
import { consentsNoun } from '../../records/consents/index.ts'
import { eventsNoun } from '../../records/events/index.ts'
import { grantsNoun } from '../../records/grants/index.ts'
import { groupsNoun } from '../../records/groups/index.ts'
import { keysNoun } from '../../records/keys/index.ts'
import { scopesNouns } from '../../records/scopes/index.ts'
import { sessionsNoun } from '../../records/sessions/index.ts'
import { usersNoun } from '../../records/users/index.ts'
import { viewsNoun } from '../../records/views/index.ts'
import type { Context } from '../context/index.ts'
import { grantsDesk, sessionsDesk } from './nouns/access-endpoint.ts'
import { settingsNoun } from './admin.ts'
import { apisDesk } from './nouns/apis-endpoint.ts'
import { withClientQuestions } from './nouns/client-questions-endpoint.ts'
import { clientsDesk } from './nouns/clients-endpoint.ts'
import { consentsDesk } from './nouns/consents-endpoint.ts'
import { eventsDesk } from './nouns/events-endpoint.ts'
import { groupsDesk } from './nouns/groups-endpoint.ts'
import { keysDesk } from './nouns/keys-endpoint.ts'
import { scopesDesk } from './nouns/scopes-endpoint.ts'
import { settingsDesk } from './nouns/settings-endpoint.ts'
import { usersDesk } from './nouns/users-endpoint.ts'
import { viewsDesk } from './nouns/views-endpoint.ts'
import { withOverview } from './home/overview-endpoint.ts'

interface Nouns {
  readonly users: Noun
  /** Without the permissions, which are made of all the nouns. */
  readonly bareGroups: Noun
  readonly clients: Noun
  readonly apis: Noun
  readonly scopes: Noun
  readonly grants: Noun
  readonly consents: Noun
  readonly sessions: Noun
  readonly keys: Noun
  readonly events: Noun
}

async function nounsOfRecords(): Promise<Nouns> {
  const [users, clients, { apis, scopes }, grants, consents, sessions, keys, events, bareGroups] = await Promise.all([
    usersNoun(),
    clientsNoun(),
    scopesNouns(),
    grantsNoun(),
    consentsNoun(),
    sessionsNoun(),
    keysNoun(),
    eventsNoun(),
    groupsNoun([]),
  ])
  return { users, bareGroups, clients, apis, scopes, grants, consents, sessions, keys, events }
}

/** Every permission that a group can give. */
export async function permissionNames(): Promise<readonly string[]> {
  const settings = settingsNoun([], () => Promise.resolve([]))
  const nouns = Object.values({ ...(await nounsOfRecords()), settings })
  return permissionsFor(nouns).map(({ value }) => value)
}

export async function desksOf(context: Context): Promise<readonly Desk[]> {
  const nouns = await nounsOfRecords()
  const { users, bareGroups, clients, apis, scopes, grants, consents, sessions, keys, events } = nouns
  const settings = settingsDesk(context)
  const all = [users, bareGroups, clients, apis, scopes, grants, consents, sessions, keys, events, settings.noun]
  const groups = await groupsNoun(permissionsFor(all))
  const desks: readonly Desk[] = [
    usersDesk(context, users, groups),
    groupsDesk(context, groups),
    await withClientQuestions(context, clientsDesk(context, clients)),
    apisDesk(context, apis),
    scopesDesk(context, scopes),
    grantsDesk(context, grants),
    consentsDesk(context, consents, { users, clients }),
    sessionsDesk(context, sessions),
    keysDesk(context, keys),
    eventsDesk(context, events, all),
    settings,
  ]
  const lists = desks.map(({ noun }) => noun)
  const views = await viewsNoun(lists.map(({ name, many }) => ({ value: name, label: many })))
  return [...desks.map((desk) => withOverview(context, desk)), viewsDesk(context, views, lists)]
}

const words: Readonly<Record<Verb, string>> = { view: 'View', add: 'Add', change: 'Change', delete: 'Delete' }

function permissionsFor(nouns: readonly Noun[]): readonly FieldChoice[] {
  return nouns.flatMap((noun) =>
    verbsOf(noun).map((verb) => ({ value: permissionOf(noun, verb), label: words[verb], group: noun.many })),
  )
}
