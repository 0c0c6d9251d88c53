// A browser as far as these tests need one: it keeps cookies, follows no redirect, and sends a page's form with its hidden fields.
import assert from 'node:assert/strict'

export class Browser {
  readonly #origin: string
  readonly #cookies = new Map<string, string>()

  constructor(origin: string) {
    this.#origin = origin
  }

  get cookieNames(): readonly string[] {
    return [...this.#cookies.keys()]
  }

  get cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async get(path: string): Promise<Response> {
    return this.#keep(await fetch(this.#origin + path, { headers: this.#headers(), redirect: 'manual' }))
  }

  async post(path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    const body = new URLSearchParams(fields)
    return this.#keep(
      await fetch(this.#origin + path, { method: 'POST', headers: this.#headers(), body, redirect: 'manual' }),
    )
  }

  /** Fills in the sign-in page behind `path` and sends it. */
  async signIn(username: string, password: string, path = '/accounts/login/'): Promise<Response> {
    const page = await this.get(path)
    assert.equal(page.status, 200)
    return this.post('/accounts/login/', { ...hiddenFields(await page.text(), '/accounts/login/'), username, password })
  }

  /** Presses a button of the consent page that `response` is. */
  async decide(response: Response, button: 'allow' | 'cancel'): Promise<Response> {
    assert.equal(response.status, 200)
    const fields = hiddenFields(await response.text(), '/o/authorize/')
    return this.post('/o/authorize/', { ...fields, [button]: button === 'allow' ? 'Authorize' : 'Cancel' })
  }

  #headers(): Readonly<Record<string, string>> {
    const cookie = this.cookieHeader
    return cookie === '' ? {} : { cookie }
  }

  #keep(response: Response): Response {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return response
  }
}

/** The hidden fields of the page's form that goes to `action`. */
export function hiddenFields(markup: string, action: string): Readonly<Record<string, string>> {
  const [form = ''] = markup.split(`<form method="post" action="${action}"`).slice(1)
  assert.notEqual(form, '', `the page has a form that goes to ${action}`)
  const inputs = [
    ...form.slice(0, form.indexOf('</form>')).matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g),
  ]
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, decodeEntities(value)]))
}

function decodeEntities(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
}

/** Where a redirect leads, as a URL with its parameters. */
export function destinationOf(response: Response, origin: string): URL {
  const location = response.headers.get('location')
  assert.ok(location !== null, `a redirect was expected, not ${response.status}`)
  return new URL(location, origin)
}
