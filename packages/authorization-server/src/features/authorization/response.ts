// How an answer travels to the client: query, fragment or form, always with the issuer (RFC 9207 §2).
// OAuth 2.0 Multiple Response Types §2.1; OAuth 2.0 Form Post Response Mode §2.
import type { OAuthError, ResponseMode } from '@latchkey/protocol'
import { found, type Reply, seeOther } from '../../platform/http/index.ts'

export interface ResponseTarget {
  readonly redirectUri: string
  readonly responseMode: ResponseMode
  readonly state: string | undefined
  readonly issuer: string
}

export type Members = readonly (readonly [name: string, value: string])[]

export type Delivery =
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'form'; readonly action: string; readonly fields: Members }

export function errorMembers(error: OAuthError): Members {
  const { error: code, error_description: description } = error.toJSON()
  return [['error', code], ...(description === undefined ? [] : [['error_description', description] as const])]
}

/** The registered URI is used as it is, byte for byte: parsing and writing it again might change it. */
export function deliveryOf({ redirectUri, responseMode, state, issuer }: ResponseTarget, members: Members): Delivery {
  const fields: Members = [...members, ...(state === undefined ? [] : [['state', state] as const]), ['iss', issuer]]
  if (responseMode === 'form_post') return { kind: 'form', action: redirectUri, fields }
  const encoded = new URLSearchParams(fields.map(([name, value]) => [name, value])).toString()
  if (responseMode === 'fragment') return { kind: 'redirect', location: `${redirectUri}#${encoded}` }
  return { kind: 'redirect', location: `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${encoded}` }
}

/** After a POST a browser must come with GET, and without the form (RFC 9700 §4.12). */
export function travel(method: string, location: string): Reply {
  return method === 'POST' ? seeOther(location) : found(location)
}
