// A request and a reply as plain values. Fastify is behind them (server.ts); rules and endpoints see only these.
import type { IncomingHttpHeaders } from 'node:http'
import type { Parameters } from './parameters.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

/** What came in the body, read once. A body that could not be read is a value too: each route answers it in its own face. */
export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'form'; readonly parameters: Parameters }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'malformed'; readonly type: string; readonly reason: string }
  | { readonly kind: 'unsupported'; readonly type: string }

export interface Incoming {
  /** In capitals; a HEAD comes as GET. */
  readonly method: string
  /** The path as sent, without the query. */
  readonly path: string
  /** Path and query as sent. */
  readonly url: string
  readonly query: Parameters
  /** Set when the query could not be read. */
  readonly queryFault?: string | undefined
  readonly params: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  readonly cookies: Readonly<Record<string, string | undefined>>
  readonly body: Body
  /** The peer's address; behind a trusted proxy, the address that the proxy names. */
  readonly remoteAddress: string
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Uint8Array
  /** In the place of the body: what is too long to be held at once, made as fast as the reader takes it. */
  readonly stream?: () => AsyncIterable<string>
}

/** What a route's face is given: the error and the id under which it was recorded. */
export interface Failure {
  readonly error: unknown
  readonly incident: string
}

/** Turns a failure into this route's kind of answer. */
export type Face = (failure: Failure, request: Incoming) => Reply

/**
 * With what a request is admitted or refused when the server is busy: sign-in needs a password hashed, issue gives or ends tokens,
 * read asks for one thing, page is a page for a person, public is the same small answer for everybody.
 */
export type Work = 'sign-in' | 'issue' | 'read' | 'page' | 'public'

export interface Route {
  /** Asked so often that it stands in front of the router; its path holds no parameter. */
  readonly direct?: boolean
  readonly method: Method
  /** Written with its trailing slash, if it has one; both spellings are served, never by redirect. */
  readonly path: string
  readonly face: Face
  /** Without it, `public` for OPTIONS and `page` for all else. */
  readonly work?: Work | ((request: Incoming) => Work)
  /** Completes a refusal, where that takes a look at the database: cross-origin callers must be able to read it. */
  readonly finishRefusal?: (reply: Reply, request: Incoming) => Promise<Reply>
  readonly handle: (request: Incoming) => Reply | Promise<Reply>
}
