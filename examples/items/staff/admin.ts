// The admin pages: staff see all items and users, change items, and shut users out of this API.
import type { LocalUserStore } from '@latchkey/resource-server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Guards } from '../auth.ts'
import { fieldsOf } from '../bodies.ts'
import { textOf } from '../fields.ts'
import { valuesOf } from '../items/api.ts'
import { type Item, shownItem } from '../items/item.ts'
import type { ItemStore } from '../items/store.ts'
import type { Stage } from '../pages/show.ts'
import { notFound, Refusal } from '../refusal.ts'
import { requireFormToken } from './forms.ts'
import { deletePage, itemFormPage, itemsPage, usersPage } from './pages.ts'
import type { StaffStore } from './store.ts'
import type { Visitor, Visitors } from './visitors.ts'

export interface AdminParts {
  readonly guards: Guards
  readonly stage: Stage
  readonly visitors: Visitors
  readonly items: ItemStore
  readonly users: LocalUserStore
  readonly staff: StaffStore
  readonly ownUrl: string
  readonly now: () => number
}

const done: Readonly<Record<string, string>> = {
  added: 'The item was added.',
  changed: 'The item was changed.',
  deleted: 'The item was deleted.',
  activated: 'The user may use this API again.',
  deactivated: 'The user is shut out of this API, from the next request on.',
}

export function adminRoutes(app: FastifyInstance, parts: AdminParts): void {
  const onlyStaff = parts.guards.staff
  app.get('/admin/', onlyStaff, (_request, reply) => reply.redirect('/admin/items/', 303))
  itemPages(app, parts, onlyStaff)
  userPages(app, parts, onlyStaff)
}

type Guarded = Guards['staff']

function itemPages(app: FastifyInstance, { items, stage, visitors }: AdminParts, onlyStaff: Guarded): void {
  app.get('/admin/items/', onlyStaff, (request, reply) => {
    const search = textOf(request.query, 'q').slice(0, 100)
    const found = items.list(search === '' ? undefined : search)
    return stage.show(request, reply, itemsPage(found, search, done[textOf(request.query, 'done')]))
  })
  app.get('/admin/items/add/', onlyStaff, async (request, reply) => {
    const { formToken } = await visitorOf(visitors, request)
    return stage.show(request, reply, itemFormPage({ item: undefined, typed: {}, formToken }))
  })
  app.get('/admin/items/:id/', onlyStaff, async (request, reply) => {
    const { formToken } = await visitorOf(visitors, request)
    const item = itemOf(items, request)
    return stage.show(request, reply, itemFormPage({ item, typed: shownItem(item), formToken }))
  })
  app.get('/admin/items/:id/delete/', onlyStaff, async (request, reply) => {
    const { formToken } = await visitorOf(visitors, request)
    return stage.show(request, reply, deletePage(itemOf(items, request), formToken))
  })

  const save = async (request: FastifyRequest, reply: FastifyReply, item?: Item): Promise<FastifyReply> => {
    const visitor = await visitorOf(visitors, request)
    requireFormToken(request, visitor)
    const typed = fieldsOf(request.body)
    try {
      const values = valuesOf(items, typed, item)
      if (item === undefined) items.add(values, visitor.user.id)
      else items.change(item.id, values)
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 400) throw error
      const { formToken } = visitor
      return stage.show(request, reply, itemFormPage({ item, typed, errors: error.body, formToken }), 400)
    }
    return reply.redirect(`/admin/items/?done=${item === undefined ? 'added' : 'changed'}`, 303)
  }
  app.post('/admin/items/add/', onlyStaff, (request, reply) => save(request, reply))
  app.post('/admin/items/:id/', onlyStaff, (request, reply) => save(request, reply, itemOf(items, request)))
  app.post('/admin/items/:id/delete/', onlyStaff, async (request, reply) => {
    requireFormToken(request, await visitorOf(visitors, request))
    items.remove(itemOf(items, request).id)
    return reply.redirect('/admin/items/?done=deleted', 303)
  })
}

function userPages(app: FastifyInstance, parts: AdminParts, onlyStaff: Guarded): void {
  const { stage, visitors, users, staff, items, ownUrl, now } = parts
  app.get('/admin/users/', onlyStaff, async (request, reply) => {
    const { user, formToken } = await visitorOf(visitors, request)
    const shown = {
      users: await users.list(),
      staff: staff.list(now()),
      counts: items.countByUser(),
      ownUrl,
      selfId: user.id,
      formToken,
      said: done[textOf(request.query, 'done')],
    }
    return stage.show(request, reply, usersPage(shown))
  })
  for (const act of ['activate', 'deactivate'] as const) {
    app.post(`/admin/users/:id/${act}/`, onlyStaff, async (request, reply) => {
      const visitor = await visitorOf(visitors, request)
      requireFormToken(request, visitor)
      const id = Number(textOf(request.params, 'id'))
      if (id === visitor.user.id) throw new Refusal(403, 'Nobody shuts themselves out.')
      if (!(await users.setActive(id, act === 'activate'))) throw notFound()
      return reply.redirect(`/admin/users/?done=${act}d`, 303)
    })
  }
}

async function visitorOf(visitors: Visitors, request: FastifyRequest): Promise<Visitor> {
  const visitor = await visitors.of(request)
  if (visitor === undefined) throw new Refusal(401, 'Authentication credentials were not provided.')
  return visitor
}

function itemOf(items: ItemStore, request: FastifyRequest): Item {
  const item = items.find(Number(textOf(request.params, 'id')))
  if (item === undefined) throw notFound()
  return item
}
