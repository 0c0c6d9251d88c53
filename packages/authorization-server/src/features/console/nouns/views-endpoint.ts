// What the console does with saved views: it keeps only what the list can be asked for, each person's for themselves.
import {
  type Actor,
  type Asked,
  type CursorSeal,
  type Desk,
  type Entry,
  type Noun,
  nounPath,
  type Outcome,
  parseListQuery,
  reachOf,
  type Values,
  writeListQuery,
} from '../../../platform/console/index.ts'
import { MalformedForm, type Parameters, parseForm } from '../../../platform/http/index.ts'
import { deleteView, findView, insertView, mostViews, renameView } from '../../../records/views/index.ts'
import type { Context } from '../../context/index.ts'

const longestName = 60
const conflict: Outcome = { kind: 'conflict' }
const taken: Outcome = { kind: 'invalid', errors: { name: ['You have a view of this name for this list.'] } }

/** A view begins at the first page: a place in a list is nothing to keep. */
const noPlaces: CursorSeal = { tag: () => '', untag: () => undefined }

export function viewsDesk(context: Context, noun: Noun, lists: readonly Noun[]): Desk {
  return {
    noun,
    add: (asked, values) => add(context, lists, asked, values),
    change: (asked, entry, values) => rename(context, asked, entry, values),
    async remove({ actor }, { id }) {
      const { won } = await context.database.commit([deleteView(Number(id), actor.id)])
      return won ? { kind: 'done' } : conflict
    },
    links: ({ values }) => [{ label: 'Open the list', href: viewPath(values['list'], values['query']) }],
  }
}

function viewPath(list: unknown, query: unknown): string {
  const path = nounPath({ name: typeof list === 'string' ? list : '' })
  return typeof query === 'string' && query !== '' ? `${path}?${query}` : path
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function nameFault(name: string): Outcome | undefined {
  if (Array.from(name).length <= longestName) return undefined
  return { kind: 'invalid', errors: { name: [`Ensure this field has no more than ${longestName} characters.`] } }
}

async function add(context: Context, lists: readonly Noun[], { actor, at }: Asked, values: Values): Promise<Outcome> {
  const name = textOf(values['name'])
  const wrong = nameFault(name)
  if (wrong !== undefined) return wrong
  const list = lists.find((one) => one.name === values['list'] && maySee(actor, one))
  if (list === undefined) return { kind: 'invalid', errors: { list: ['Select a valid choice.'] } }
  const query = checkedQuery(list, textOf(values['query']))
  if (query === undefined) {
    return { kind: 'invalid', errors: { query: ['The list cannot be asked for this.'] } }
  }
  const view = { ownerId: actor.id, list: list.name, name, query }
  if ((await findView(context.database, view)) !== undefined) return taken
  const { won } = await context.database.commit([insertView(view, at)])
  if (!won) {
    return {
      kind: 'refused',
      why: `You keep ${mostViews} views, which is as many as one can. Delete one of them first.`,
    }
  }
  const saved = await findView(context.database, view)
  return saved === undefined ? conflict : { kind: 'done', id: String(saved.id), next: viewPath(list.name, query) }
}

function maySee(actor: Actor, noun: Noun): boolean {
  return reachOf(actor, noun, 'view') !== 'none'
}

/** In the one spelling in which lists write their own addresses; undefined for what no list answers. */
function checkedQuery(noun: Noun, text: string): string | undefined {
  const parameters = readQuery(text)
  if (parameters === undefined || parameters.has('after') || parameters.has('before')) return undefined
  const { query, faults } = parseListQuery(noun, parameters, noPlaces)
  return faults.length > 0 ? undefined : writeListQuery(noun, query)
}

function readQuery(text: string): Parameters | undefined {
  try {
    return parseForm(text)
  } catch (error) {
    if (error instanceof MalformedForm) return undefined
    throw error
  }
}

async function rename(context: Context, { actor }: Asked, entry: Entry, values: Values): Promise<Outcome> {
  const name = textOf(values['name'])
  const wrong = nameFault(name)
  if (wrong !== undefined) return wrong
  const holder = await findView(context.database, { ownerId: actor.id, list: textOf(entry.values['list']), name })
  if (holder !== undefined && String(holder.id) !== entry.id) return taken
  const { won } = await context.database.commit([renameView(Number(entry.id), actor.id, name)])
  return won ? { kind: 'done' } : conflict
}
