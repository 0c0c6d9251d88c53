// Serves the pages of the ways to sign in: list, add, change, forget. What is saved is in force at once.
import type { FastifyInstance } from 'fastify'
import { paths, signInPage, signInsPage } from '../pages/admin.ts'
import type { Page } from '../pages/layout.ts'
import { formOf, notFound, textIn } from '../requests.ts'
import { type Mistakes, mistakesIn, ownId, readSignIn, type SignIn } from '../sign-ins/sign-in.ts'
import { doneIn } from '../stage.ts'
import type { Office, OfficeDoor } from './routes.ts'

const done = { saved: 'It is saved, and in force.', forgotten: 'It is forgotten.' }

export function serveSignIns(app: FastifyInstance, office: Office, door: OfficeDoor): void {
  const { signIns, stage, check, publicUrl } = office
  const find = (params: unknown): SignIn => {
    const known = signIns.all().find(({ id }) => id === textIn(params, 'id'))
    if (known === undefined) throw notFound()
    return known
  }
  const pageOf = (signIn: SignIn, known: SignIn | undefined, isPublic: boolean, mistakes: Mistakes = {}): Page => {
    const isEntered = known !== undefined && signIns.isEntered(known.id)
    return signInPage({ signIn, known, isEntered, isPublic, mistakes, publicUrl })
  }
  const wrongWith = (signIn: SignIn, known: SignIn | undefined, isPublic: boolean): Mistakes => {
    const others = known === undefined ? signIns.all().filter(({ id }) => signIns.isEntered(id)) : []
    const found = mistakesIn(
      signIn,
      others.map(({ id }) => id),
      isPublic,
    )
    if (Object.keys(found).length > 0) return found
    try {
      check(signIn)
      return {}
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      return { [signIn.kind === 'openid' ? 'issuer' : 'authorization_url']: error.message }
    }
  }

  app.get(paths.signIns, door, (request, reply) =>
    stage.show(request, reply, signInsPage(signIns.all(), signIns.isEntered, doneIn(request, done))),
  )
  app.get(`${paths.signIns}add/`, door, (request, reply) =>
    stage.show(request, reply, pageOf(newSignIn(signIns), undefined, false)),
  )
  app.get(`${paths.signIns}:id/change/`, door, (request, reply) => {
    const known = find(request.params)
    return stage.show(request, reply, pageOf(known, known, known.clientSecret === ''))
  })
  for (const path of [`${paths.signIns}add/`, `${paths.signIns}:id/change/`]) {
    app.post(path, door, (request, reply) => {
      const known = path.endsWith('add/') ? undefined : find(request.params)
      const form = formOf(request)
      const isPublic = form.get('public') === 'on'
      const signIn = readSignIn(form, known)
      const wrong = wrongWith(signIn, known, isPublic)
      if (Object.keys(wrong).length > 0) return stage.show(request, reply, pageOf(signIn, known, isPublic, wrong), 422)
      signIns.put(signIn)
      return reply.redirect(`${paths.signIns}?done=saved`, 303)
    })
  }
  app.post(`${paths.signIns}:id/delete/`, door, (request, reply) => {
    signIns.remove(find(request.params).id)
    return reply.redirect(`${paths.signIns}?done=forgotten`, 303)
  })
}

/** The first one is the tutorial's. */
function newSignIn(signIns: Office['signIns']): SignIn {
  const isFirst = signIns.all().length === 0
  return {
    id: isFirst ? ownId : '',
    name: isFirst ? 'Latchkey' : '',
    kind: 'openid',
    clientId: '',
    clientSecret: '',
    issuer: isFirst ? 'http://localhost:8000/o' : '',
    authorizationUrl: '',
    tokenUrl: '',
    profileUrl: '',
  }
}
