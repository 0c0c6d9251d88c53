// Ways in which a provider can be wrong, each of them one that some module must notice.
import { generateKeyPairSync } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import type { Damage, Passing } from './tls-proxy.ts'

const paths = {
  authorize: '/o/authorize/',
  token: '/o/token/',
  userinfo: '/o/userinfo/',
  register: '/o/register/',
  logout: '/o/logout/',
  keys: '/o/.well-known/jwks.json',
  metadata: '/o/.well-known/openid-configuration',
  signIn: '/accounts/login/',
  signedOut: '/accounts/logout/',
  frame: '/o/session/',
} as const
type Place = keyof typeof paths

function isAt(url: string, place: Place): boolean {
  return url.split('?')[0] === paths[place]
}

/** Reads a request as if a parameter were not there. */
export function ignores(place: Place, name: string): Damage {
  return {
    reads: (url) => {
      const query = new URLSearchParams(url.split('?')[1])
      if (!isAt(url, place) || !query.has(name)) return url
      query.delete(name)
      return `${paths[place]}?${query.toString()}`
    },
  }
}

/** Reads a value as if another had been sent. */
export function misreads(place: Place, name: string, change: (value: string) => string): Damage {
  return {
    reads: (url) => {
      const query = new URLSearchParams(url.split('?')[1])
      const value = query.get(name)
      if (!isAt(url, place) || value === null) return url
      query.set(name, change(value))
      return `${paths[place]}?${query.toString()}`
    },
  }
}

export function answersAt(place: Place, change: (passing: Passing) => Passing): Damage {
  return { answers: (passing) => (isAt(passing.url, place) ? change(passing) : passing) }
}

type Json = Record<string, unknown>

/** Changes the members of a JSON answer. */
export function tells(place: Place, change: (members: Json) => Json): Damage {
  return answersAt(place, (passing) => {
    if (!passing.body.startsWith('{')) return passing
    const members = JSON.parse(passing.body) as Json
    return { ...passing, body: JSON.stringify(change(members)) }
  })
}

export function omits(place: Place, name: string): Damage {
  return tells(place, (members) => without(members, name))
}

/** Takes for good what it should have refused. */
export function accepts(place: Place, members: Json): Damage {
  return answersAt(place, (passing) =>
    passing.status < 400
      ? passing
      : {
          ...passing,
          status: place === 'register' ? 201 : 200,
          headers: { ...passing.headers, 'content-type': 'application/json' },
          body: JSON.stringify(members),
        },
  )
}

export function writes(place: Place, from: string | RegExp, to: string): Damage {
  return answersAt(place, (passing) => ({ ...passing, body: passing.body.replaceAll(from, to) }))
}

/** Redirects otherwise than it should. */
export function leads(place: Place, change: (location: string) => string): Damage {
  return answersAt(place, (passing) => {
    const { location } = passing.headers
    if (location === undefined) return passing
    return { ...passing, headers: { ...passing.headers, location: change(location) } }
  })
}

export function says(place: Place, name: string, value: string | undefined): Damage {
  return answersAt(place, (passing) => {
    const headers = without(passing.headers, name)
    return { ...passing, headers: value === undefined ? headers : { ...headers, [name]: value } }
  })
}

function without<T extends object>(members: T, name: string): T {
  const copy = { ...members }
  Reflect.deleteProperty(copy, name)
  return copy
}

/** Gives cookies to plain http as well. */
export const openCookies: Damage = {
  answers: (passing) => {
    const cookies = passing.headers['set-cookie']?.map((cookie) => cookie.replace('; Secure', ''))
    return cookies === undefined ? passing : { ...passing, headers: { ...passing.headers, 'set-cookie': cookies } }
  },
}

/** Shows what it refuses as a redirect to whatever was sent. */
export const openRedirects: Damage = answersAt('authorize', (passing) => {
  const target = new URLSearchParams(passing.url.split('?')[1]).get('redirect_uri')
  if (passing.status !== 400) return passing
  return { ...passing, status: 302, headers: { location: target ?? '/' }, body: '' }
})

/** Answers a second request for tokens like the first. */
export function forgetsRedemption(): Damage {
  let good: Passing | undefined
  return answersAt('token', (passing) => {
    if (passing.status === 200) good = passing
    return passing.status === 400 ? (good ?? passing) : passing
  })
}

/** Shows for ever the keys that it had first. */
export function keepsKeySet(): Damage {
  let first: Passing | undefined
  return answersAt('keys', (passing) => (first ??= passing))
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const published = [
  { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'worse-RS256', use: 'sig', alg: 'RS256' },
  { ...curve.publicKey.export({ format: 'jwk' }), kid: 'worse-ES256', use: 'sig', alg: 'ES256' },
]
const jwt = /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g

interface Signing {
  readonly algorithm?: 'RS256' | 'ES256'
  /** Named in the place of the key that signed. */
  readonly kid?: string
}

/** Signs other claims than it should; the signature itself is good. */
export function signs(change: (claims: JWTPayload) => JWTPayload, { algorithm = 'RS256', kid }: Signing = {}): Damage {
  const again = async (token: string): Promise<string> => {
    const header: JWTHeaderParameters = { alg: algorithm, kid: kid ?? `worse-${algorithm}`, typ: 'JWT' }
    if (decodeProtectedHeader(token).kid?.startsWith('worse') === true) return token
    const key = algorithm === 'RS256' ? rsa.privateKey : curve.privateKey
    return new SignJWT(change(decodeJwt(token))).setProtectedHeader(header).sign(key)
  }
  return {
    answers: async (passing) => {
      if (isAt(passing.url, 'keys')) return withKeys(passing)
      const { location } = passing.headers
      return {
        ...passing,
        headers:
          location === undefined ? passing.headers : { ...passing.headers, location: await eachToken(location, again) },
        body: await eachToken(passing.body, again),
      }
    },
  }
}

function withKeys(passing: Passing): Passing {
  const { keys = [] } = JSON.parse(passing.body) as { keys?: object[] }
  return { ...passing, body: JSON.stringify({ keys: [...keys, ...published] }) }
}

async function eachToken(text: string, change: (token: string) => Promise<string>): Promise<string> {
  const tokens = [...new Set(text.match(jwt))]
  const pairs = await Promise.all(tokens.map(async (token) => [token, await change(token)] as const))
  return pairs.reduce((all, [from, to]) => all.replaceAll(from, to), text)
}

export function drops(name: string): Damage {
  return signs((claims) => without(claims, name))
}
