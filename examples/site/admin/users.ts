// Serves the pages of users: list, add, change, end their sessions.
import type { Account } from '@latchkey/client'
import type { FastifyInstance } from 'fastify'
import { addUserPage, paths, userPage, usersPage } from '../pages/admin.ts'
import type { Page } from '../pages/layout.ts'
import { formOf, notFound, numberIn, textIn } from '../requests.ts'
import { type Mistakes, providerName } from '../sign-ins/sign-in.ts'
import { doneIn } from '../stage.ts'
import type { Office, OfficeDoor } from './routes.ts'
import { emptyForm, formOfAccount, mistakesIn, namesOf, readUser, type UserForm } from './user-form.ts'

const pageSize = 200
const done = { added: 'The user was added.', saved: 'The user was saved.', ended: 'The sessions have ended.' }
const taken: Mistakes = { username: 'Somebody else has this username.' }

export function serveUsers(app: FastifyInstance, office: Office, door: OfficeDoor): void {
  const { accounts, sessions, signIns, stage, clock } = office
  const find = async (id: number): Promise<Account> => {
    const account = await accounts.find(id)
    if (account === undefined) throw notFound()
    return account
  }

  app.get(paths.users, door, async (request, reply) => {
    const after = Number(textIn(request.query, 'after')) || 0
    const found = await accounts.list(after)
    const next = found.length === pageSize ? found.at(-1)?.id : undefined
    return stage.show(request, reply, usersPage(found, next, doneIn(request, done)))
  })
  app.get(`${paths.users}add/`, door, (request, reply) =>
    stage.show(request, reply, addUserPage(emptyForm, signIns.all(), {})),
  )
  app.post(`${paths.users}add/`, door, async (request, reply) => {
    const form = readUser(formOf(request))
    const made = await add(form)
    if (made === undefined) return reply.redirect(`${paths.users}?done=added`, 303)
    return stage.show(request, reply, addUserPage(form, signIns.all(), made), 422)
  })
  app.get(`${paths.users}:id/change/`, door, async (request, reply) => {
    const account = await find(numberIn(request, 'id'))
    return stage.show(request, reply, await pageOf(account, formOfAccount(account), {}, doneIn(request, done)))
  })
  app.post(`${paths.users}:id/change/`, door, async (request, reply) => {
    const account = await find(numberIn(request, 'id'))
    const form = readUser(formOf(request))
    const wrong = await save(account, form)
    if (wrong === undefined) return reply.redirect(`${paths.users}${account.id}/change/?done=saved`, 303)
    return stage.show(request, reply, await pageOf(account, form, wrong), 422)
  })
  app.post(`${paths.users}:id/sessions/`, door, async (request, reply) => {
    const { id } = await find(numberIn(request, 'id'))
    await sessions.endAccount(id)
    return reply.redirect(`${paths.users}${id}/change/?done=ended`, 303)
  })

  async function add(form: UserForm): Promise<Mistakes | undefined> {
    const wrong = mistakesIn(form)
    if (Object.keys(wrong).length > 0) return wrong
    const signIn = signIns.all().find(({ id }) => id === form.signIn)
    const isKnown = signIn !== undefined && form.subject !== ''
    const link = isKnown ? { provider: providerName(signIn), subject: form.subject } : undefined
    const made = await accounts.create(namesOf(form), link, clock.now())
    if (made === 'username-taken') return taken
    if (made === 'link-taken') return { subject: 'Another user has this sign-in.' }
    const { isActive, isStaff } = form
    await accounts.change(made.id, { isActive, isStaff })
    return undefined
  }

  async function save(account: Account, form: UserForm): Promise<Mistakes | undefined> {
    const wrong = mistakesIn(form)
    if (Object.keys(wrong).length > 0) return wrong
    const { isActive, isStaff } = form
    const changed = await accounts.change(account.id, { ...namesOf(form), isActive, isStaff })
    if (changed === 'unknown') throw notFound()
    return changed === 'username-taken' ? taken : undefined
  }

  async function pageOf(account: Account, form: UserForm, mistakes: Mistakes, said?: string): Promise<Page> {
    const known = { links: await accounts.links(account.id), sessions: await sessions.list(clock.now(), account.id) }
    return userPage({ account, form, mistakes, ...known, signIns: signIns.all(), done: said })
  }
}
