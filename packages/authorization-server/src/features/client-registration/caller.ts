// Who may register, and who may manage a registration: the bearer of a token that was handed out once. RFC 7591 §3, RFC 7592 §2;
// RFC 6750 §2.1. Guessing is counted like guessing at any other token.
import { OAuthError, parseAuthorization } from '@latchkey/protocol'
import type { Incoming } from '../../platform/http/index.ts'
import { type Client, findClientByRow } from '../../records/clients/index.ts'
import {
  findInitialToken,
  findRegistration,
  type InitialToken,
  type Registration,
  registrationDigest,
  stateOf,
} from '../../records/registrations/index.ts'
import type { Context } from '../context/index.ts'

/** The initial access token of a request; undefined when it shows none. @throws OAuthError for one that is not good */
export async function initialTokenOf(context: Context, request: Incoming): Promise<InitialToken | undefined> {
  const token = bearerOf(context, request)
  if (token === undefined) return undefined
  const found = await findInitialToken(context.database, registrationDigest(token))
  if (found === undefined) throw unknownToken(context, request)
  const state = stateOf(found, context.clock.now())
  if (state !== 'open') throw invalidToken(`initial-token-${state.replace(' ', '-')}`)
  return found
}

export interface ManagedClient {
  readonly client: Client
  readonly registration: Registration
  /** As it was shown. */
  readonly token: string
}

/** The client whose registration access token it is, if that is the client the address names, and it is not disabled. */
export async function managedClientOf(context: Context, request: Incoming): Promise<ManagedClient> {
  const token = bearerOf(context, request)
  if (token === undefined) throw missingToken()
  const registration = await findRegistration(context.database, registrationDigest(token))
  if (registration === undefined) throw unknownToken(context, request)
  const client = await findClientByRow(context.database, registration.clientRow)
  // RFC 7592 §2.1: another client's token is answered as one that does not exist.
  if (client === undefined || client.clientId !== request.params['clientId']) throw unknownToken(context, request)
  if (!client.enabled) {
    throw new OAuthError('access_denied', 'This client was disabled by an administrator.', {
      rule: 'client-disabled',
      status: 403,
      detail: { client_id: client.clientId },
    })
  }
  return { client, registration, token }
}

function bearerOf(context: Context, request: Incoming): string | undefined {
  const header = parseAuthorization(request.headers.authorization)
  if (header.kind === 'bearer') return header.token
  if (header.kind === 'absent') return undefined
  throw unknownToken(context, request)
}

export function missingToken(): OAuthError {
  return new OAuthError('invalid_token', 'A bearer token is needed here.', { rule: 'token-missing' })
}

export function invalidToken(rule: string): OAuthError {
  return new OAuthError('invalid_token', 'The token is not good here.', { rule })
}

function unknownToken(context: Context, request: Incoming): OAuthError {
  return context.failures.ofStranger(invalidToken('token-unknown'), request.remoteAddress)
}
