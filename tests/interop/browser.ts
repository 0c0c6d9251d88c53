// A person with a browser who signs in and allows, as often as they are asked.
import { FormBrowser, type Page } from '../support/form-browser.ts'
import { callback } from '../races/ground.ts'
import type { TestServer } from '../support/server.ts'

export interface Person {
  readonly username: string
  readonly password: string
}

const mostPages = 6

export class Visit {
  readonly #browser: FormBrowser
  readonly #person: Person
  readonly #origin: string
  /** How often the sign-in page was answered. */
  signIns = 0

  constructor({ server }: TestServer, person: Person) {
    this.#origin = new URL(server.issuer).origin
    this.#browser = new FormBrowser(server.app.http, { origin: this.#origin })
    this.#person = person
  }

  /** Follows an authorization request to the client's address, with what it carries. */
  async authorize(url: URL): Promise<URL> {
    const arrived = await this.arrive(url)
    if (arrived instanceof URL) return arrived
    throw new Error(`${url.pathname} answered with a form.`)
  }

  /** As {@link authorize}, for an answer that may come as a form: what the client's server would receive. */
  async arrive(url: URL): Promise<URL | Request> {
    let page = await this.#browser.open(url.pathname + url.search)
    for (let pages = 0; pages < mostPages; pages += 1) {
      if (page.location !== undefined) return new URL(page.location)
      const form = page.forms.find(({ action }) => action === callback)
      if (form !== undefined) {
        const body = new URLSearchParams(form.fields.map(([name, value]) => [name, value]))
        return new Request(form.action, { method: 'POST', body })
      }
      page = await this.#browser.follow(await this.#answer(page))
    }
    throw new Error(`${url.pathname} asks without end.`)
  }

  async #answer(page: Page): Promise<Page> {
    if (page.forms.some(({ action }) => action === '/accounts/login/')) {
      this.signIns += 1
      return this.#browser.submit(page, { ...this.#person }, { action: '/accounts/login/' })
    }
    return this.#browser.submit(page, {}, { action: '/o/authorize/', button: 'allow' })
  }
}
