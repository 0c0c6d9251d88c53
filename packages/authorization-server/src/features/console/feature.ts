// The addresses of the console. What stands behind them is loaded when somebody first comes.
import type { Face, Incoming, Method, Reply, Route } from '../../platform/http/index.ts'
import { found } from '../../platform/http/index.ts'
import { pageFace } from '../browser/index.ts'
import type { Context, Description, Feature } from '../context/index.ts'
import type { ConsoleSettings } from './config.ts'
import type * as Loaded from './loaded.ts'
import { problemOr } from './api/problem-face.ts'

/** As platform/console says; not imported from there, which would load it. */
const pageRoot = '/admin/'
const apiRoot = '/api/v1'

type Behind = typeof Loaded & { readonly here: Loaded.Console }

const pages: readonly (readonly [path: string, methods: readonly Method[], purpose: string])[] = [
  [
    ':noun/',
    ['GET'],
    'A list: users, groups, clients, grants, sessions, keys, events. Search, filters, order, export.',
  ],
  [':noun/export/', ['GET'], 'What a list holds as a file, before it is asked for.'],
  [':noun/add/', ['GET', 'POST'], 'Add a row, in the first of two steps.'],
  [':noun/actions/:act/', ['GET', 'POST'], 'Do something with the noun, or with the chosen rows.'],
  [':noun/:id/', ['GET'], 'One row.'],
  [':noun/:id/change/', ['GET', 'POST'], 'Change a row.'],
  [':noun/:id/delete/', ['GET', 'POST'], 'What goes with a row, and its deletion.'],
  [':noun/:id/history/', ['GET'], 'What was changed of a row, by whom.'],
  [':noun/:id/:act/', ['GET', 'POST'], 'Ask something of a row, or do something with it: disable, sign out, revoke.'],
]

const calls: readonly (readonly [path: string, methods: readonly Method[], purpose: string])[] = [
  ['/:noun', ['GET', 'POST'], 'List, or add.'],
  ['/:noun/export.csv', ['GET'], 'All rows of a list as CSV.'],
  ['/:noun/export.json', ['GET'], 'All rows of a list as JSON.'],
  ['/:noun/actions/:act', ['POST'], 'Do something with the noun, or with several rows.'],
  ['/:noun/:id', ['GET', 'POST', 'PATCH', 'DELETE'], 'Read, change or delete a row; POST for the forms of its page.'],
  ['/:noun/:id/history', ['GET'], 'What was changed of a row, by whom.'],
  ['/:noun/:id/consequences', ['GET'], 'What would go with a row.'],
  ['/:noun/:id/:act', ['GET', 'POST'], 'Ask something of a row, or do something with it.'],
]

type MakeRoute = (method: Method, path: string, answer: (loaded: Behind, request: Incoming) => Promise<Reply>) => Route

export function consoleFeature(context: Context, settings: ConsoleSettings): Feature {
  const behind = onceLoaded(context, settings)
  const face = pageFace(context)
  const route: MakeRoute = (method, path, answer) => ({
    method,
    path,
    face: path.startsWith(apiRoot) ? problemOr(face) : face,
    handle: async (request) => answer(await behind(), request),
  })
  return {
    name: 'console',
    routes: [
      ...ownRoutes(context, face, route),
      ...pages.flatMap(([tail, methods]) =>
        methods.map((method) => {
          const path = `${pageRoot}${tail}`
          return route(method, path, ({ here, answerPage }, request) => answerPage(here, request, path))
        }),
      ),
      ...calls.flatMap(([tail, methods]) =>
        methods.map((method) => {
          const path = `${apiRoot}${tail}`
          return route(method, path, ({ here, answerApi }, request) => answerApi(here, request, path))
        }),
      ),
    ],
    describes: {
      ...ownDescriptions(),
      ...Object.fromEntries(pages.map(([tail, , purpose]) => [`${pageRoot}${tail}`, forPerson(purpose)])),
      ...Object.fromEntries(calls.map(([tail, , purpose]) => [`${apiRoot}${tail}`, forPerson(purpose, 'RFC 9457')])),
    },
  }
}

const proof = `${pageRoot}confirm/`
const find = `${pageRoot}find/`
const reference = `${apiRoot}/reference/`

/** Those that belong to no noun. */
function ownRoutes(context: Context, face: Face, route: MakeRoute): readonly Route[] {
  return [
    route('GET', pageRoot, ({ here, showHome }, request) => showHome(here, request)),
    // Django's address for it.
    {
      method: 'GET',
      path: `${pageRoot}login/`,
      face,
      handle: () => found(`/accounts/login/?next=${encodeURIComponent(pageRoot)}`),
    },
    route('GET', proof, ({ showProof }, request) => showProof(context, request)),
    { ...route('POST', proof, ({ takeProof }, request) => takeProof(context, request)), work: 'sign-in' },
    route('GET', find, ({ here, showFind }, request) => showFind(here, request)),
    route('POST', find, ({ here, takeFind }, request) => takeFind(here, request)),
    route('GET', `${apiRoot}/find`, ({ here, answerFind }, request) => answerFind(here, request)),
    route('POST', `${apiRoot}/find`, ({ here, answerFind }, request) => answerFind(here, request)),
    route('GET', `${apiRoot}/overview`, ({ here, answerOverview }, request) => answerOverview(here, request)),
    route('GET', apiRoot, ({ here, answerIndex }, request) => answerIndex(here, request)),
    route('GET', `${apiRoot}/openapi.json`, ({ here, answerOpenApi }, request) => answerOpenApi(here, request)),
    route('GET', reference, ({ here, showReference }, request) => showReference(here, request)),
    {
      ...route('GET', `${reference}:version/:file`, ({ sendReferenceFile }, request) => sendReferenceFile(request)),
      work: 'public',
    },
  ]
}

function ownDescriptions(): Feature['describes'] {
  return {
    [pageRoot]: forPerson('The console: everything that the person may see and do.'),
    [`${pageRoot}login/`]: { purpose: "Leads to the sign-in page; Django's name for it.", caller: 'anyone' },
    [proof]: forPerson('Asks for the password again.', 'OWASP ASVS 5.0 V7.5.1'),
    [find]: forPerson('Leads from a pasted e-mail, id, number, incident or token to what it is.'),
    [`${apiRoot}/find`]: forPerson('What an e-mail, id, number, incident or token is.', 'RFC 9457'),
    [`${apiRoot}/overview`]: forPerson('Figures, and what needs care: what the first page of the console shows.'),
    [reference]: forPerson("The API's reference, to read and to try out.", 'OpenAPI 3.1'),
    [`${reference}:version/:file`]: {
      purpose: 'What the reference loads; kept by browsers for good.',
      caller: 'anyone',
    },
    [apiRoot]: forPerson('What there is in the API.'),
    [`${apiRoot}/openapi.json`]: forPerson("The API's description.", 'OpenAPI 3.1'),
  }
}

function forPerson(purpose: string, spec?: string): Description {
  return { purpose, caller: 'signed-in person', ...(spec === undefined ? {} : { spec }) }
}

/** Loaded by the first who comes; a load that failed is tried again by the next. */
function onceLoaded(context: Context, settings: ConsoleSettings): () => Promise<Behind> {
  let loading: Promise<Behind> | undefined
  return () => {
    loading ??= load(context, settings).catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }
}

async function load(context: Context, settings: ConsoleSettings): Promise<Behind> {
  const loaded = await import('./loaded.ts')
  return { ...loaded, here: loaded.consoleOf(context, settings, await loaded.desksOf(context)) }
}
