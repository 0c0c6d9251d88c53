// Type tests, checked by `tsc` alone: what must not compile is marked, and a mark that is not needed is an error.
import { login, type LoginCause } from '@latchkey/client'
import { honoLogin } from '@latchkey/client/hono'
import { Hono } from 'hono'

const common = { issuer: 'https://id.example', clientId: 'web', secret: 'x'.repeat(32), baseUrl: 'https://app.example' }
const endpoints = {
  authorization: 'https://id.example/a',
  token: 'https://id.example/t',
  profile: 'https://id.example/p',
}

/** Never called: only its types count. */
export function settingsAreTyped(): void {
  const auth = honoLogin(login(common))
  const { secret, baseUrl, ...provider } = common
  // @ts-expect-error -- without a secret nothing can be sealed
  login({ ...provider, baseUrl })
  // @ts-expect-error -- the redirect URI is made from baseUrl, never from a request
  login({ ...provider, secret })
  // @ts-expect-error -- a server without OpenID needs to know which member of the profile is the person
  login({ id: 'custom', clientId: 'web', endpoints, secret, baseUrl })
  login({ id: 'custom', clientId: 'web', endpoints, fields: { subject: 'id' }, secret, baseUrl })
  // @ts-expect-error -- and a name of its own: people are kept under it
  login({ clientId: 'web', endpoints, fields: { subject: 'id' }, secret, baseUrl })
  // @ts-expect-error -- several providers: the cookies need the name of the app
  login({ providers: [provider], secret, baseUrl })

  const app = new Hono()
  app.get('/me', auth.required, (c) => c.text(c.var.user.username ?? ''))
  // @ts-expect-error -- behind no guard there is no user
  app.get('/', auth, (c) => c.text(c.var.user.username ?? ''))
  app.get('/', auth, (c) => c.text(c.var.session?.user.username ?? ''))
}

/** Whoever handles causes can handle all of them: the union is closed. */
export function causesAreClosed(cause: LoginCause): boolean {
  // @ts-expect-error -- no such cause
  if (cause === 'whatever') return true
  return cause === 'denied'
}
