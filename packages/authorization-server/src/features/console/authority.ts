// Nobody raises themselves, and nobody acts upon, or hands out, more than they hold: neither through a person, nor through an
// application that a superuser gave powers. The last who can administer the server stays.
import type { Actor } from '../../platform/console/index.ts'
import { holdsAll } from '../../platform/console/index.ts'
import { type Client, hasPowers } from '../../records/clients/index.ts'

export interface Person {
  readonly id: number
  readonly isStaff: boolean
  readonly isSuperuser: boolean
  readonly groups: readonly GroupRights[]
  /** Whether an application with powers is theirs. */
  readonly ownsPowers?: boolean
}

export interface GroupRights {
  readonly id: number
  readonly name: string
  readonly permissions: readonly string[]
}

export function permissionsOf(groups: readonly Pick<GroupRights, 'permissions'>[]): ReadonlySet<string> {
  return new Set(groups.flatMap((group) => group.permissions))
}

/** Why the actor may not touch this person's account; undefined when they may. */
export function whyNotPerson(actor: Actor, person: Person): string | undefined {
  if (actor.isSuperuser || person.id === actor.id) return undefined
  if (person.isSuperuser) return 'Only a superuser may do this to a superuser.'
  // Their password or account would be a way to what they hold.
  if (!holdsAll(actor, permissionsOf(person.groups))) {
    return 'This person may do things that you may not, so you may not do this to them.'
  }
  if (person.ownsPowers === true) {
    return 'This person owns an application with powers that only a superuser gives, so only a superuser may do this to them.'
  }
  return undefined
}

/** Why the actor may not steer this application: where it sends people, how it proves itself, whose it is. */
export function whyNotApplication(
  actor: Actor,
  client: Pick<Client, 'ownerId' | 'consent' | 'introspection' | 'scopes'>,
): string | undefined {
  if (actor.isSuperuser || client.ownerId === actor.id || !hasPowers(client)) return undefined
  return 'This application has powers that only a superuser gives, so only a superuser or its owner may change it.'
}

export interface Role {
  readonly isStaff: boolean
  readonly isSuperuser: boolean
  readonly groups: readonly GroupRights[]
}

/** What is wrong with a change of role, by field. */
export function roleErrors(
  actor: Actor,
  person: Pick<Person, 'id'> & Role,
  after: Role,
): Readonly<Record<string, readonly string[]>> {
  if (actor.isSuperuser) return {}
  const errors: Record<string, readonly string[]> = {}
  if (person.isSuperuser !== after.isSuperuser) errors['is_superuser'] = ['Only a superuser may change this.']
  if (person.isStaff !== after.isStaff) errors['is_staff'] = ['Only a superuser may change this.']
  const differing = [
    ...after.groups.filter(({ id }) => !person.groups.some((one) => one.id === id)),
    ...person.groups.filter(({ id }) => !after.groups.some((one) => one.id === id)),
  ]
  const beyond = differing.find((group) => !holdsAll(actor, group.permissions))
  if (differing.length > 0 && person.id === actor.id) errors['groups'] = ['You cannot change your own groups.']
  else if (beyond !== undefined) errors['groups'] = [`The group ${beyond.name} may do things that you may not.`]
  return errors
}

/** Why the actor may not give a group these permissions, or take them. */
export function whyNotPermissions(
  actor: Actor,
  before: readonly string[],
  after: readonly string[],
): string | undefined {
  const all = [...before, ...after]
  return holdsAll(actor, all) ? undefined : 'A group holds, or would hold, permissions that you do not have yourself.'
}
