// Decides what becomes of a request that is handed on to the authorization server: its own answer and status; 503 when it
// cannot be reached, 502 when its answer makes no sense or it refuses this API itself. No body is ever logged.
import { fieldOf } from '../fields.ts'
import { Refusal } from '../refusal.ts'

export interface Upstream {
  send(path: string, request: UpstreamRequest): Promise<UpstreamAnswer>
}

export interface UpstreamRequest {
  readonly method: 'POST' | 'PUT'
  readonly form: Readonly<Record<string, string>>
  readonly authorization?: string | undefined
  /** Who asks us, for the server's limits; it believes it of proxies that it trusts. */
  readonly address: string
}

export interface UpstreamAnswer {
  readonly status: number
  readonly value: unknown
  readonly headers: Readonly<Record<string, string>>
}

const timeoutMs = 5_000
const passedOn = ['retry-after', 'www-authenticate'] as const

/** @param issuer the authorization server: its endpoints lie under it, the seed's others beside it */
export function createUpstream(issuer: string): Upstream {
  return {
    async send(path, { method, form, authorization, address }) {
      const response = await reach(new URL(path, `${issuer}/`), {
        method,
        headers: {
          accept: 'application/json',
          'x-forwarded-for': address,
          ...(authorization === undefined ? {} : { authorization }),
        },
        body: new URLSearchParams(form),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      const value = await valueOf(response)
      if (fieldOf(value, 'error') === 'invalid_client') {
        throw new Refusal(502, 'The authorization server does not accept the client id or secret of this API.')
      }
      return { status: response.status, value, headers: headersOf(response) }
    },
  }
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch {
    throw unreachable()
  }
}

function unreachable(): Refusal {
  const words = 'The authorization server cannot be reached. Try again shortly.'
  return new Refusal(503, words, { 'retry-after': '1', 'cache-control': 'no-store' })
}

async function valueOf(response: Response): Promise<unknown> {
  const text = await response.text().catch(() => {
    throw unreachable()
  })
  const isJson = /^application\/(.+\+)?json\b/.test(response.headers.get('content-type') ?? '')
  try {
    if (isJson) return JSON.parse(text)
  } catch {
    // Said below: it is no JSON.
  }
  throw new Refusal(502, 'The authorization server answered something that is not JSON.')
}

function headersOf({ headers }: Response): Readonly<Record<string, string>> {
  const kept: Record<string, string> = { 'cache-control': 'no-store' }
  for (const name of passedOn) {
    const value = headers.get(name)
    if (value !== null) kept[name] = value
  }
  return kept
}
