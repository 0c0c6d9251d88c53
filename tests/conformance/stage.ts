// One variant of one profile on a server: the response type and mode of its requests, and the clients that it uses.
import { addStaticClient, type PartyClient, registerKeyed } from './clients.ts'
import type { Ground } from './ground.ts'
import type { ResponseType } from './plans.ts'

export interface Stage extends Ground {
  readonly responseType: ResponseType
  /** Undefined leaves the choice to the response type. */
  readonly responseMode: 'form_post' | undefined
  readonly isDynamic: boolean
  /** The client of most modules. */
  client(): Promise<PartyClient>
  /** Another client of the same response type. */
  secondClient(): Promise<PartyClient>
}

export interface Variant {
  readonly responseType: ResponseType
  readonly responseMode?: 'form_post'
  /** Clients register themselves, and prove themselves by a key. */
  readonly isDynamic?: boolean
}

export function stageOn(ground: Ground, { responseType, responseMode, isDynamic = false }: Variant): Stage {
  const make = (): Promise<PartyClient> =>
    isDynamic
      ? registerKeyed(ground, registrationOf(responseType))
      : addStaticClient(ground, { metadata: { responseTypes: [responseType] } })
  let first: Promise<PartyClient> | undefined
  let second: Promise<PartyClient> | undefined
  return {
    ...ground,
    responseType,
    responseMode,
    isDynamic,
    client: () => (first ??= make()),
    secondClient: () => (second ??= make()),
  }
}

/** The members of a registration that a response type needs (RFC 7591 §2.1). */
export function registrationOf(responseType: ResponseType): Readonly<Record<string, unknown>> {
  const hasCode = responseType.startsWith('code')
  return {
    response_types: [responseType],
    grant_types: [
      ...(hasCode ? ['authorization_code', 'refresh_token'] : []),
      ...(responseType === 'code' ? [] : ['implicit']),
    ],
  }
}
