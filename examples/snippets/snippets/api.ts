// SnippetList and SnippetDetail: list and create; retrieve, update and destroy.
import type { Request, RequestHandler, Response, Router } from 'express'
import { bodies, fieldsOf } from '../bodies.ts'
import { methodNotAllowed, notFound, Refusal } from '../refusal.ts'
import { readSnippet, shownSnippet, type Snippet, type SnippetValues } from './snippet.ts'
import type { SnippetStore } from './store.ts'

interface Answer {
  readonly status: number
  readonly body?: unknown
}

type Views = Readonly<Record<string, (request: Request) => Promise<Answer> | Answer>>

/** Mounts both behind one guard. */
export function serveSnippets(app: Router, store: SnippetStore, guard: RequestHandler): void {
  serve(app, '/snippets/', guard, snippetList(store))
  serve(app, '/snippets/:id/', guard, snippetDetail(store))
}

function snippetList(store: SnippetStore): Views {
  return {
    GET: () => ({ status: 200, body: store.list().map(shownSnippet) }),
    POST: async (request) => ({ status: 201, body: shownSnippet(store.add(await valuesOf(request))) }),
  }
}

function snippetDetail(store: SnippetStore): Views {
  const found = (request: Request): Snippet => store.find(idOf(request)) ?? missing()
  const change = async (request: Request, known?: Snippet): Promise<Answer> => {
    const { id } = found(request)
    const changed = store.change(id, await valuesOf(request, known)) ?? missing()
    return { status: 200, body: shownSnippet(changed) }
  }
  return {
    GET: (request) => ({ status: 200, body: shownSnippet(found(request)) }),
    PUT: (request) => change(request),
    PATCH: (request) => change(request, found(request)),
    DELETE: (request) => (store.remove(idOf(request)) ? { status: 204 } : missing()),
  }
}

function serve(app: Router, path: string, guard: RequestHandler, views: Views): void {
  const allow = [...Object.keys(views), 'HEAD', 'OPTIONS'].join(', ')
  app.all(path, guard, bodies, async (request, response) => {
    response.set({ allow, 'cache-control': 'no-store' })
    const view = views[request.method === 'HEAD' ? 'GET' : request.method]
    if (request.method === 'OPTIONS') return void response.json(description(path))
    if (view === undefined) throw methodNotAllowed(request.method, allow)
    send(response, await view(request))
  })
}

function send(response: Response, { status, body }: Answer): void {
  response.status(status)
  if (body === undefined) return void response.end()
  // As bytes: Express would add a charset, which `application/json` does not have (RFC 8259 §11).
  response.setHeader('content-type', 'application/json').send(Buffer.from(JSON.stringify(body)))
}

function description(path: string): object {
  return {
    name: path.includes(':') ? 'Snippet Detail' : 'Snippet List',
    description: '',
    renders: ['application/json'],
    parses: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
  }
}

async function valuesOf(request: Request, known?: Snippet): Promise<SnippetValues> {
  const read = readSnippet(await fieldsOf(request), known)
  if ('errors' in read) throw new Refusal(400, read.errors)
  return read.values
}

/** No snippet has the number 0. */
export function idOf({ params }: Request): number {
  return /^\d{1,15}$/.test(String(params['id'])) ? Number(params['id']) : 0
}

function missing(): never {
  throw notFound()
}
