// /authentication/: register, token, refresh, revoke. The server is asked within the process: nobody calls themselves over
// the network, and no secret is in the source. Passwords go through here because the tutorial's clients send them here;
// a new client uses the authorization code with PKCE, where only the server sees them.
import type { LatchkeyServer, OwnClientCredentials } from 'latchkey'
import { fieldOf, type Fields, readText } from './fields.ts'
import { type FormField, viewForm } from './pages/forms.ts'
import { Refusal } from './refusal.ts'
import { afterTokens } from './pages/next-steps.ts'
import type { Answer, Call, View } from './views.ts'

type Sent = Readonly<Record<string, string>>

const username: FormField = { name: 'username', label: 'Username', kind: 'text', autocomplete: 'username' }
const password: FormField = { name: 'password', label: 'Password', kind: 'password', autocomplete: 'current-password' }
const newPassword: FormField = { ...password, autocomplete: 'new-password', hint: 'At least 8 characters.' }

/** The four views. */
export function authenticationViews(server: LatchkeyServer, client: OwnClientCredentials): readonly View[] {
  const ask = (path: string, form: Sent, { address }: Call): Promise<Response> => {
    const body = new URLSearchParams({ ...form, client_id: client.clientId, client_secret: client.clientSecret })
    return server.fetch(new Request(new URL(path, server.issuer), { method: 'POST', body }), { address }) // auth
  }
  const tokens = async (grant: Sent, call: Call): Promise<Answer> => relayed(await ask('/o/token/', grant, call))

  const register = async (call: Call): Promise<Answer> => {
    const account = textsOf(call.fields, ['username', 'password'])
    const made = await server.signUp({ ...account, address: call.address }) // auth
    if (made.kind === 'throttled') throw throttled(made.retryAfterSeconds)
    if (made.kind === 'refused') throw new Refusal(400, made.errors)
    if (made.kind === 'taken') throw new Refusal(400, { username: ['A user with that username already exists.'] })
    return tokens({ grant_type: 'password', ...account }, call)
  }
  const revoke = async (call: Call): Promise<Answer> => {
    const answer = await ask('/o/revoke_token/', textsOf(call.fields, ['token']), call)
    return answer.status === 200 ? { status: 200, body: { message: 'token revoked' } } : relayed(answer)
  }

  return [
    view('register/', 'Register', 'Make an account, and get tokens for it.', [username, newPassword], register),
    view('token/', 'Token', 'Sign in with a password: what an app does once.', [username, password], (call) =>
      tokens({ grant_type: 'password', ...textsOf(call.fields, ['username', 'password']) }, call),
    ),
    view('token/refresh/', 'Refresh Token', 'New tokens for a refresh token.', [token('refresh_token')], (call) =>
      tokens({ grant_type: 'refresh_token', ...textsOf(call.fields, ['refresh_token']) }, call),
    ),
    view('token/revoke/', 'Revoke Token', 'Sign out: either token ends the pair.', [token('token')], revoke),
  ]
}

function token(name: string): FormField {
  return { name, label: name === 'token' ? 'Token' : 'Refresh token', kind: 'text', autocomplete: 'off', isCode: true }
}

function view(
  end: string,
  title: string,
  lead: string,
  fields: readonly FormField[],
  act: View['methods']['POST'],
): View {
  const path = `/authentication/${end}`
  const form = { action: path, fields, button: title }
  return {
    path,
    title,
    lead,
    methods: act === undefined ? {} : { POST: act },
    below: (shown) => [afterTokens(shown), viewForm(form, shown)],
  }
}

/** The named texts; every one is required. Passwords and tokens keep their spaces. */
function textsOf<Name extends string>(fields: Fields, names: readonly Name[]): Readonly<Record<Name, string>> {
  const reads = names.map((name) => [name, readText(fieldOf(fields, name), { trim: name === 'username' })] as const)
  const errors = reads.flatMap(([name, read]) => ('errors' in read ? [[name, read.errors] as const] : []))
  if (errors.length > 0) throw new Refusal(400, Object.fromEntries(errors))
  const values = reads.flatMap(([name, read]) => ('value' in read ? [[name, read.value] as const] : []))
  // Every name has a value here, which the compiler cannot count.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(values) as Record<Name, string>
}

/** What the server says, with its own status: a refusal is not a success. */
async function relayed(answer: Response): Promise<Answer> {
  const wait = answer.headers.get('retry-after')
  return {
    status: answer.status,
    body: await answer.json(),
    headers: wait === null ? {} : { 'retry-after': wait },
  }
}

function throttled(seconds: number): Refusal {
  const words = `Request was throttled. Expected available in ${seconds} seconds.`
  return new Refusal(429, words, { 'retry-after': String(seconds) })
}
