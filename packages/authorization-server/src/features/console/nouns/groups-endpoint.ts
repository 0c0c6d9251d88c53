// What the console does with groups. Nobody makes, or takes apart, a group that holds more than they do.
import {
  type Asked,
  changedValues,
  type Desk,
  type Entry,
  type Noun,
  type Outcome,
  type Values,
} from '../../../platform/console/index.ts'
import { endPasswordLinksOfGroup } from '../../../records/credentials/index.ts'
import {
  countMembers,
  deleteGroup,
  findGroup,
  findGroupById,
  type Group,
  insertGroup,
  updateGroup,
} from '../../../records/groups/index.ts'
import type { Context } from '../../context/index.ts'
import { whyNotPermissions } from '../authority.ts'
import { changeBy } from '../trail.ts'

const longestName = 150
const mostCounted = 10_001
const conflict: Outcome = { kind: 'conflict' }
const taken: Outcome = { kind: 'invalid', errors: { name: ['Group with this Name already exists.'] } }

export function groupsDesk(context: Context, noun: Noun): Desk {
  return {
    noun,
    async complete(entries) {
      const ids = entries.map(({ id }) => Number(id))
      const members = await countMembers(context.database, ids, mostCounted)
      return entries.map((entry) => ({
        ...entry,
        values: { ...entry.values, members: members.get(Number(entry.id)) ?? 0 },
      }))
    },
    add: (asked, values) => add(context, asked, values),
    change: (asked, entry, values) => withGroup(context, entry, (group) => change(context, asked, group, values)),
    remove: (asked, entry) => withGroup(context, entry, (group) => remove(context, asked, group)),
    consequences: async (entry) => {
      const members = await countMembers(context.database, [Number(entry.id)], mostCounted)
      return [{ label: 'Members who leave it', count: members.get(Number(entry.id)) ?? 0 }]
    },
  }
}

async function withGroup(context: Context, entry: Entry, act: (group: Group) => Promise<Outcome>): Promise<Outcome> {
  const group = await findGroupById(context.database, Number(entry.id))
  return group === undefined ? conflict : act(group)
}

function typed(values: Values): { readonly name: string; readonly permissions: readonly string[] } {
  const { name, permissions } = values
  return {
    name: typeof name === 'string' ? name : '',
    permissions: Array.isArray(permissions) ? permissions.map(String) : [],
  }
}

function nameErrors(name: string): Outcome | undefined {
  if (name !== '' && Array.from(name).length <= longestName) return undefined
  const sentence =
    name === '' ? 'This field is required.' : `Ensure this field has no more than ${longestName} characters.`
  return { kind: 'invalid', errors: { name: [sentence] } }
}

async function add(context: Context, asked: Asked, values: Values): Promise<Outcome> {
  const { name, permissions } = typed(values)
  const wrong = nameErrors(name)
  if (wrong !== undefined) return wrong
  const why = whyNotPermissions(asked.actor, [], permissions)
  if (why !== undefined) return { kind: 'invalid', errors: { permissions: [why] } }
  if ((await findGroup(context.database, name)) !== undefined) return taken
  const changes = changedValues({}, { name, permissions })
  const result = await context.database.commit([
    insertGroup(name, permissions, asked.at),
    changeBy(asked, { kind: 'group.created', noun: 'groups', target: { group: name }, changes }),
  ])
  if (!result.won) return result.at === 0 ? taken : conflict
  const group = await findGroup(context.database, name)
  return group === undefined ? conflict : { kind: 'done', id: String(group.id) }
}

async function change(context: Context, asked: Asked, group: Group, values: Values): Promise<Outcome> {
  const { name, permissions } = typed(values)
  const wrong = nameErrors(name)
  if (wrong !== undefined) return wrong
  const why = whyNotPermissions(asked.actor, group.permissions, permissions)
  if (why !== undefined) return { kind: 'invalid', errors: { permissions: [why] } }
  const holder = await findGroup(context.database, name)
  if (holder !== undefined && holder.id !== group.id) return taken
  const before = { name: group.name, permissions: group.permissions }
  const changes = changedValues(before, { name, permissions })
  if (Object.keys(changes).length === 0) return { kind: 'done' }
  const target = String(group.id)
  const result = await context.database.commit([
    changeBy(asked, { kind: 'group.changed', noun: 'groups', target, changes }),
    updateGroup(group, name, permissions),
    // Whoever printed one might not have been let near them as they are now.
    ...('permissions' in changes ? [endPasswordLinksOfGroup(group.id)] : []),
  ])
  return result.won ? { kind: 'done' } : conflict
}

async function remove(context: Context, asked: Asked, group: Group): Promise<Outcome> {
  const why = whyNotPermissions(asked.actor, group.permissions, [])
  if (why !== undefined) return { kind: 'refused', why }
  const { name, permissions } = group
  const changes = changedValues({ name, permissions }, { name: null, permissions: null })
  const result = await context.database.commit([
    changeBy(asked, { kind: 'group.deleted', noun: 'groups', target: String(group.id), changes }),
    deleteGroup(group),
  ])
  return result.won ? { kind: 'done' } : conflict
}
