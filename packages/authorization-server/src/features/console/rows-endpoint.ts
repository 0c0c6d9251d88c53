// What pages and API share: finding rows that the caller reaches, naming what they refer to, and carrying out what is asked.
import {
  changeFields,
  completed,
  countListed,
  countShown,
  type CursorSeal,
  type Desk,
  type Entry,
  type Field,
  findEntry,
  labelsOf,
  type Labels,
  listEntries,
  type ListQuery,
  type Noun,
  type Operation,
  type Outcome,
  type Owner,
  parseListQuery,
  type PastChange,
  reachOf,
  type Values,
  writeCursor,
} from '../../platform/console/index.ts'
import { HttpFault, type Incoming } from '../../platform/http/index.ts'
import { changesByActor, changesOfTarget, eventLabel, type RecordedChange } from '../../records/events/index.ts'
import { type Console, deskOf, type Entered, ownerIn, reachesStill } from './console.ts'

const mostHistory = 200

export function sealOf({ context }: Console): CursorSeal {
  const purpose = { name: 'console cursor', prefix: '' }
  const { sealer } = context.keys
  return { tag: (payload) => sealer.tag(purpose, payload), untag: (text) => sealer.untag(purpose, text) }
}

export interface ListFound {
  readonly query: ListQuery
  readonly entries: readonly Entry[]
  readonly count: number
  readonly isCountExact: boolean
  readonly next: string | undefined
  readonly previous: string | undefined
  readonly faults: ReturnType<typeof parseListQuery>['faults']
  readonly owner: Owner
}

export async function findList(
  here: Console,
  { asked }: Entered,
  { noun, verb }: Operation,
  request: Incoming,
): Promise<ListFound> {
  const owner = ownerIn(asked.actor, noun, verb)
  const seal = sealOf(here)
  const { query, faults } = parseListQuery(noun, request.query, seal)
  const { database } = here.context
  const [listed, counted] = await Promise.all([
    listEntries(database, noun, query, owner),
    countListed(database, noun, query, owner),
  ])
  const { count, isExact: isCountExact } = countShown(counted, listed, query)
  const entries = await completed(deskOf(here, noun), listed.entries)
  const sealed = (place: typeof listed.next): string | undefined => place && writeCursor(noun, query, place, seal)
  const [next, previous] = [sealed(listed.next), sealed(listed.previous)]
  return { query, entries, count, isCountExact, next, previous, faults, owner }
}

/** An entry as JSON: its id, then its fields. */
export function written(noun: Noun, { id, values }: Entry): Readonly<Record<string, unknown>> {
  return { id: noun.key.kind === 'number' ? Number(id) : id, ...values }
}

/** One row that the caller reaches; what is beyond their reach is not found, as if it were not there. */
export async function findRow(
  here: Console,
  { asked }: Entered,
  { noun, verb }: Pick<Operation, 'noun' | 'verb'>,
  id: string,
): Promise<Entry> {
  const owner = ownerIn(asked.actor, noun, verb)
  const entry = await findEntry(here.context.database, noun, id, owner)
  const [found] = entry === undefined ? [] : await completed(deskOf(here, noun), [entry])
  if (found === undefined) throw new HttpFault('not-found', 'There is no such row.')
  return found
}

export async function labelsFor(
  here: Console,
  fields: readonly Pick<Field, 'name' | 'noun'>[],
  entries: readonly { readonly values: Values }[],
): Promise<Labels> {
  const wanted = new Map<string, Set<string | number>>()
  for (const { name, noun } of fields) {
    if (noun === undefined) continue
    const ids = wanted.get(noun) ?? new Set()
    wanted.set(noun, ids)
    for (const { values } of entries) {
      for (const id of [values[name]].flat()) if (typeof id === 'string' || typeof id === 'number') ids.add(id)
    }
  }
  const found = await Promise.all(
    [...wanted].map(async ([name, ids]) => {
      const noun = here.desks.get(name)?.noun
      const labels = noun === undefined ? new Map() : await labelsOf(here.context.database, noun, [...ids])
      return [...labels].map(([id, label]) => [`${name}:${id}`, label] as const)
    }),
  )
  return new Map(found.flat())
}

