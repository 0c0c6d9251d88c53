// Decides what a token is worth: by JWKS when it is a JWT, else by introspection; from the cache while that is fresh.
// RFC 9068 §4; RFC 7662; RFC 6750 §3.1 (invalid_token).

import type { AuthorizationServer } from 'oauth4webapi'
import { compactVerify } from 'jose'
import { digest } from './digest.ts'
import { createDiscovery, type Line } from './discovery.ts'
import { createIntrospection, type IntrospectionCredentials } from './introspection.ts'
import { faultOfJwt, faultOfPurpose, LONGEST_TOKEN, shapeOf, type TokenShape, type UnverifiedJwt } from './jwt.ts'
import { createKeySet } from './key-set.ts'
import { type CacheBounds, TokenCache } from './token-cache.ts'
import { type Reading, readIntrospection, readJwtClaims, type TokenFacts } from './token-facts.ts'

/** What the issuer says of a token: the facts with what this API makes of them, or why it is worth nothing. */
export type Verified<Made> =
  | { readonly kind: 'active'; readonly facts: TokenFacts; readonly made: Made }
  | { readonly kind: 'refused'; readonly why: string }

/** Judges a token; at once when the answer is remembered. @throws Unreachable */
export type Verify<Made> = (token: string) => Verified<Made> | Promise<Verified<Made>>

/** How tokens are verified. */
export interface VerifierOptions<Made> {
  readonly line: Line
  readonly mode: 'auto' | 'introspection' | 'jwks'
  readonly introspection: IntrospectionCredentials | undefined
  readonly algorithms: readonly string[]
  readonly tokenTypes: readonly string[]
  readonly issuers: readonly string[]
  readonly cache: CacheBounds
  /** What is made of the facts once and remembered with them; a reason when they do not do. */
  readonly make: (facts: TokenFacts) => Promise<{ readonly made: Made } | { readonly why: string }>
}

/** Makes the verifier of one API. */
export function createVerifier<Made>(options: VerifierOptions<Made>): Verify<Made> {
  const { line, mode, make } = options
  const cache = new TokenCache<Verified<Made>>(options.cache, line.clock)
  const discovered = createDiscovery(line)
  const findKey = createKeySet(line)
  const introspect = options.introspection === undefined ? undefined : createIntrospection(line, options.introspection)

  async function byKeys(server: AuthorizationServer, jwt: UnverifiedJwt, token: string): Promise<Reading> {
    const key = await findKey(server, jwt.algorithm, jwt.keyId)
    if (key === undefined) return { why: 'The token is signed with a key that its issuer does not publish.' }
    try {
      await compactVerify(token, key, { algorithms: [jwt.algorithm] })
    } catch {
      return { why: 'The signature of the token is wrong.' }
    }
    return readJwtClaims(jwt.payload)
  }

  async function byIntrospection(server: AuthorizationServer, shape: TokenShape, token: string): Promise<Reading> {
    if (introspect === undefined) return { why: 'The token is not a JWT.' }
    const fault = shape.kind === 'jwt' ? faultOfPurpose(shape.jwt.payload) : undefined
    if (fault !== undefined) return { why: fault }
    const answer = await introspect(server, token)
    return answer['active'] === true ? readIntrospection(answer) : { why: 'The token is unknown, expired or revoked.' }
  }

  async function read(token: string): Promise<Reading> {
    const shape = shapeOf(token)
    if (shape.kind === 'refused') return shape
    if (shape.kind === 'jwt' && mode !== 'introspection') {
      const fault = faultOfJwt(shape.jwt, options.tokenTypes, options.algorithms)
      if (fault !== undefined) return { why: fault }
      // A stranger's token must not make us ask for keys.
      if (!options.issuers.includes(String(shape.jwt.payload['iss']))) return { why: 'The token has another issuer.' }
      const server = await discovered()
      if (server.jwks_uri !== undefined || introspect === undefined) return byKeys(server, shape.jwt, token)
      return byIntrospection(server, shape, token)
    }
    if (mode === 'jwks' || introspect === undefined) return { why: 'The token is not a JWT.' }
    return byIntrospection(await discovered(), shape, token)
  }

  async function ask(token: string): Promise<Verified<Made>> {
    const reading = await read(token)
    if ('why' in reading) return { kind: 'refused', why: reading.why }
    const result = await make(reading.facts)
    if ('why' in result) return { kind: 'refused', why: result.why }
    return { kind: 'active', facts: reading.facts, made: result.made }
  }

  return (token) => {
    if (token.length > LONGEST_TOKEN) return { kind: 'refused', why: 'The token is too long.' }
    const key = digest(token)
    if (typeof key === 'string') return cache.find(key, () => ask(token))
    return key.then((hashed) => cache.find(hashed, () => ask(token)))
  }
}
