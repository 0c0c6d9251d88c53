// A browser without a window, and the shortest way to be signed in within a test.

import type { Login } from '../login.ts'
import { requestOf } from '../request.ts'
import type { TestIssuer, TestPerson } from './issuer.ts'

/**
 * Answers a request of the browser: an app in the process, or `fetch` for one that listens.
 * @example
 * import type { TestApp } from '@latchkey/client/testing'
 * const app: TestApp = async (request) => new Response(request.url)
 */
export type TestApp = (request: Request) => Promise<Response> | Response

/**
 * A browser that keeps the cookies of one app.
 * @example
 * import { createTestIssuer, TestBrowser } from '@latchkey/client/testing'
 * const idp = await createTestIssuer()
 * const browser = new TestBrowser(async () => new Response('hello'), 'https://app.test', idp)
 * const text: string = await (await browser.open('/')).text()
 */
export class TestBrowser {
  readonly cookies: Map<string, string> = new Map()
  /** Where it has been, newest last. */
  readonly visited: string[] = []
  readonly #app: TestApp
  readonly #origin: string
  readonly #idp: TestIssuer | undefined

  constructor(app: TestApp, origin: string, idp?: TestIssuer) {
    this.#app = app
    this.#origin = origin
    this.#idp = idp
  }

  /** One GET; a redirect is answered as it came. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.#send(path, { headers: { accept: 'text/html', ...headers } })
  }

  /** One POST of a form, as from a page of the app. */
  async post(
    path: string,
    fields: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const body = new URLSearchParams(fields).toString()
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const own = { accept: 'text/html', origin: this.#origin, 'sec-fetch-site': 'same-origin', ...type, ...headers }
    return this.#send(path, { method: 'POST', body, headers: own })
  }

  /** A GET that follows redirects through the app and the issuer, where the person signs in and allows. */
  async open(path: string, person: TestPerson = {}): Promise<Response> {
    return this.follow(await this.get(path), person)
  }

  /** Follows redirects from an answer on. */
  async follow(response: Response, person: TestPerson = {}): Promise<Response> {
    let current = response
    for (let hops = 0; hops < 10; hops += 1) {
      const location = current.headers.get('location')
      if (location === null) return current
      const url = new URL(location, this.#origin)
      const isIssuer = this.#idp !== undefined && url.href.startsWith(`${this.#idp.issuer}/`)
      if (!isIssuer && url.origin !== this.#origin) return current
      const next = isIssuer ? this.#atIssuer(this.#idp, url, person) : url.href
      current = await this.get(next)
    }
    throw new Error(`${placeOf(response)} leads in a circle.`)
  }

  #atIssuer(idp: TestIssuer | undefined, url: URL, person: TestPerson): string {
    if (idp === undefined) return url.href
    if (url.pathname.endsWith('/authorize')) return idp.authorize(url.href, person)
    const back = new URL(url.searchParams.get('post_logout_redirect_uri') ?? this.#origin)
    const state = url.searchParams.get('state')
    if (state !== null) back.searchParams.set('state', state)
    return back.href
  }

  async #send(target: string, init: RequestInit & { readonly headers: Record<string, string> }): Promise<Response> {
    const url = new URL(target, this.#origin)
    this.visited.push(url.pathname + url.search)
    const { cookie } = this
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) }
    const response = await this.#app(new Request(url, { ...init, headers, redirect: 'manual' }))
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(at + 1))
  }

  /** The cookies as a request carries them. */
  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}

function placeOf(response: Response): string {
  return response.url === '' ? 'The page' : response.url
}

/**
 * Signs a person in, without an app around it.
 * @returns the `Cookie` header of a browser in which the person is signed in
 * @example
 * import { login } from '@latchkey/client'
 * import { createTestIssuer, signInAs } from '@latchkey/client/testing'
 * const idp = await createTestIssuer()
 * const auth = login({ ...idp.options, baseUrl: 'https://app.test' })
 * const cookie: string = await signInAs(auth, idp, { subject: '7', username: 'alice' })
 */
export async function signInAs(login: Login, idp: TestIssuer, person: TestPerson = {}): Promise<string> {
  const app: TestApp = async (request) => (await login.handle(requestOf(request))) ?? new Response('signed in')
  const browser = new TestBrowser(app, login.baseUrl, idp)
  const response = await browser.open(login.loginUrl(), person)
  if (response.status >= 400) throw new Error(`The sign-in was answered ${response.status}.`)
  return browser.cookie
}
