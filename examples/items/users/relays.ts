// The seed's relays of passwords: sign-up, token, refresh and change of password, handed on to the authorization server.
// They are legacy (RFC 9700 §2.4): passwords pass through this API, and no second factor can be asked for. New clients send
// people to the authorization server with code and PKCE. Delete this file and its line in app.ts, and nothing else changes.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Guards } from '../auth.ts'
import { fieldsOf } from '../bodies.ts'
import { allowOf, completeEndpoint, type Endpoint, formatOf } from '../endpoint.ts'
import { errorsOf, fieldOf, readText } from '../fields.ts'
import { methodNotAllowed, Refusal } from '../refusal.ts'
import type { Settings } from '../settings.ts'
import { passwordForms, refreshForms, signUpForms, tokenForms } from './forms.ts'
import { createUpstream, type UpstreamAnswer } from './upstream.ts'

const shared = { methods: ['POST'], isLegacy: true } as const
const signUp: Endpoint = {
  ...shared,
  title: 'Sign Up',
  lead: 'Makes an account at the authorization server.',
  forms: signUpForms,
}
const token: Endpoint = {
  ...shared,
  title: 'Get Token',
  lead: 'Exchanges an e-mail address and a password for an access token and a refresh token.',
  forms: tokenForms,
}
const refresh: Endpoint = {
  ...shared,
  title: 'Refresh Token',
  lead: 'Exchanges a refresh token for new tokens; the old ones end.',
  forms: refreshForms,
}
const password: Endpoint = {
  ...shared,
  methods: ['PUT'],
  title: 'Password Change',
  lead: 'Changes the password at the authorization server. Needs an access token with the scope write.',
  forms: passwordForms,
}

export function relayRoutes(app: FastifyInstance, { anyone, users }: Guards, settings: Settings): void {
  const { introspection, signUpStatus } = settings
  const client = { client_id: introspection.clientId, client_secret: introspection.clientSecret }
  const upstream = createUpstream(settings.issuer)
  const post = (
    url: string,
    endpoint: Endpoint,
    handle: (request: FastifyRequest) => Promise<UpstreamAnswer>,
  ): void => {
    app.post(url, { ...anyone, config: { endpoint } }, async (request, reply) => pass(reply, await handle(request)))
    relayPage(app, url, endpoint, anyone)
  }

  post('/users/signup/', signUp, async (request) => {
    const form = required(request, ['email', 'password', 'password2'])
    const answer = await upstream.send('/users/signup/', { method: 'POST', form, address: request.ip })
    return answer.status === 201 ? { ...answer, status: signUpStatus } : answer
  })
  post('/users/token/', token, async (request) => {
    const { email = '', password: typed = '' } = required(request, ['email', 'password'])
    const form = { grant_type: 'password', username: email, password: typed, ...client }
    return upstream.send('token/', { method: 'POST', form, address: request.ip })
  })
  post('/users/token/refresh/', refresh, async (request) => {
    const { refresh: value = '' } = required(request, ['refresh'], { refresh: ['refresh_token'] })
    const form = { grant_type: 'refresh_token', refresh_token: value, ...client }
    return upstream.send('token/', { method: 'POST', form, address: request.ip })
  })

  app.put('/users/password/', { ...users, config: { endpoint: password } }, async (request, reply) => {
    const aliases = { password: ['newpassword', 'new_password'] }
    const form = required(request, ['old_password', 'password', 'password2'], aliases)
    const { authorization } = request.headers
    return pass(
      reply,
      await upstream.send('/users/password/', { method: 'PUT', form, authorization, address: request.ip }),
    )
  })
  relayPage(app, '/users/password/', password, anyone, users)
}

/** A browser that opens the address sees its form; a program that reads it is told which method it has. */
function relayPage(app: FastifyInstance, url: string, endpoint: Endpoint, anyone: object, guard = anyone): void {
  app.get(url, { ...anyone, config: { endpoint } }, (request, reply) => {
    if (formatOf(request) !== 'page') throw methodNotAllowed('GET', allowOf(endpoint))
    return reply.header('content-type', 'application/json').send('null')
  })
  completeEndpoint(app, url, endpoint, guard, [...endpoint.methods, 'GET'])
}

/** The fields as texts, exactly as they were sent. @throws Refusal that names those which are missing */
function required(
  request: FastifyRequest,
  names: readonly string[],
  aliases: Readonly<Record<string, readonly string[]>> = {},
): Readonly<Record<string, string>> {
  const fields = fieldsOf(request.body)
  const reads = names.map((name) => {
    const spelled = [name, ...(aliases[name] ?? [])].find((one) => fieldOf(fields, one) !== undefined) ?? name
    return [name, readText(fieldOf(fields, spelled), { trim: false })] as const
  })
  const errors = errorsOf(Object.fromEntries(reads))
  if (errors !== undefined) throw new Refusal(400, errors)
  return Object.fromEntries(reads.map(([name, read]) => [name, 'value' in read ? read.value : '']))
}

function pass(reply: FastifyReply, { status, value, headers }: UpstreamAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(value)
}
