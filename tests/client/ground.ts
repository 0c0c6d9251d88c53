// What the tests of the client share: an app in the process over an issuer in the process.
import {
  login,
  type Login,
  type LoginFailure,
  type LoginSettings,
  type OpenIdProvider,
  type Providers,
  type Session,
} from '@latchkey/client'
import { fetchLogin } from '@latchkey/client/fetch'
import { createTestIssuer, TestBrowser, type TestIssuer, type TestIssuerOptions } from '@latchkey/client/testing'

export const baseUrl = 'https://app.test'

/** Any setting, in place of the right one. */
export type Settings = Partial<LoginSettings & OpenIdProvider & Providers>

export interface Ground {
  readonly idp: TestIssuer
  readonly auth: Login
  /** An app whose every page says who is signed in. */
  readonly app: (request: Request) => Promise<Response>
  readonly browser: TestBrowser
  /** What the app was told, newest last. */
  readonly failures: LoginFailure[]
  /** The session that the app saw last. */
  readonly sessions: (Session | undefined)[]
}

export async function groundWith(options: Settings = {}, issuerOptions: TestIssuerOptions = {}): Promise<Ground> {
  const idp = await createTestIssuer(issuerOptions)
  const failures: LoginFailure[] = []
  const sessions: (Session | undefined)[] = []
  const auth = login({
    ...idp.options,
    baseUrl,
    onFailure: (failure) => failures.push(failure),
    ...options,
  })
  const wrapped = fetchLogin(auth)
  const app = wrapped((_request, { session }) => {
    sessions.push(session)
    return new Response(`Hello ${session?.user.username ?? 'world'}!`)
  })
  return { idp, auth, app, failures, sessions, browser: new TestBrowser(app, baseUrl, idp) }
}
