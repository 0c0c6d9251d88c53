// What is asked, and what a right answer is. Every answer is verified while the load runs.
import { type Answer, Connection, requestText } from '../load/connection.ts'
import type { Exchange, Source } from '../load/loops.ts'
import { challenge, password, redirectUri, scopes, verifier } from '../servers/material.ts'
import type { Material } from '../servers/target.ts'

/** Where a server keeps its endpoints. */
export interface Paths {
  readonly token: string
  readonly introspect: string
  readonly authorize: string
}

export const ourPaths: Paths = { token: '/o/token/', introspect: '/o/introspect/', authorize: '/o/authorize/' }

interface TokenBody {
  readonly access_token?: string
  readonly refresh_token?: string
  readonly id_token?: string
  readonly token_type?: string
  readonly expires_in?: number
}

const remembered = 100_000

/** Says of a token whether it came before; forgets in large pieces, so that a long run does not fill the memory. */
class Unique {
  #seen: Set<string> = new Set()

  isNew(token: string): boolean {
    if (this.#seen.size >= remembered) this.#seen = new Set()
    const before = this.#seen.size
    return this.#seen.add(token).size > before
  }
}

function tokensOf(answer: Answer): TokenBody | string {
  if (answer.status !== 200) return `${answer.status} ${answer.body.slice(0, 200)}`
  return JSON.parse(answer.body) as TokenBody
}

function faultOfTokens(body: TokenBody, unique: Unique): string | undefined {
  if (typeof body.access_token !== 'string' || !unique.isNew(body.access_token)) return 'The access token is not new.'
  if (body.token_type?.toLowerCase() !== 'bearer' || typeof body.expires_in !== 'number')
    return 'The answer lacks a part.'
  return undefined
}

export function clientCredentials(
  { basic }: Material,
  paths: Paths,
  more: Readonly<Record<string, string>> = {},
): Source {
  const unique = new Unique()
  const form = { grant_type: 'client_credentials', scope: 'read', ...more }
  const request = requestText({ method: 'POST', path: paths.token, headers: { authorization: basic }, form })
  const verify = (answer: Answer): string | undefined => {
    const body = tokensOf(answer)
    return typeof body === 'string' ? body : faultOfTokens(body, unique)
  }
  const exchange: Exchange = { request, verify }
  return { take: () => exchange }
}

function turns(exchanges: readonly Exchange[]): Source {
  let at = 0
  return { take: () => exchanges[at++ % exchanges.length] }
}

export function introspectValid({ basic, accessTokens }: Material, paths: Paths): Source {
  const [clientId] = Buffer.from(basic.slice('Basic '.length), 'base64').toString().split(':', 1)
  const verify = (answer: Answer): string | undefined => {
    if (answer.status !== 200) return `${answer.status} ${answer.body.slice(0, 200)}`
    const body = JSON.parse(answer.body) as { active?: boolean; client_id?: string; exp?: number }
    return body.active === true && body.client_id === clientId && typeof body.exp === 'number' ? undefined : answer.body
  }
  return turns(accessTokens.map((token) => introspection(basic, paths, token, verify)))
}

export function introspectGarbage({ basic, accessTokens }: Material, paths: Paths): Source {
  const verify = (answer: Answer): string | undefined =>
    answer.status === 200 && answer.body === '{"active":false}' ? undefined : `${answer.status} ${answer.body}`
  // The right form, with one bit of the tag turned.
  const forged = (token: string): string =>
    `${token.slice(0, -12)}${token.at(-12) === 'A' ? 'B' : 'A'}${token.slice(-11)}`
  return turns(accessTokens.map((token) => introspection(basic, paths, forged(token), verify)))
}

function introspection(basic: string, paths: Paths, token: string, verify: Exchange['verify']): Exchange {
  const headers = { authorization: basic }
  return { request: requestText({ method: 'POST', path: paths.introspect, headers, form: { token } }), verify }
}

/** Each token is spent once: the answer's successor takes its place. */
export function refresh({ basic, refreshTokens }: Material, paths: Paths): Source {
  const unique = new Unique()
  const live = [...refreshTokens]
  return {
    take() {
      const token = live.shift()
      if (token === undefined) return undefined
      // Without openid: an ID token is another operation's work.
      const form = { grant_type: 'refresh_token', refresh_token: token, scope: 'read offline_access' }
      const request = requestText({ method: 'POST', path: paths.token, headers: { authorization: basic }, form })
      return {
        request,
        verify(answer) {
          const body = tokensOf(answer)
          if (typeof body === 'string') return body
          if (body.refresh_token === undefined || body.refresh_token === token) return 'The refresh token stayed.'
          live.push(body.refresh_token)
          return faultOfTokens(body, unique)
        },
      }
    },
  }
}

export function codeExchange({ basic, codes }: Material, paths: Paths): Source {
  const unique = new Unique()
  let at = 0
  const verify = (answer: Answer): string | undefined => {
    const body = tokensOf(answer)
    if (typeof body === 'string') return body
    const header = body.id_token?.split('.', 1)[0] ?? ''
    if (!Buffer.from(header, 'base64url').toString().includes('"ES256"')) return 'The ID token is not signed by ES256.'
    return body.refresh_token === undefined ? 'There is no refresh token.' : faultOfTokens(body, unique)
  }
  return {
    take() {
      const code = codes[at++]
      if (code === undefined) return undefined
      const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
      return {
        request: requestText({ method: 'POST', path: paths.token, headers: { authorization: basic }, form }),
        verify,
      }
    },
  }
}

export function authorize({ cookies }: Material, paths: Paths): Source {
  const unique = new Unique()
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'bench',
    redirect_uri: redirectUri,
    scope: scopes,
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  const verify = (answer: Answer): string | undefined => {
    const code = /[?&]code=([^&\s]+)/.exec(answer.head)?.[1]
    if (![302, 303].includes(answer.status) || code === undefined) return `${answer.status}\n${answer.head}`
    return unique.isNew(code) ? undefined : 'The code is not new.'
  }
  const path = `${paths.authorize}?${query.toString()}`
  return turns(
    cookies.map((cookie) => ({ request: requestText({ method: 'GET', path, headers: { cookie } }), verify })),
  )
}

/** @param accepted 303 is a sign-in; under a flood an answer may also be a refusal that was made on purpose */
export async function signIn(material: Material, port: number, accepted: readonly number[] = [303]): Promise<Source> {
  const path = '/accounts/login/'
  const connection = new Connection(port)
  const page = await connection.exchange(requestText({ method: 'GET', path }))
  connection.close()
  const cookie = /\r\nset-cookie: ([^;\r]+)/i.exec(page.head)?.[1] ?? ''
  const token = /name="csrf_token" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
  const verify = (answer: Answer): string | undefined => {
    if (!accepted.includes(answer.status)) return `${answer.status} ${answer.body.slice(0, 200)}`
    return answer.status === 303 && !/\r\nset-cookie: /i.test(answer.head) ? 'There is no session.' : undefined
  }
  return turns(
    material.identifiers.map((username) => ({
      request: requestText({
        method: 'POST',
        path,
        headers: { cookie },
        form: { csrf_token: token, username, password },
      }),
      verify,
    })),
  )
}

/** Takes from each by turns. */
export function mixed(sources: readonly Source[]): Source {
  let at = 0
  return { take: () => sources[at++ % sources.length]?.take() }
}

/** The same request again and again, answered by the same bytes: for a floor. */
export function repeated(request: string, expected: Answer): Source {
  const verify = (answer: Answer): string | undefined =>
    answer.status === expected.status && answer.body.length === expected.body.length ? undefined : `${answer.status}`
  const exchange: Exchange = { request, verify }
  return { take: () => exchange }
}
