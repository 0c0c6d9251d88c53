// Who may do what with which rows: denied unless a permission, ownership or being a superuser says otherwise.
import { type Entry, type Noun, permissionOf, type Verb, verbsOf } from './noun.ts'

export interface Actor {
  readonly id: number
  /** Raised by whatever ends what the actor holds: a change that was decided before it is not written. */
  readonly epoch: number
  readonly isStaff: boolean
  readonly isSuperuser: boolean
  /** `noun.verb`, from all groups. */
  readonly permissions: ReadonlySet<string>
}

/** `own`: only the rows whose owner the actor is. */
export type Reach = 'all' | 'own' | 'none'

export function reachOf(actor: Actor, noun: Noun, verb: Verb): Reach {
  if (!verbsOf(noun).includes(verb)) return 'none'
  if (noun.owner?.isPrivate === true) return noun.owner.may.includes(verb) ? 'own' : 'none'
  if (actor.isSuperuser || (actor.isStaff && holds(actor, noun, verb))) return 'all'
  return noun.owner?.may.includes(verb) === true ? 'own' : 'none'
}

/** Whether the actor reaches this row: what they may only do with their own is not offered with another's. */
export function reachesEntry(actor: Actor, noun: Noun, verb: Verb, { values }: Pick<Entry, 'values'>): boolean {
  const reach = reachOf(actor, noun, verb)
  if (reach !== 'own') return reach === 'all'
  const owner = noun.fields.find(({ column }) => column === noun.owner?.column)
  // Where the row does not say whose it is, it was found as the actor's own.
  return owner === undefined || values[owner.name] === actor.id
}

/** Who may change rows may see them, as in Django. */
function holds(actor: Actor, noun: Noun, verb: Verb): boolean {
  const enough: readonly Verb[] = verb === 'view' ? ['view', 'change'] : [verb]
  return enough.some((one) => actor.permissions.has(permissionOf(noun, one)))
}

/** Whether one actor holds all that is named: nobody hands out, or acts upon, more than they hold themselves. */
export function holdsAll(actor: Actor, permissions: Iterable<string>): boolean {
  return actor.isSuperuser || [...permissions].every((one) => actor.isStaff && actor.permissions.has(one))
}
