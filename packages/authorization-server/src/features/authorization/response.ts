// How an answer travels to the client: in the query of the redirect URI, always with the issuer (RFC 9207).
import type { OAuthError } from '@latchkey/protocol'
import { found, type Reply, seeOther } from '../../platform/http/index.ts'

export interface ResponseTarget {
  readonly redirectUri: string
  readonly state: string | undefined
  readonly issuer: string
}

export function codeResponse(target: ResponseTarget, code: string): string {
  return answer(target, [['code', code]])
}

export function errorResponse(target: ResponseTarget, error: OAuthError): string {
  const { error: code, error_description: description } = error.toJSON()
  return answer(target, [['error', code], ...(description === undefined ? [] : [['error_description', description]])])
}

/** The registered URI is used as it is, byte for byte: parsing and writing it again might change it. */
function answer(target: ResponseTarget, members: readonly (readonly string[])[]): string {
  const query = new URLSearchParams([
    ...members.map(([name = '', value = '']) => [name, value]),
    ...(target.state === undefined ? [] : [['state', target.state]]),
    ['iss', target.issuer],
  ])
  return `${target.redirectUri}${target.redirectUri.includes('?') ? '&' : '?'}${query.toString()}`
}

/** After a POST a browser must come with GET, and without the form (RFC 9700 §4.12). */
export function travel(method: string, location: string): Reply {
  return method === 'POST' ? seeOther(location) : found(location)
}
