// /v1/: the root of the API, and unicorns as a viewset: list and create, retrieve, update and destroy.
import { viewForm, type FormField } from '../pages/forms.ts'
import { html, type Html } from '../pages/html.ts'
import { signInFirst } from '../pages/next-steps.ts'
import { notFound, Refusal } from '../refusal.ts'
import type { Answer, Call, Shown, View } from '../views.ts'
import type { UnicornStore } from './store.ts'
import { readUnicorn, shownUnicorn, type Unicorn } from './unicorn.ts'

const list = '/v1/unicorn/'

export function rootView(publicUrl: string): View {
  return {
    path: '/v1/',
    title: 'Api Root',
    lead: 'The root of the API names what is in it.',
    methods: { GET: () => ({ status: 200, body: { unicorn: `${publicUrl}${list}` } }) },
    below: () => html`<p class="buttons"><a class="button" href="${list}">Unicorns</a></p>`,
  }
}

export function unicornViews(store: UnicornStore): readonly View[] {
  return [
    {
      path: list,
      title: 'Unicorn List',
      lead: 'All unicorns; and a form that makes one.',
      methods: {
        GET: () => ({ status: 200, body: store.list().map(shownUnicorn) }),
        POST: ({ fields }) => {
          const { name, age } = valuesOf(fields, false)
          if (name === undefined || age === undefined) throw new Error('Every field was required.')
          return { status: 201, body: shownUnicorn(store.add({ name, age })) }
        },
      },
      below: (shown) => (shown.answer?.status === 401 ? signInFirst(shown) : [herd(store.list()), maker(shown)]),
    },
    {
      path: `${list}:id/`,
      title: 'Unicorn Instance',
      lead: 'One unicorn: change it, or let it go.',
      parent: list,
      methods: {
        GET: (call) => shownOrNotFound(store.find(idOf(call))),
        PUT: (call) => shownOrNotFound(existing(store, call) && store.change(idOf(call), valuesOf(call.fields, false))),
        PATCH: (call) =>
          shownOrNotFound(existing(store, call) && store.change(idOf(call), valuesOf(call.fields, true))),
        DELETE: (call) => {
          if (!store.remove(idOf(call))) throw notFound()
          return { status: 204 }
        },
      },
      below: (shown) => {
        if (shown.answer?.status === 401) return signInFirst(shown)
        const unicorn = store.find(numberOf(shown.id))
        return unicorn === undefined ? backToList() : [changer(shown, unicorn), remover(shown), backToList()]
      },
    },
  ]
}

function valuesOf(fields: Call['fields'], partial: boolean): Partial<Pick<Unicorn, 'name' | 'age'>> {
  const read = readUnicorn(fields, partial)
  if ('errors' in read) throw new Refusal(400, read.errors)
  return read.values
}

function shownOrNotFound(unicorn: Unicorn | undefined): Answer {
  if (unicorn === undefined) throw notFound()
  return { status: 200, body: shownUnicorn(unicorn) }
}

/** What is not there is 404, whatever was sent for it. */
function existing(store: UnicornStore, call: Call): Unicorn | undefined {
  return store.find(idOf(call))
}

function idOf({ id }: Call): number {
  return numberOf(id)
}

/** No unicorn has the number 0. */
function numberOf(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : 0
}

function fieldsOf(unicorn: Unicorn | undefined): readonly FormField[] {
  return [
    { name: 'name', label: 'Name', kind: 'text', autocomplete: 'off', value: unicorn?.name },
    { name: 'age', label: 'Age', kind: 'number', autocomplete: 'off', value: unicorn && String(unicorn.age) },
  ]
}

function maker(shown: Shown): Html {
  return viewForm({ title: 'New unicorn', action: list, fields: fieldsOf(undefined), button: 'Make it' }, shown)
}

function changer(shown: Shown, unicorn: Unicorn): Html {
  const form = { title: 'Change it', action: shown.path, method: 'PUT', fields: fieldsOf(unicorn), button: 'Save' }
  return viewForm(form, shown)
}

function remover(shown: Shown): Html {
  return html`<form class="panel panel-row" method="post" action="${shown.path}">
<p>Let it go. There is no way back.</p>
<input type="hidden" name="_method" value="DELETE"><button class="button button-danger">Delete</button>
</form>`
}

function backToList(): Html {
  return html`<p class="after"><a href="${list}">All unicorns</a></p>`
}

function herd(unicorns: readonly Unicorn[]): Html {
  if (unicorns.length === 0) return html`<p class="empty">No unicorn is here yet. Make the first.</p>`
  const rows = unicorns.map(
    ({ id, name, age }) =>
      html`<tr><th scope="row"><a href="${list}${id}/"><bdi>${name}</bdi></a></th><td class="number">${age}</td></tr>`,
  )
  return html`<section class="panel"><h2>Unicorns</h2>
<table><thead><tr><th scope="col">Name</th><th scope="col" class="number">Age</th></tr></thead>
<tbody>${rows}</tbody></table></section>`
}
