// Faults of a request that HTTP itself knows. A face turns them into its own words.

export type FaultKind =
  | 'bad-request'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'too-large'
  | 'unsupported-media-type'
  | 'too-many-requests'
  | 'busy'

const statuses: Readonly<Record<FaultKind, number>> = {
  'bad-request': 400,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'too-large': 413,
  'unsupported-media-type': 415,
  'too-many-requests': 429,
  busy: 503,
}

export interface FaultOptions {
  readonly cause?: unknown
  /** Extra headers of the answer, such as `allow` or `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>
  /** For our records only: the rule that failed and what differed. */
  readonly detail?: Readonly<Record<string, string>>
}

/** A request that HTTP refuses. The message is a full sentence for a developer and never repeats the input. */
export class HttpFault extends Error {
  readonly kind: FaultKind
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly detail: Readonly<Record<string, string>>

  constructor(kind: FaultKind, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.kind = kind
    this.status = statuses[kind]
    this.headers = options.headers ?? {}
    this.detail = options.detail ?? {}
  }
}
