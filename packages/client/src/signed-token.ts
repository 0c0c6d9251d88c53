// Decides whether a signed token of the server is genuine, before any claim of it is believed.
// RFC 7515 §5.2; RFC 8725 §3.1, §3.2; OpenID Connect Core §3.1.3.7 (6)-(8).

import { compactVerify, decodeProtectedHeader } from 'jose'
import type { AuthorizationServer } from 'oauth4webapi'
import { LoginFailure } from './causes.ts'
import { isJsonObject, type JsonObject, textOf } from './json.ts'
import { isOpenId } from './provider.ts'
import type { Server } from './server.ts'

/** A token whose signature was checked. */
export interface SignedToken {
  readonly header: JsonObject
  readonly claims: JsonObject
  readonly algorithm: string
}

const ASYMMETRIC = /^(ES|PS|RS)(256|384|512)$|^Ed/
const LONGEST_TOKEN = 32_768

/**
 * Checks the signature of a token with the keys that its server publishes.
 * @throws LoginFailure `token-malformed`, `algorithm`, `unknown-key`, `signature`, or the server cannot be reached
 */
export async function verifySigned(token: string, server: Server, metadata: AuthorizationServer): Promise<SignedToken> {
  const header = headerOf(token)
  const algorithm = textOf(header['alg'])
  const keyId = header['kid']
  if (algorithm === undefined || !algorithmsOf(server, metadata).includes(algorithm)) {
    throw new LoginFailure('algorithm', { detail: algorithm })
  }
  if (keyId !== undefined && typeof keyId !== 'string') throw new LoginFailure('token-malformed', { detail: 'kid' })
  if (header['crit'] !== undefined || header['b64'] !== undefined) {
    throw new LoginFailure('token-malformed', { detail: 'an unknown extension is demanded' })
  }
  const uri = metadata.jwks_uri
  if (uri === undefined) throw new LoginFailure('unknown-key', { detail: 'the metadata has no jwks_uri' })
  const keys = await server.keys(safeUri(uri, metadata.issuer), algorithm, keyId)
  if (keys.length === 0) throw new LoginFailure('unknown-key', { detail: keyId ?? 'no kid' })
  for (const key of keys) {
    const payload = await payloadIfSignedBy(token, key, algorithm)
    if (payload !== undefined) return { header, claims: claimsOf(payload), algorithm }
  }
  throw new LoginFailure('signature')
}

/** RFC 8725 §3.1: what may sign is decided by us and the metadata, never by the token. */
function algorithmsOf({ provider }: Server, metadata: AuthorizationServer): readonly string[] {
  const chosen = isOpenId(provider) ? provider.algorithms : undefined
  const listed = chosen ?? metadata.id_token_signing_alg_values_supported ?? ['RS256']
  return listed.filter((one) => ASYMMETRIC.test(one))
}

function headerOf(token: string): JsonObject {
  if (token.length > LONGEST_TOKEN) throw new LoginFailure('token-malformed', { detail: 'too long' })
  try {
    return decodeProtectedHeader(token)
  } catch (cause) {
    throw new LoginFailure('token-malformed', { cause })
  }
}

async function payloadIfSignedBy(token: string, key: CryptoKey, algorithm: string): Promise<Uint8Array | undefined> {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: [algorithm] })
    return payload
  } catch {
    // Not signed with this key; another may fit.
    return undefined
  }
}

function claimsOf(payload: Uint8Array): JsonObject {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    if (isJsonObject(claims)) return claims
  } catch (cause) {
    throw new LoginFailure('token-malformed', { cause })
  }
  throw new LoginFailure('token-malformed', { detail: 'the payload is no object' })
}

function safeUri(uri: string, issuer: string): string {
  const isAllowed = uri.startsWith('https:') || (uri.startsWith('http:') && issuer.startsWith('http:'))
  if (!isAllowed) throw new LoginFailure('server-broken', { detail: 'jwks_uri is no https URL' })
  return uri
}
