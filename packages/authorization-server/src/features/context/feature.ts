// What a feature is: routes, what they are for, and what it adds to the server's metadata. What is mounted is what is advertised.
import type { ServerMetadata } from '@latchkey/protocol'
import type { Route } from '../../platform/http/index.ts'

/** What docs/reference/endpoints.md says of an address. */
export interface Description {
  /** What it is for, as a full sentence. */
  readonly purpose: string
  /** Who may come, and what they show: a client's secret, a bearer token, the session's cookie. */
  readonly caller:
    | 'anyone'
    | 'client'
    | 'client or bearer token'
    | 'bearer token'
    | 'signed-in person'
    | 'set-up link'
    | 'one-time link'
  readonly spec?: string
}

export interface Feature {
  readonly name: string
  readonly routes: readonly Route[]
  /** One for each path of `routes`. */
  readonly describes: Readonly<Record<string, Description>>
  readonly metadata?: Partial<ServerMetadata>
  /**
   * What depends on the clients that there are now; from a memory of a second at most.
   * @param fixed what all features say of themselves
   */
  readonly currentMetadata?: (fixed: Partial<ServerMetadata>) => Promise<Partial<ServerMetadata>>
}
