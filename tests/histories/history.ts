// The words of a history: what was asked about one grant and about the person and the client behind it, when, and what came back.

/**
 * ok: it was done (of a token that was asked after: it is worth something). refused: it was said that it was not done, and will
 * not be. unknown: no answer came, or one that promises nothing; it may have been done, at any time after it was asked.
 */
export type Outcome = 'ok' | 'refused' | 'unknown'

/** The tokens of an answer. */
export interface Given {
  readonly access: string
  readonly refresh: string
}

export type Act =
  /** What ends everything that was issued before, for the person or for the client. */
  | { readonly kind: 'disable' | 'enable' | 'change password' | 'withdraw consent' | 'void client' }
  | { readonly kind: 'sign in' | 'issue'; readonly session: string }
  /** Of the one code of this history; `isLate`: it may have run out meanwhile. */
  | { readonly kind: 'redeem'; readonly isLate?: boolean; readonly given?: Given }
  | { readonly kind: 'refresh'; readonly token: string; readonly given?: Given }
  | { readonly kind: 'introspect'; readonly token: string }
  | { readonly kind: 'revoke' }

export type Operation = Act & {
  readonly outcome: Outcome
  /** Milliseconds of the test's own steady clock; the end of what nobody answered is Infinity. */
  readonly start: number
  readonly end: number
  /** Which node was asked. */
  readonly at?: string
}

/** What the client's registration promises. */
export interface Policy {
  /** The previous refresh token is answered with the same successor until that was used; the tests are shorter than any grace. */
  readonly hasGrace: boolean
  /** A refresh ends the access tokens before it. */
  readonly endsAccessTokens: boolean
}

/** One operation in one line. */
export function lineOf(operation: Operation): string {
  const { start, end, kind, outcome, at } = operation
  const what = 'token' in operation ? operation.token : 'session' in operation ? operation.session : ''
  const given =
    'given' in operation && operation.given !== undefined ? `${operation.given.refresh} ${operation.given.access}` : ''
  const until = end === Number.POSITIVE_INFINITY ? '        ' : end.toFixed(1).padStart(8)
  return `${start.toFixed(1).padStart(8)} – ${until}  ${at ?? '-'}  ${kind} ${what} → ${outcome} ${given}`.trimEnd()
}
