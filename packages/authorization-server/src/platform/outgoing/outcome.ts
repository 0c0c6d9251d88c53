// What came of a fetch or a delivery. Every failure is a value, in words that tell a stranger nothing about our network.

/**
 * Why nothing was had. `url`: never asked for. `address`: it leads inside. `unresolved`: its name leads nowhere. `unreachable`: no
 * connection, or one that is not trusted. `redirect`, `status`, `type`, `too-large`: what came. `busy`: too many under way.
 */
export type OutgoingFault =
  | 'url'
  | 'address'
  | 'unresolved'
  | 'unreachable'
  | 'timeout'
  | 'redirect'
  | 'status'
  | 'type'
  | 'too-large'
  | 'busy'

export interface FetchedDocument {
  readonly kind: 'document'
  /** In lower case, without parameters. */
  readonly mediaType: string
  readonly body: Uint8Array
}

export interface OutgoingRefused {
  readonly kind: 'refused'
  readonly fault: OutgoingFault
  /** The status that came, for `status` and `redirect`. */
  readonly status?: number
}

/** The other side answered; with what status is the caller's to judge. */
export interface Posted {
  readonly kind: 'answered'
  readonly status: number
}
