// One box for whatever somebody was told: an e-mail, a name, a number, an id, an incident, or a whole token. It leads to the row, or to
// those that it could be, of what the reader may see. What is pasted may be a secret: it comes in a body, and is not kept or sent back.
import {
  apiRoot,
  type Entry,
  entriesNamed,
  entryPath,
  type FoundRow,
  type FoundIncident,
  findPage,
  listEntries,
  type Noun,
  parseListQuery,
  reachOf,
} from '../../platform/console/index.ts'
import { HttpFault, type Incoming, jsonReply, Parameters, type Reply, seeOther } from '../../platform/http/index.ts'
import { pageContext, requireForm } from '../browser/index.ts'
import { type Console, type Entered, ownerIn, visibleNouns } from './console.ts'
import { enterApi, type EnteredPage, enterPage, pageReply } from './entering-endpoint.ts'
import { withIncident } from './api/api-endpoint.ts'
import { problemReply } from './api/problem-face.ts'
import { rowsBehind } from './pasted-token-endpoint.ts'
import { sealOf } from './rows-endpoint.ts'

export const findPath = '/admin/find/'
const mostOfNoun = 5
const longest = 8_192

interface Found {
  /** Whether each is just what was looked for, not only something that begins so. */
  readonly isExact: boolean
  readonly rows: readonly FoundRow[]
  readonly incident: FoundIncident | undefined
}

/** Ours begin like this, and so does every JWT: nothing that belongs into an address. */
function isSecret(text: string): boolean {
  return /^(lk_|eyJ)/.test(text)
}

export async function showFind(here: Console, request: Incoming): Promise<Reply> {
  const entered = await enterPage(here, request, findPath)
  return 'status' in entered ? entered : findReply(here, entered, undefined, '')
}

export async function takeFind(here: Console, request: Incoming): Promise<Reply> {
  const entered = await enterPage(here, request, findPath)
  if ('status' in entered) return entered
  const text = soughtIn(requireForm(here.context, request, entered.visitor).get('q'))
  if (text === '') return findReply(here, entered, undefined, '')
  const found = await find(here, entered, text)
  const [first, second] = found.rows
  const isOne = found.isExact && first !== undefined && second === undefined && found.incident === undefined
  return isOne ? seeOther(entryPath(first.noun, first.entry)) : findReply(here, entered, found, text)
}

function soughtIn(text: string | undefined): string {
  return (text ?? '').trim().slice(0, longest)
}

function findReply(here: Console, entered: EnteredPage, found: Found | undefined, text: string): Reply {
  const markup = findPage(pageContext(here.context, entered.visitor), {
    frame: { nouns: visibleNouns(here, entered.asked.actor) },
    sought: isSecret(text) ? '' : text,
    isSecret: isSecret(text),
    found,
  })
  return pageReply(here, entered, markup)
}

/** GET with `q` in the address; POST with `{"q": …}` for what does not belong into one. */
export async function answerFind(here: Console, request: Incoming): Promise<Reply> {
  const entered = await enterApi(here, request)
  const text = soughtIn(request.method === 'GET' ? request.query.get('q') : sent(request))
  if (text === '') {
    const errors = { q: ['This field is required.'] }
    return withIncident(here, request, problemReply({ status: 400, detail: 'Nothing is looked for.', errors }))
  }
  if (request.method === 'GET' && isSecret(text)) {
    const detail = 'A token does not belong into an address: send it in the body of a POST.'
    return withIncident(here, request, problemReply({ status: 400, detail, errors: { q: [detail] } }))
  }
  const { isExact, rows, incident } = await find(here, entered, text)
  return jsonReply(200, {
    is_exact: isExact,
    items: rows.map(({ noun, entry }) => ({
      noun: noun.name,
      id: entry.id,
      label: entry.label,
      url: `${here.context.publicUrl}${apiRoot}/${noun.name}/${encodeURIComponent(entry.id)}`,
    })),
    incident: incident ?? null,
  })
}

function sent({ body }: Incoming): string | undefined {
  const value = body.kind === 'json' ? body.value : undefined
  if (typeof value !== 'object' || value === null) throw new HttpFault('bad-request', 'The body is a JSON object.')
  return 'q' in value && typeof value.q === 'string' ? value.q : undefined
}

async function find(here: Console, entered: Entered, text: string): Promise<Found> {
  if (isSecret(text)) return { isExact: true, rows: await rowsBehind(here, entered, text), incident: undefined }
  const incident = incidentOf(here, entered, text)
  const exact = await inEach(here, entered, (noun, owner) =>
    entriesNamed(here.context.database, noun, text, owner, mostOfNoun),
  )
  if (exact.length > 0 || incident !== undefined) return { isExact: true, rows: exact, incident }
  const begins = await inEach(here, entered, async (noun, owner) => {
    if (noun.search.length === 0) return []
    const { query } = parseListQuery(noun, new Parameters([['q', text]]), sealOf(here))
    return (await listEntries(here.context.database, noun, { ...query, limit: mostOfNoun }, owner)).entries
  })
  return { isExact: false, rows: begins, incident }
}

async function inEach(
  here: Console,
  { asked }: Entered,
  look: (noun: Noun, owner: number | undefined) => Promise<readonly Entry[]>,
): Promise<readonly FoundRow[]> {
  const all = await Promise.all(
    visibleNouns(here, asked.actor).map(async (noun) => {
      const entries = await look(noun, ownerIn(asked.actor, noun, 'view'))
      return entries.map((entry): FoundRow => ({ noun, entry }))
    }),
  )
  return all.flat()
}

/** Incidents of all apps are for those who may read all events. */
function incidentOf(here: Console, { asked }: Entered, text: string): FoundIncident | undefined {
  const events = here.desks.get('events')?.noun
  if (events === undefined || reachOf(asked.actor, events, 'view') !== 'all') return undefined
  const incident = here.context.incidents.find(text)
  return incident && { ...incident, client_id: incident.detail['client_id'] ?? null }
}
