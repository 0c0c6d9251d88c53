// What a request to sign out needs next, and where it may lead. OpenID Connect RP-Initiated Logout §2, §3, §6: a person is
// asked unless the client proves by a hint that it speaks of them, and nobody is redirected on the word of a URL alone.

export interface LogoutFacts {
  readonly isSignedIn: boolean
  /** Whether the ID token, signed by us, speaks of whoever is signed in; undefined where there is no such token. */
  readonly hintIsOfVisitor: boolean | undefined
  /** Whether `logout_hint` names whoever is signed in; undefined when it was not sent. */
  readonly nameIsOfVisitor: boolean | undefined
}

export type LogoutStep = 'ask' | 'end' | 'nothing-to-end'

export function logoutStep({ isSignedIn, hintIsOfVisitor, nameIsOfVisitor }: LogoutFacts): LogoutStep {
  if (!isSignedIn) return 'nothing-to-end'
  return hintIsOfVisitor === true && nameIsOfVisitor !== false ? 'end' : 'ask'
}

export type WayBack =
  | { readonly kind: 'none' }
  /** The person may follow it: the address is the client's, but nothing shows that the client sent them. */
  | { readonly kind: 'link'; readonly uri: string }
  | { readonly kind: 'redirect'; readonly uri: string }

/**
 * @param returnUri one that the client registered, byte for byte
 * @param hasHint whether an ID token of ours for that client came with it
 */
export function wayBack(returnUri: string | undefined, state: string | undefined, hasHint: boolean): WayBack {
  if (returnUri === undefined) return { kind: 'none' }
  return { kind: hasHint ? 'redirect' : 'link', uri: withState(returnUri, state) }
}

/** The registered URI is used as it is: parsing and writing it again might change it. */
function withState(uri: string, state: string | undefined): string {
  if (state === undefined) return uri
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state }).toString()}`
}
