// What a session holds and how it is read back: sealed in a cookie or a table, so every member is looked at again.

import { isJsonObject, numberOf, textOf } from './json.ts'
import type { Instant } from './platform/time/index.ts'
import type { Profile, User } from './user.ts'

/**
 * A session of a person at this app.
 * @example
 * import type { Session } from '@latchkey/client'
 * const headerOf = ({ accessToken }: Session): string => `Bearer ${accessToken ?? ''}`
 */
export interface Session {
  readonly user: User
  /** For calls to APIs in the person's name; undefined when there is none, or none that is still good can be had. */
  readonly accessToken: string | undefined
  readonly scopes: readonly string[]
  /** Milliseconds since the epoch. */
  readonly signedInAt: Instant
  readonly expiresAt: Instant
}

/** The tokens of a session. */
export interface SessionTokens {
  readonly access: string
  /** Undefined when the server did not say. */
  readonly accessExpiresAt: Instant | undefined
  readonly refresh: string | undefined
  /** The latest ID token, as a hint at logout. */
  readonly idToken: string | undefined
  readonly scopes: readonly string[]
}

/** What is sealed. */
export interface SessionContent {
  readonly id: string
  /** Which configured provider. */
  readonly providerId: string
  /** Which server, by `providerKey`. */
  readonly provider: string
  readonly profile: Profile
  /** The session at the server, for back-channel logout. */
  readonly sid: string | undefined
  readonly account: number | undefined
  readonly tokens: SessionTokens
  readonly signedInAt: Instant
  readonly expiresAt: Instant
}

/** Reads back what was sealed; undefined when it is not a session of this version. */
export function readSession(value: unknown): SessionContent | undefined {
  if (!isJsonObject(value)) return undefined
  const { id, providerId, provider, sid, account, signedInAt, expiresAt } = value
  const profile = readProfile(value['profile'])
  const tokens = readTokens(value['tokens'])
  if (profile === undefined || tokens === undefined) return undefined
  const [knownId, knownProviderId, knownProvider] = [textOf(id), textOf(providerId), textOf(provider)]
  const [since, until] = [numberOf(signedInAt), numberOf(expiresAt)]
  if (knownId === undefined || knownProviderId === undefined || knownProvider === undefined) return undefined
  if (since === undefined || until === undefined) return undefined
  return {
    id: knownId,
    providerId: knownProviderId,
    provider: knownProvider,
    profile,
    sid: textOf(sid),
    account: numberOf(account),
    tokens,
    signedInAt: since,
    expiresAt: until,
  }
}

function readProfile(value: unknown): Profile | undefined {
  if (!isJsonObject(value)) return undefined
  const subject = textOf(value['subject'])
  if (subject === undefined) return undefined
  const part = (name: string): string | undefined => textOf(value[name])
  return {
    subject,
    username: part('username'),
    email: part('email'),
    emailVerified: value['emailVerified'] === true,
    name: part('name'),
    givenName: part('givenName'),
    familyName: part('familyName'),
    picture: part('picture'),
  }
}

function readTokens(value: unknown): SessionTokens | undefined {
  if (!isJsonObject(value)) return undefined
  const access = textOf(value['access'])
  const { scopes } = value
  if (access === undefined || !Array.isArray(scopes)) return undefined
  return {
    access,
    accessExpiresAt: numberOf(value['accessExpiresAt']),
    refresh: textOf(value['refresh']),
    idToken: textOf(value['idToken']),
    scopes: scopes.filter((scope) => typeof scope === 'string'),
  }
}

/** What the app sees of a session. */
export function viewOf(content: SessionContent, user: User, now: Instant): Session {
  const { tokens, signedInAt, expiresAt } = content
  const isGood = tokens.accessExpiresAt === undefined || tokens.accessExpiresAt > now
  return { user, accessToken: isGood ? tokens.access : undefined, scopes: tokens.scopes, signedInAt, expiresAt }
}
