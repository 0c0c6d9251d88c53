// The addresses of the console. What stands behind them is loaded when somebody first comes.
import type { Incoming, Method, Reply, Route } from '../../platform/http/index.ts'
import { found } from '../../platform/http/index.ts'
import { pageFace } from '../browser/index.ts'
import type { Context, Description, Feature } from '../context/index.ts'
import type { ConsoleSettings } from './config.ts'
import type * as Loaded from './loaded.ts'
import { problem } from './problem-face.ts'

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
  [':noun/add/', ['GET', 'POST'], 'Add a row, in the first of two steps.'],
  [':noun/actions/:act/', ['GET', 'POST'], 'Do something with the noun, or with the chosen rows.'],
  [':noun/:id/', ['GET'], 'One row.'],
  [':noun/:id/change/', ['GET', 'POST'], 'Change a row.'],
  [':noun/:id/delete/', ['GET', 'POST'], 'What goes with a row, and its deletion.'],
  [':noun/:id/history/', ['GET'], 'What was changed of a row, by whom.'],
  [':noun/:id/:act/', ['GET', 'POST'], 'Do something with a row: disable, sign out, revoke.'],
]

const calls: readonly (readonly [path: string, methods: readonly Method[], purpose: string])[] = [
  ['/:noun', ['GET', 'POST'], 'List, or add.'],
  ['/:noun/export.csv', ['GET'], 'All rows of a list as CSV.'],
  ['/:noun/export.json', ['GET'], 'All rows of a list as JSON.'],
  ['/:noun/actions/:act', ['POST'], 'Do something with the noun, or with several rows.'],
  ['/:noun/:id', ['GET', 'PATCH', 'DELETE'], 'Read, change or delete a row.'],
  ['/:noun/:id/history', ['GET'], 'What was changed of a row, by whom.'],
  ['/:noun/:id/consequences', ['GET'], 'What would go with a row.'],
  ['/:noun/:id/:act', ['POST'], 'Do something with a row.'],
]

export function consoleFeature(context: Context, settings: ConsoleSettings): Feature {
  const behind = onceLoaded(context, settings)
  const face = pageFace(context)
  const route = (
    method: Method,
    path: string,
    answer: (loaded: Behind, request: Incoming) => Promise<Reply>,
  ): Route => ({
    method,
    path,
    face: path.startsWith(apiRoot) ? problem : face,
    handle: async (request) => answer(await behind(), request),
  })
  const proof = `${pageRoot}confirm/`
  return {
    name: 'console',
    routes: [
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
      route('GET', apiRoot, ({ here, answerIndex }, request) => answerIndex(here, request)),
      route('GET', `${apiRoot}/openapi.json`, ({ here, answerOpenApi }, request) => answerOpenApi(here, request)),
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
      [pageRoot]: forPerson('The console: everything that the person may see and do.'),
      [`${pageRoot}login/`]: { purpose: "Leads to the sign-in page; Django's name for it.", caller: 'anyone' },
      [proof]: forPerson('Asks for the password again.', 'OWASP ASVS 5.0 V7.5.1'),
      [apiRoot]: forPerson('What there is in the API.'),
      [`${apiRoot}/openapi.json`]: forPerson("The API's description.", 'OpenAPI 3.1'),
      ...Object.fromEntries(pages.map(([tail, , purpose]) => [`${pageRoot}${tail}`, forPerson(purpose)])),
      ...Object.fromEntries(calls.map(([tail, , purpose]) => [`${apiRoot}${tail}`, forPerson(purpose, 'RFC 9457')])),
    },
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
