// The items API: everybody who may read sees all items, whoever made one may change it, and staff may change every one.
import type { GuardRequest, LocalUser } from '@latchkey/resource-server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Guards } from '../auth.ts'
import { fieldsOf } from '../bodies.ts'
import { completeEndpoint, type Endpoint, formatOf } from '../endpoint.ts'
import { type FieldErrors, fieldOf, type Fields, textOf } from '../fields.ts'
import { methodNotAllowed, notFound, Refusal } from '../refusal.ts'
import { itemForms, listForms } from './forms.ts'
import { type Item, type ItemValues, readItem, shownItem } from './item.ts'
import { pageOf } from './pagination.ts'
import type { ItemStore } from './store.ts'

const list: Endpoint = {
  title: 'Item List',
  lead: 'Every item, by id. Whoever may write adds one of their own.',
  methods: ['GET', 'POST'],
  forms: listForms,
}

const detail: Endpoint = {
  title: 'Item Detail',
  lead: 'One item. Its owner and staff may change or delete it.',
  methods: ['GET', 'PUT', 'PATCH', 'DELETE'],
  forms: itemForms,
}

export function itemRoutes(app: FastifyInstance, guards: Guards, items: ItemStore, publicUrl: string): void {
  const inList = { ...guards.users, config: { endpoint: list } }
  app.get('/items/', inList, ({ query }) => pageOf(items.list().map(shownItem), query, `${publicUrl}/items/`))
  app.post('/items/', inList, (request, reply) => {
    const user = guards.userOf(request)
    if (user === undefined) throw notFound()
    const item = items.add(valuesOf(items, fieldsOf(request.body)), user.id)
    if (item === undefined) throw taken()
    return reply.code(201).send(shownItem(item))
  })
  completeEndpoint(app, '/items/', list, guards.users)

  const inDetail = { ...guards.owners, config: { endpoint: detail } }
  const url = '/items/:id/'
  app.get(url, inDetail, (request) => shownItem(itemOf(items, request)))
  app.put(url, inDetail, (request) => change(items, request, false))
  app.patch(url, inDetail, (request) => change(items, request, true))
  app.delete(url, inDetail, (request, reply) => remove(items, request, reply))
  // A form of a browser can only POST: it says in a field what it means.
  app.post(url, inDetail, (request, reply) => {
    const meant = fieldOf(fieldsOf(request.body), '_method')
    if (meant === 'PUT') return change(items, request, false)
    if (meant === 'DELETE') return remove(items, request, reply)
    throw methodNotAllowed('POST', detail.methods.join(', '))
  })
  completeEndpoint(app, url, detail, guards.owners, [...detail.methods, 'POST'])
}

/** Reading is for all, changing for the owner and for staff; an item that is not there is for the handler to say. */
export function mayTouch(
  items: ItemStore,
  isStaff: (user: LocalUser) => boolean,
  user: LocalUser | undefined,
  request: GuardRequest,
): boolean {
  if (user === undefined) return false
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return true
  const item = items.find(Number(request.params['id']))
  return item === undefined || item.owner.id === user.id || isStaff(user)
}

function itemOf(items: ItemStore, request: FastifyRequest): Item {
  const id = textOf(request.params, 'id')
  if (!/^\d{1,15}$/.test(id)) throw notFound()
  const item = items.find(Number(id))
  if (item === undefined) throw new Refusal(404, 'No Item matches the given query.')
  return item
}

function change(items: ItemStore, request: FastifyRequest, partial: boolean): unknown {
  const item = itemOf(items, request)
  const changed = items.change(item.id, valuesOf(items, fieldsOf(request.body), item, partial))
  if (changed === undefined) throw taken()
  return shownItem(changed)
}

function remove(items: ItemStore, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  items.remove(itemOf(items, request).id)
  return formatOf(request) === 'page' ? reply.redirect('/items/', 303) : reply.code(204).send()
}

/** The values to store. @throws Refusal with all that is wrong, the name that another item has among it */
export function valuesOf(items: ItemStore, fields: Fields, item?: Item, partial = false): ItemValues {
  const { values, errors } = readItem(fields, partial)
  const isTaken = values.name !== undefined && items.isTaken(values.name, item?.id)
  const all: FieldErrors = { ...errors, ...(isTaken ? nameTaken : {}) }
  if (Object.keys(all).length > 0) throw new Refusal(400, all)
  const { name, description, price } = { ...item, ...values }
  if (name === undefined || description === undefined || price === undefined)
    throw new TypeError('An item lacks a field.')
  return { name, description, price }
}

const nameTaken: FieldErrors = { name: ['item with this name already exists.'] }

function taken(): Refusal {
  return new Refusal(400, nameTaken)
}
