// The pages on which people who are signed in keep snippets: forms that a browser without JavaScript can send.
import type { Request, RequestHandler, Response, Router } from 'express'
import { bodies, fieldsOf } from '../bodies.ts'
import type { Fields } from '../fields.ts'
import type { Html } from '../pages/html.ts'
import type { Person } from '../pages/layout.ts'
import { editPage, homePage, type Refused } from '../pages/pages.ts'
import { notFound } from '../refusal.ts'
import { idOf } from './api.ts'
import { readSnippet } from './snippet.ts'
import type { SnippetStore } from './store.ts'

export interface People {
  readonly store: SnippetStore
  readonly publicUrl: string
  readonly issuer: string
  readonly personOf: (request: Request) => Promise<Person | undefined>
  readonly show: (response: Response, status: number, page: Html) => void
}

/** @param everyone lets anybody see the start page @param members lets only people with a session act */
export function servePeople(app: Router, everyone: RequestHandler, members: RequestHandler, people: People): void {
  const { store, personOf, show } = people
  const home = async (request: Request, refused?: Refused): Promise<Html> =>
    homePage({
      ...people,
      person: await personOf(request),
      snippets: store.list(),
      ...(refused === undefined ? {} : { refused }),
    })

  app.get('/', everyone, async (request, response) => show(response, 200, await home(request)))
  app.post('/', members, bodies, async (request, response) => {
    const typed = await typedIn(request)
    const read = readSnippet(typed)
    if ('errors' in read) return show(response, 400, await home(request, { typed, errors: read.errors }))
    store.add(read.values)
    response.redirect(303, '/')
  })
  app.get('/edit/:id/', members, async (request, response) => {
    show(response, 200, editPage(await memberOf(people, request), store.find(idOf(request)) ?? missing()))
  })
  app.post('/edit/:id/', members, bodies, async (request, response) => {
    const snippet = store.find(idOf(request)) ?? missing()
    const typed = await typedIn(request)
    if (typed['action'] === 'delete') {
      store.remove(snippet.id)
      return response.redirect(303, '/')
    }
    const read = readSnippet(typed)
    if ('errors' in read) {
      return show(response, 400, editPage(await memberOf(people, request), snippet, { typed, errors: read.errors }))
    }
    store.change(snippet.id, read.values)
    response.redirect(303, '/')
  })
}

/** A form ends its lines as the internet does. */
async function typedIn(request: Request): Promise<Fields> {
  const fields = await fieldsOf(request)
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('\r\n', '\n') : value,
    ]),
  )
}

async function memberOf({ personOf }: People, request: Request): Promise<Person> {
  return (await personOf(request)) ?? missing()
}

function missing(): never {
  throw notFound()
}
