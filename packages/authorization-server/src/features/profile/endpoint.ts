// The seeds' profile APIs: /profile/ (003) and /user/ or /users/ with profile/, password/ and signup/ (000, 001).
import {
  type Face,
  HttpFault,
  type Incoming,
  jsonReply,
  type Method,
  noStore,
  preferred,
  preflight,
  type Reply,
  type Route,
  shareWith,
  type Work,
  withHeaders,
} from '../../platform/http/index.ts'
import { displayIdentifier } from '../../records/users/index.ts'
import { requireBearerUser } from '../bearer/index.ts'
import type { Context, Description, Feature } from '../context/index.ts'
import { asOAuthError, bearer, django } from '../refusals/index.ts'
import { asPage } from './browsable-page.ts'
import type { ProfileSettings } from './config.ts'
import { profileFields } from './serializers.ts'
import { editPassword, signUp } from './user-password.ts'
import { editProfile, showProfile } from './user-profile.ts'

type Handler = (request: Incoming) => Promise<Reply>

export function profileFeature(context: Context, settings: ProfileSettings): Feature {
  const show: Handler = (request) => showProfile(context, request)
  const edit: Handler = (request) => editProfile(context, request)
  const password: Handler = (request) => editPassword(context, settings, request)
  return {
    name: 'profile',
    routes: [
      ...seedProfile(context, settings),
      ...['/user', '/users'].flatMap((prefix) => [
        ...api(context, `${prefix}/profile/`, 'Profile Change', [
          ['GET', show],
          ['PUT', edit],
          ['PATCH', edit],
        ]),
        ...api(context, `${prefix}/password/`, 'Password Change', [
          ['PUT', password, 'sign-in'],
          ['PATCH', password, 'sign-in'],
        ]),
        ...(context.identity.signUp
          ? api(context, `${prefix}/signup/`, 'Sign Up', [['POST', (request) => signUp(context, request), 'sign-in']])
          : []),
      ]),
    ],
    describes: describe(context),
  }
}

function describe(context: Context): Readonly<Record<string, Description>> {
  const spec = 'RFC 6750 §2'
  const own = (prefix: string): Readonly<Record<string, Description>> => ({
    [`${prefix}/profile/`]: {
      purpose: "Reads (scope read) or changes (scope write) the person's profile; a page for browsers.",
      caller: 'bearer token',
      spec,
    },
    [`${prefix}/password/`]: { purpose: 'Changes the password (scope write).', caller: 'bearer token', spec },
    ...(context.identity.signUp
      ? { [`${prefix}/signup/`]: { purpose: 'Creates an account.', caller: 'anyone' } as const }
      : {}),
  })
  return {
    '/profile/': { purpose: 'Who the person is, in five members (scope read).', caller: 'bearer token', spec },
    ...own('/user'),
    ...own('/users'),
  }
}

/** One address of the API, with JSON and a page for browsers, a description for OPTIONS, and CORS. */
function api(
  context: Context,
  path: string,
  title: string,
  handlers: readonly (readonly [method: Method, handler: Handler, work?: Work])[],
): readonly Route[] {
  const methods = handlers.map(([method]) => method)
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  const face: Face = (failure, request) => {
    const reply = withHeaders(django(failure, request), { allow, vary: 'Accept' })
    return wantsPage(request) ? asPage(context, { title, allow, request, reply }) : reply
  }
  const finish = async (reply: Reply, request: Incoming): Promise<Reply> =>
    shareWith(reply, request, await context.clients.origins())
  const routes = handlers.map(
    ([method, handle, work = 'read']): Route => ({
      method,
      path,
      face,
      work,
      finishRefusal: finish,
      handle: async (request) => {
        negotiate(request)
        const reply = withHeaders(await handle(request), { allow, vary: 'Accept' })
        return finish(wantsPage(request) ? asPage(context, { title, allow, request, reply }) : reply, request)
      },
    }),
  )
  return [...routes, optionsRoute(context, path, face, title, methods, allow)]
}

function optionsRoute(
  context: Context,
  path: string,
  face: Face,
  title: string,
  methods: readonly Method[],
  allow: string,
): Route {
  return {
    method: 'OPTIONS',
    path,
    face,
    handle: async (request) => {
      const origins = await context.clients.origins()
      if (request.headers['access-control-request-method'] !== undefined) return preflight(request, origins, methods)
      const isProfile = path.endsWith('/profile/')
      if (isProfile) await requireBearerUser(context, request, [])
      const parses = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']
      const actions = isProfile ? { actions: { PUT: profileFields(context.identity.emailMaxLength) } } : {}
      const description = {
        name: title,
        description: '',
        renders: ['application/json', 'text/html'],
        parses,
        ...actions,
      }
      return jsonReply(200, description, { ...noStore, allow })
    },
  }
}

/** `?format=` wins over Accept, as in Django REST framework. */
function negotiate(request: Incoming): void {
  const format = request.query.get('format')
  if (format !== undefined && format !== 'json' && format !== 'api') throw new HttpFault('not-found', 'Not found.')
  if (format === undefined && preferred(request.headers.accept) === 'neither') {
    throw new HttpFault('not-acceptable', 'Could not satisfy the request Accept header.')
  }
}

function wantsPage(request: Incoming): boolean {
  const format = request.query.get('format')
  return format === undefined ? preferred(request.headers.accept) === 'html' : format === 'api'
}

/** Seed 003: five members, always all of them, whatever the person has filled in. */
function seedProfile(context: Context, settings: ProfileSettings): readonly Route[] {
  const path = '/profile/'
  const face: Face = (failure, request) => {
    const { status } = asOAuthError(failure.error).error
    if (settings.forbiddenWithoutToken && (status === 401 || status === 403)) {
      return { status: 403, headers: { ...noStore, 'content-type': 'text/html; charset=utf-8' }, body: '' }
    }
    return bearer(failure, request)
  }
  const finish = async (reply: Reply, request: Incoming): Promise<Reply> =>
    shareWith(reply, request, await context.clients.origins())
  return [
    {
      method: 'GET',
      path,
      face,
      work: 'read',
      finishRefusal: finish,
      handle: async (request) => {
        const { view } = await requireBearerUser(context, request, ['read'])
        const { user } = view
        const body = {
          id: user.id,
          username: displayIdentifier(user),
          email: user.email ?? '',
          first_name: user.firstName,
          last_name: user.lastName,
        }
        return finish(jsonReply(200, body), request)
      },
    },
    {
      method: 'OPTIONS',
      path,
      face,
      handle: async (request) => preflight(request, await context.clients.origins(), ['GET']),
    },
  ]
}
