// What a feature is: routes, and what it adds to the server's metadata. What is mounted is what is advertised.
import type { ServerMetadata } from '@latchkey/protocol'
import type { Route } from '../../platform/http/index.ts'

export interface Feature {
  readonly name: string
  readonly routes: readonly Route[]
  readonly metadata?: Partial<ServerMetadata>
}
