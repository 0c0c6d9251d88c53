// A browser without a window: it keeps cookies, reads the forms of a page, and sends them as a person would fill them in.
// It knows only what our pages write: attributes in double quotes, forms that post.
import type { FastifyInstance } from 'fastify'

/** By field name; `undefined` leaves a field out that the form would have sent. */
export type Fields = Readonly<Record<string, string | readonly string[] | undefined>>

export interface Button {
  readonly name: string
  readonly value: string
}

export interface Form {
  readonly action: string
  /** What would be sent if nothing were changed, in the order of the page. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** Buttons that send something of their own. */
  readonly buttons: readonly Button[]
}

/** They stand on every page. */
const ofFrame: readonly string[] = ['/accounts/logout/', '/admin/find/']

export class Page {
  /** Path and query that were asked for. */
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly body: string

  constructor(url: string, status: number, headers: Page['headers'], body: string) {
    this.url = url
    this.status = status
    this.headers = headers
    this.body = body
  }

  get location(): string | undefined {
    const { location } = this.headers
    return typeof location === 'string' ? location : undefined
  }

  get title(): string {
    return decode(/<title>([^<]*)<\/title>/.exec(this.body)?.[1] ?? '')
  }

  /** What a reader sees, without markup. */
  get text(): string {
    return decode(this.body.replaceAll(/<[^>]*>/g, ' ')).replaceAll(/\s+/g, ' ')
  }

  get forms(): readonly Form[] {
    return [...this.body.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, start = '', inside = '']) =>
      readForm(start, inside),
    )
  }

  /** The form that is sent to an action, or the only one besides those of the frame. */
  form(action?: string): Form {
    const own = this.forms.filter((form) =>
      action === undefined ? !ofFrame.includes(form.action) : form.action === action,
    )
    const [first, second] = own
    if (first === undefined)
      throw new Error(`${this.url} (${this.status}) has no form${action ? ` to ${action}` : ''}.`)
    if (second !== undefined && action === undefined) throw new Error(`${this.url} has several forms: name the action.`)
    return first
  }

  /** The value that stands in a field of any form of the page. */
  field(name: string): string | undefined {
    return this.forms.flatMap((form) => form.fields).find(([known]) => known === name)?.[1]
  }

  /** The error sentences beside a field. */
  fieldError(name: string): string {
    const pattern = new RegExp(`<p class="field-error" id="${name}-error">([\\s\\S]*?)</p>`)
    return decode((pattern.exec(this.body)?.[1] ?? '').replaceAll(/<[^>]*>/g, '')).trim()
  }
}

function readForm(start: string, inside: string): Form {
  const fields: (readonly [string, string])[] = []
  const buttons: Button[] = []
  const controls =
    /<input\b([^>]*)>|<textarea\b([^>]*)>([\s\S]*?)<\/textarea>|<select\b([^>]*)>([\s\S]*?)<\/select>|<button\b([^>]*)>/g
  for (const [, input, area, text = '', select, options = '', button] of inside.matchAll(controls)) {
    const own = attributesOf(input ?? area ?? select ?? button ?? '')
    const name = own.get('name')
    if (name === undefined || own.has('disabled')) continue
    if (button !== undefined) buttons.push({ name, value: own.get('value') ?? '' })
    // A first line break belongs to the markup (HTML §13.1.2.5).
    else if (area !== undefined) fields.push([name, decode(text).replace(/^\n/, '')])
    else if (select !== undefined) fields.push([name, chosenOption(options)])
    else if (!isUnticked(own)) fields.push([name, own.get('value') ?? (own.has('checked') ? 'on' : '')])
  }
  return { action: attributesOf(start).get('action') ?? '', fields, buttons }
}

function isUnticked(input: ReadonlyMap<string, string>): boolean {
  return ['checkbox', 'radio'].includes(input.get('type') ?? '') && !input.has('checked')
}

function chosenOption(options: string): string {
  const all = [...options.matchAll(/<option\b([^>]*)>/g)].map(([, option = '']) => attributesOf(option))
  const chosen = all.find((option) => option.has('selected')) ?? all[0]
  return chosen?.get('value') ?? ''
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [name, decode(value)]),
  )
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' }

function decode(text: string): string {
  return text.replaceAll(
    /&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      return named[name ?? ''] ?? whole
    },
  )
}

export interface BrowserOptions {
  /** The origin that the server calls its own. */
  readonly origin: string
  readonly userAgent?: string
  readonly address?: string
}

const mostRedirects = 10

export class FormBrowser {
  readonly cookies: Map<string, string> = new Map()
  readonly #http: FastifyInstance
  readonly #options: BrowserOptions

  constructor(http: FastifyInstance, options: BrowserOptions) {
    this.#http = http
    this.#options = options
  }

  /** One GET; a redirect is answered as it came. */
  async get(url: string): Promise<Page> {
    return this.#send('GET', url, undefined, {})
  }

  /** A GET that follows redirects as long as they stay on this server. */
  async open(url: string): Promise<Page> {
    return this.follow(await this.get(url))
  }

  /** Posts fields to a path, whatever form they come from, with the headers that browsers add. */
  async post(url: string, fields: Fields, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    const { origin } = this.#options
    const body = new URLSearchParams()
    for (const [name, value] of Object.entries(fields)) {
      for (const one of [value].flat()) if (one !== undefined) body.append(name, one)
    }
    return this.#send('POST', url, body.toString(), { origin, 'sec-fetch-site': 'same-origin', ...headers })
  }

  /** Fills in a form of the page and sends it; a redirect is answered as it came. */
  async submit(page: Page, fields: Fields = {}, choose: { action?: string; button?: string } = {}): Promise<Page> {
    const form = page.form(choose.action)
    const button = form.buttons.find(({ name }) => name === choose.button)
    if (choose.button !== undefined && button === undefined) throw new Error(`No button is named ${choose.button}.`)
    const sent: Record<string, string | readonly string[] | undefined> = {}
    for (const [name, value] of form.fields) {
      const known = sent[name]
      sent[name] = known === undefined ? value : [known, value].flat()
    }
    return this.post(form.action, {
      ...sent,
      ...(button === undefined ? {} : { [button.name]: button.value }),
      ...fields,
    })
  }

  async follow(page: Page): Promise<Page> {
    let current = page
    for (let i = 0; i < mostRedirects; i++) {
      const { location } = current
      if (location === undefined || current.status < 300 || current.status >= 400) return current
      const { origin } = this.#options
      const target = new URL(location, origin + current.url)
      if (target.origin !== origin) return current
      current = await this.get(target.pathname + target.search)
    }
    throw new Error(`${page.url} leads in a circle.`)
  }

  /** Signs in on the page; the answer is where that led. */
  async signIn(username: string, password: string): Promise<Page> {
    return this.follow(await this.submit(await this.get('/accounts/login/'), { username, password }))
  }

  async #send(
    method: 'GET' | 'POST',
    url: string,
    payload: string | undefined,
    headers: Record<string, string>,
  ): Promise<Page> {
    const { origin, userAgent = 'FormBrowser', address = '192.0.2.1' } = this.#options
    const reply = await this.#http.inject({
      method,
      url,
      remoteAddress: address,
      headers: {
        host: new URL(origin).host,
        'user-agent': userAgent,
        accept: 'text/html',
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(payload === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    })
    for (const cookie of [reply.headers['set-cookie'] ?? []].flat()) this.#keep(cookie)
    return new Page(url, reply.statusCode, reply.headers, reply.body)
  }

  #keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim())
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(at + 1))
  }
}
