// A list as a file, and the page that says before how many rows it will hold and about how large it gets.
import {
  completed,
  countAll,
  countListed,
  type CountedRows,
  csvOf,
  type Entry,
  exportPage,
  type ExportSource,
  firstRowsOf,
  inSteadyOrder,
  jsonOf,
  mostCounted,
  type Operation,
  parseListQuery,
} from '../../../platform/console/index.ts'
import { HttpFault, type Incoming, noStore, type Reply } from '../../../platform/http/index.ts'
import { pageContext } from '../../browser/index.ts'
import { type Console, deskOf, type Entered, ownerIn, reachesStill, visibleNouns } from '../console.ts'
import { type EnteredPage, pageReply } from '../entering-endpoint.ts'
import { faultReply } from './problem-face.ts'
import { sealOf, written } from '../rows-endpoint.ts'

/** A file is the whole list: it has no pages, and an order of its own. */
const ofPagesOnly = ['sort', 'limit', 'after', 'before'] as const

interface Wanted {
  readonly source: ExportSource
  readonly faults: ReturnType<typeof parseListQuery>['faults']
}

function wantedBy(here: Console, entered: Entered, operation: Operation, request: Incoming): Wanted {
  const { noun, verb } = operation
  const owner = ownerIn(entered.asked.actor, noun, verb)
  const { query, faults } = parseListQuery(noun, request.query, sealOf(here))
  const unfit = ofPagesOnly
    .filter((name) => request.query.has(name))
    .map((parameter) => ({ parameter, reason: 'A file holds all of the list, in an order of its own.' }))
  return {
    source: {
      database: here.context.database,
      noun,
      query: query.search === undefined ? inSteadyOrder(noun, query) : query,
      owner,
      // Before each page goes out: a file takes as long as its reader likes.
      async complete(entries: readonly Entry[]) {
        if (await reachesStill(entered, operation)) return completed(deskOf(here, noun), entries)
        throw new HttpFault('forbidden', 'Whoever asked for the file may not have it any more.')
      },
    },
    faults: [...faults, ...unfit],
  }
}

/** How many rows the file will hold; where a search finds very many, only that they are so many at least. */
async function expected({ database, noun, query, owner }: ExportSource): Promise<CountedRows> {
  if (query.search !== undefined) return countListed(database, noun, query, owner)
  return { count: await countAll(database, noun, query, owner), isExact: true }
}

export async function sendFile(
  here: Console,
  entered: Entered,
  operation: Operation,
  request: Incoming,
): Promise<Reply> {
  const { source, faults } = wantedBy(here, entered, operation, request)
  if (faults.length > 0) return faultReply(faults)
  const { noun } = operation
  const isCsv = operation.path.endsWith('.csv')
  const rows = isCsv ? csvOf(source) : jsonOf(source, (entry) => written(noun, entry))
  const { count, isExact } = await expected(source)
  const file = here.files.open(entered.asked.actor.id, told(here, request, rows))
  if (file === undefined) {
    throw new HttpFault('busy', 'Too many lists are being sent as files. Try again when one of them is through.', {
      headers: { 'retry-after': '10' },
      detail: { rule: 'console-files' },
    })
  }
  return {
    status: 200,
    headers: {
      'content-type': isCsv ? 'text/csv; charset=utf-8' : 'application/json',
      'content-disposition': `attachment; filename="${noun.name}.${isCsv ? 'csv' : 'json'}"`,
      'latchkey-rows': isExact ? String(count) : `${Math.min(count, mostCounted)}+`,
      ...noStore,
    },
    body: '',
    stream: () => file,
  }
}

/** What fails when the answer has begun can only break it off; it is on record like any other failure. */
async function* told({ context }: Console, request: Incoming, pieces: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* pieces
  } catch (error) {
    context.incidents.report(error, request)
    throw error
  }
}

export async function showExport(here: Console, entered: EnteredPage, operation: Operation): Promise<Reply> {
  const { noun } = operation
  const { request } = entered
  const { source, faults } = wantedBy(here, entered, operation, request)
  if (faults.length > 0) throw new HttpFault('bad-request', 'The list cannot be had like this.')
  const [rows, first] = await Promise.all([expected(source), firstRowsOf(source, (entry) => written(noun, entry))])
  const markup = exportPage(pageContext(here.context, entered.visitor), {
    frame: { nouns: visibleNouns(here, entered.asked.actor) },
    noun,
    rows: rows.count,
    isExact: rows.isExact,
    isSearch: source.query.search !== undefined,
    isNarrowed: source.query.search !== undefined || source.query.filters.length > 0,
    first,
    query: request.url.slice(request.path.length),
  })
  return pageReply(here, entered, markup)
}
