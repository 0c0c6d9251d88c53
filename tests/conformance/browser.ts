// A browser without JavaScript over HTTPS: it keeps cookies as RFC 6265bis §5 says, site by site, follows redirects from one party to
// the other, and sends the forms of a page as they stand there.
import assert from 'node:assert/strict'
import { type Fields, type Form, Page } from '../support/form-browser.ts'
import type { Wire } from './wire.ts'

/** What a tab shows. */
export interface Visited {
  /** As the address bar has it, with what stands behind the `#`. */
  readonly url: URL
  readonly page: Page
}

interface Cookie {
  readonly value: string
  readonly sameSite: 'lax' | 'strict' | 'none'
  readonly forScripts: boolean
}

interface Request {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly body?: URLSearchParams
  /** The page that asks for it; undefined for what was typed into the address bar. */
  readonly from?: URL | undefined
  /** Inside of that page, as a frame or a picture. */
  readonly isEmbedded?: boolean
}

const mostRedirects = 12

export class Browser {
  readonly #wire: Wire
  readonly #cookies: Map<string, Map<string, Cookie>> = new Map()

  constructor(wire: Wire) {
    this.#wire = wire
  }

  /** Another one, of the same person: what happens in it stays there. */
  copy(): Browser {
    const other = new Browser(this.#wire)
    for (const [host, cookies] of this.#cookies) other.#cookies.set(host, new Map(cookies))
    return other
  }

  /** Goes to an address, over as many redirects as it takes. @param from the page whose link it was */
  async open(url: string, from?: URL): Promise<Visited> {
    return this.#follow({ method: 'GET', url: new URL(url, from), from })
  }

  /** Sends a form of the page as it stands there, but for what the person typed. */
  async submit({ url, page }: Visited, form: Form, typed: Fields = {}, button?: string): Promise<Visited> {
    const body = new URLSearchParams()
    for (const [name, value] of form.fields) if (!(name in typed)) body.append(name, value)
    for (const [name, value] of Object.entries(typed)) {
      for (const one of [value].flat()) if (one !== undefined) body.append(name, one)
    }
    const pressed = form.buttons.find(({ name }) => name === button)
    assert.ok(button === undefined || pressed !== undefined, `${page.url} has no button ${button}`)
    if (pressed !== undefined) body.append(pressed.name, pressed.value)
    return this.#follow({ method: 'POST', url: new URL(form.action, url), body, from: url })
  }

  /** Sends a form that stands on a page of another party. */
  async post(url: string, fields: Readonly<Record<string, string>>, from: URL): Promise<Visited> {
    return this.#follow({ method: 'POST', url: new URL(url), body: new URLSearchParams(fields), from })
  }

  /** Loads a frame or a picture of a page. */
  async load(url: string, inside: URL): Promise<Visited> {
    return this.#follow({ method: 'GET', url: new URL(url, inside), from: inside, isEmbedded: true })
  }

  /** Waits for as long as the page says, and goes where it says (the Refresh header of HTML §15.2). */
  async refresh({ url, page }: Visited): Promise<Visited> {
    const target = /^\s*\d+\s*;\s*url=(.+)$/i.exec(String(page.headers['refresh'] ?? ''))?.[1]
    assert.ok(target !== undefined, `${page.url} leads nowhere by itself: ${page.text}`)
    return this.open(target, url)
  }

  /** What scripts of a frame of that address can read, inside of a page of another site. */
  frameCookies({ hostname }: URL): string {
    const own = [...(this.#cookies.get(hostname) ?? [])]
    const seen = own.filter(([, { sameSite, forScripts }]) => forScripts && sameSite === 'none')
    return seen.map(([name, { value }]) => `${name}=${value}`).join('; ')
  }

  async #follow(first: Request): Promise<Visited> {
    let request = first
    for (let i = 0; i < mostRedirects; i++) {
      const visited = await this.#send(request)
      const { page, url } = visited
      if (page.status < 300 || page.status >= 400) return visited
      // 307 and 308 would carry the form, and the password in it, on to whoever is next (RFC 9700 §4.12).
      assert.ok([301, 302, 303].includes(page.status), `${page.url} answers ${page.status}`)
      assert.ok(request.method === 'GET' || page.status === 303, `a form is answered with ${page.status}`)
      assert.ok(page.location !== undefined, `${page.url} leads nowhere`)
      const next = new URL(page.location, url)
      if (next.hash === '') next.hash = url.hash
      request = { method: 'GET', url: next, from: request.from, ...(request.isEmbedded ? { isEmbedded: true } : {}) }
    }
    throw new Error(`${first.url.href} leads in a circle.`)
  }

  async #send(request: Request): Promise<Visited> {
    const { method, url, body, from } = request
    const site = from === undefined ? 'none' : from.hostname === url.hostname ? 'same-origin' : 'cross-site'
    const cookies = this.#cookiesFor(request, site === 'cross-site')
    const answered = await this.#wire.send(url.href, {
      method,
      headers: {
        accept: 'text/html,*/*;q=0.8',
        'accept-language': 'en',
        'user-agent': 'ConformanceBrowser',
        'sec-fetch-site': site,
        ...(cookies === '' ? {} : { cookie: cookies }),
        ...(method === 'POST' && from !== undefined ? { origin: from.origin } : {}),
      },
      ...(body === undefined ? {} : { body }),
    })
    for (const cookie of answered.headers['set-cookie'] ?? []) this.#keep(url.hostname, cookie)
    return { url, page: new Page(url.href, answered.status, answered.headers, answered.body) }
  }

  #cookiesFor({ method, url, isEmbedded = false }: Request, isCrossSite: boolean): string {
    const isFollowed = method === 'GET' && !isEmbedded
    const sent = [...(this.#cookies.get(url.hostname) ?? [])].filter(
      ([, { sameSite }]) => !isCrossSite || sameSite === 'none' || (sameSite === 'lax' && isFollowed),
    )
    return sent.map(([name, { value }]) => `${name}=${value}`).join('; ')
  }

  #keep(host: string, header: string): void {
    const [pair = '', ...parts] = header.split(';').map((part) => part.trim())
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    const attributes = new Map(parts.map((part) => [part.split('=')[0]?.toLowerCase(), part.split('=')[1] ?? '']))
    assert.ok(attributes.has('secure'), `the cookie ${name} also goes over plain http`)
    assert.ok(!attributes.has('domain') && attributes.get('path') === '/', `the cookie ${name} is for others as well`)
    const cookies = this.#cookies.get(host) ?? new Map<string, Cookie>()
    this.#cookies.set(host, cookies)
    if (attributes.get('max-age') === '0') cookies.delete(name)
    else {
      const sameSite = attributes.get('samesite')?.toLowerCase()
      cookies.set(name, {
        value: pair.slice(at + 1),
        sameSite: sameSite === 'none' || sameSite === 'strict' ? sameSite : 'lax',
        forScripts: !attributes.has('httponly'),
      })
    }
  }
}