/** The fields that the caller may fill in for this operation, now. */
export async function fieldsFor(
  here: Console,
  { asked }: Entered,
  { noun, task, act }: Operation,
  entry: Entry | undefined,
): Promise<readonly Field[]> {
  const declared = task === 'add' ? (noun.add ?? []) : task === 'change' ? changeFields(noun) : (act?.fields ?? [])
  return (await deskOf(here, noun).fields?.(asked, declared, entry)) ?? declared
}

export async function carryOut(
  here: Console,
  entered: Entered,
  operation: Operation,
  entry: Entry | undefined,
  values: Values,
): Promise<Outcome> {
  const desk = deskOf(here, operation.noun)
  const doing = doingOf(desk, entered, operation, entry, values)
  if (doing === undefined) throw new Error(`The desk of ${operation.noun.name} cannot ${operation.task}.`)
  return doing
}

function doingOf(
  desk: Desk,
  { asked }: Entered,
  { task, act }: Operation,
  entry: Entry | undefined,
  values: Values,
): Promise<Outcome> | undefined {
  if (task === 'add') return desk.add?.(asked, values)
  if (task === 'act-on-noun') return desk.nounActs?.[act?.name ?? '']?.(asked, values)
  if (entry === undefined) return undefined
  if (task === 'change') return desk.change?.(asked, entry, values)
  if (task === 'delete') return desk.remove?.(asked, entry)
  if (act?.when?.(entry.values) === false) {
    return Promise.resolve({ kind: 'refused', why: 'There is nothing to do: it is so already.' })
  }
  return desk.acts?.[act?.name ?? '']?.(asked, entry, values)
}

export interface ManyDone {
  readonly done: number
  readonly left: number
}

/** Each row by itself: what cannot be done to one is no reason to leave the others; the end of the caller's rights is. */
export async function carryOutMany(
  here: Console,
  entered: Entered,
  operation: Operation,
  ids: readonly string[],
): Promise<ManyDone> {
  let done = 0
  for (const id of ids) {
    if (!(await reachesStill(entered, operation))) break
    const entry = await findRow(here, entered, operation, id).catch((error: unknown) => {
      if (error instanceof HttpFault && error.kind === 'not-found') return undefined
      throw error
    })
    const outcome = entry && (await carryOut(here, entered, operation, entry, {}))
    if (outcome?.kind === 'done') done += 1
  }
  return { done, left: ids.length - done }
}

/** Who only owns the row learns what was done, and why; who of those in charge did it, and from where, is not for them. */
export async function historyOf(
  here: Console,
  { asked: { actor } }: Entered,
  { noun, verb }: Pick<Operation, 'noun' | 'verb'>,
  id: string,
): Promise<readonly PastChange[]> {
  const changes = await changesOfTarget(here.context.database, noun.name, id, mostHistory)
  const all = await told(here, changes)
  if (reachOf(actor, noun, verb) !== 'own') return all
  return all.map((one, at) =>
    changes[at]?.actorId === actor.id ? one : { ...one, actor: 'somebody in charge', address: '' },
  )
}

export async function recentChanges(here: Console, { asked }: Entered, limit: number): Promise<readonly PastChange[]> {
  return told(here, await changesByActor(here.context.database, asked.actor.id, limit))
}

async function told(here: Console, changes: readonly RecordedChange[]): Promise<readonly PastChange[]> {
  const values = changes.map(({ actorId = null }) => ({ values: { actor: actorId } }))
  const labels = await labelsFor(here, [{ name: 'actor', noun: 'users' }], values)
  const actorName = (id: number): string => labels.get(`users:${id}`) ?? `#${id}`
  return changes.map((change) => ({
    id: change.id,
    at: change.at,
    kind: change.kind,
    what: eventLabel(change.kind),
    actor: change.actorId === undefined ? 'command line' : actorName(change.actorId),
    address: change.address ?? '',
    changes: changesIn(change.detail?.['changes']),
    note: textIn(change.detail?.['note']),
    reason: textIn(change.detail?.['reason']),
  }))
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function changesIn(value: unknown): PastChange['changes'] {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([field, change]: [string, unknown]) =>
      typeof change === 'object' && change !== null && 'before' in change && 'after' in change
        ? [[field, { before: change.before, after: change.after }]]
        : [],
    ),
  )
}
