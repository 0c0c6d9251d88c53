// Asks the authorization server what a token is worth. RFC 7662 §2; RFC 6749 §2.3.1 (client credentials). Any answer but
// a readable one is "unreachable": also a refusal of our own credentials says nothing of the token.

import {
  type AuthorizationServer,
  ClientSecretBasic,
  ClientSecretPost,
  introspectionRequest,
  processIntrospectionResponse,
} from 'oauth4webapi'
import { type Line, requestOptions } from './discovery.ts'
import { isJsonObject, type JsonObject } from './strict-json.ts'

/**
 * How this API authenticates at the introspection endpoint: as a client, or with a token of its own.
 * @see RFC 7662 §2.1
 * @example
 * import type { IntrospectionCredentials } from '@latchkey/resource-server'
 * const credentials: IntrospectionCredentials = { clientId: 'rs-id', clientSecret: 'rs-secret' }
 */
export type IntrospectionCredentials =
  | {
      readonly clientId: string
      readonly clientSecret: string
      /** Where the secret travels; default `client_secret_basic`. */
      readonly method?: 'client_secret_basic' | 'client_secret_post'
    }
  | { readonly token: string | (() => string | Promise<string>) }

/** Asks about one token; the answer has `active` as a boolean. */
export type Introspect = (server: AuthorizationServer, token: string) => Promise<JsonObject>

/** Makes the asker. @throws Unreachable through the line's upstream */
export function createIntrospection(line: Line, credentials: IntrospectionCredentials): Introspect {
  const { issuer, fetch, upstream } = line
  const client = { client_id: 'clientId' in credentials ? credentials.clientId : issuer }
  const authenticate = authenticationOf(credentials)
  return (server, token) =>
    upstream.call(async (signal) => {
      const options = {
        ...requestOptions(issuer, fetch),
        signal,
        additionalParameters: { token_type_hint: 'access_token' },
      }
      const response = await introspectionRequest(server, client, authenticate, token, options)
      const answer: unknown = await processIntrospectionResponse(server, client, response)
      if (!isJsonObject(answer)) throw new TypeError('The introspection answer is no JSON object.')
      return answer
    })
}

function authenticationOf(credentials: IntrospectionCredentials): ReturnType<typeof ClientSecretBasic> {
  if ('clientId' in credentials) {
    const make = credentials.method === 'client_secret_post' ? ClientSecretPost : ClientSecretBasic
    return make(credentials.clientSecret)
  }
  return async (_server, _client, _body, headers) => {
    const token = typeof credentials.token === 'string' ? credentials.token : await credentials.token()
    headers.set('authorization', `Bearer ${token}`)
  }
}
